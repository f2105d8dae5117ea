//! Formats log lines in one pass over the fields, without spans: the request id is the only
//! context, and each thread knows the request it works on.

use std::cell::RefCell;
use std::fmt::{self, Write};

use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::time::{FormatTime, SystemTime};
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

use crate::RequestId;

/// The format of log lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object per line.
    Json,
}

thread_local! {
    /// The request that this thread works on.
    static REQUEST: RefCell<Option<RequestId>> = const { RefCell::new(None) };
}

/// Runs a closure; lines that it logs carry the request id.
pub fn with_request_id<T>(request_id: &RequestId, run: impl FnOnce() -> T) -> T {
    let before = REQUEST.replace(Some(request_id.clone()));
    let result = run();
    REQUEST.set(before);
    result
}

/// Runs a future; lines that it logs carry the request id, if there is one.
pub async fn in_request<F: Future>(request_id: Option<RequestId>, future: F) -> F::Output {
    let mut future = std::pin::pin!(future);
    std::future::poll_fn(|context| match &request_id {
        Some(id) => with_request_id(id, || future.as_mut().poll(context)),
        None => future.as_mut().poll(context),
    })
    .await
}

/// The request that this thread works on, for tasks that outlive it.
#[must_use]
pub fn current_request_id() -> Option<RequestId> {
    REQUEST.with_borrow(Clone::clone)
}

/// The event formatter.
#[derive(Debug, Clone, Copy)]
pub(crate) struct EventFormat(pub(crate) LogFormat);

impl<S, N> FormatEvent<S, N> for EventFormat
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        _context: &FmtContext<'_, S, N>,
        mut line: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let metadata = event.metadata();
        match self.0 {
            LogFormat::Text => {
                SystemTime.format_time(&mut line)?;
                write!(line, " {:>5} {}:", metadata.level(), metadata.target())?;
            }
            LogFormat::Json => {
                line.write_str("{\"timestamp\":\"")?;
                SystemTime.format_time(&mut line)?;
                let (level, target) = (metadata.level(), metadata.target());
                write!(line, "\",\"level\":\"{level}\",\"target\":\"{target}\"")?;
            }
        }
        let mut fields = FieldWriter {
            line: &mut line,
            format: self.0,
            has_request_id: false,
            result: Ok(()),
        };
        event.record(&mut fields);
        fields.finish()?;
        line.write_str(if self.0 == LogFormat::Json {
            "}\n"
        } else {
            "\n"
        })
    }
}

struct FieldWriter<'a, 'w> {
    line: &'a mut Writer<'w>,
    format: LogFormat,
    /// Whether the event has a `request_id` field.
    has_request_id: bool,
    result: fmt::Result,
}

impl FieldWriter<'_, '_> {
    fn finish(mut self) -> fmt::Result {
        let request = if self.has_request_id {
            None
        } else {
            current_request_id()
        };
        if let Some(id) = request {
            self.text("request_id", id.as_str());
        }
        self.result
    }

    fn text(&mut self, name: &str, value: &str) {
        self.put(name, |line, format| match (format, name) {
            (LogFormat::Text, "message") => Escaped(line).write_str(value),
            _ => {
                line.write_char('"')?;
                Escaped(line).write_str(value)?;
                line.write_char('"')
            }
        });
    }

    fn plain(&mut self, name: &str, value: impl fmt::Display) {
        self.put(name, |line, _| write!(line, "{value}"));
    }

    fn put(&mut self, name: &str, write: impl FnOnce(&mut Writer<'_>, LogFormat) -> fmt::Result) {
        if self.result.is_err() {
            return;
        }
        self.has_request_id |= name == "request_id";
        let prefix = match (self.format, name) {
            (LogFormat::Text, "message") => self.line.write_char(' '),
            (LogFormat::Text, name) => write!(self.line, " {name}="),
            (LogFormat::Json, name) => write!(self.line, ",\"{name}\":"),
        };
        self.result = prefix.and_then(|()| write(self.line, self.format));
    }
}

impl Visit for FieldWriter<'_, '_> {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.text(field.name(), value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.plain(field.name(), value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.plain(field.name(), value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.plain(field.name(), value);
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let name = field.name();
        self.put(name, |line, format| {
            let bare = format == LogFormat::Text && name == "message";
            if !bare {
                line.write_char('"')?;
            }
            write!(Escaped(line), "{value:?}")?;
            if bare { Ok(()) } else { line.write_char('"') }
        });
    }
}

/// Escapes quotes, backslashes and control characters.
struct Escaped<'a, 'w>(&'a mut Writer<'w>);

impl Write for Escaped<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let special = |c: char| c.is_control() || matches!(c, '"' | '\\');
        let mut rest = text;
        while let Some((before, found)) =
            rest.find(special).and_then(|at| rest.split_at_checked(at))
        {
            self.0.write_str(before)?;
            let mut characters = found.chars();
            match characters.next() {
                Some('"') => self.0.write_str("\\\"")?,
                Some('\\') => self.0.write_str("\\\\")?,
                Some('\n') => self.0.write_str("\\n")?,
                Some(other) => write!(self.0, "\\u{:04x}", u32::from(other))?,
                None => {}
            }
            rest = characters.as_str();
        }
        self.0.write_str(rest)
    }
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::{Arc, Mutex};

    use tracing_subscriber::layer::SubscriberExt;

    use super::*;

    #[derive(Clone, Default)]
    struct Buffer(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Buffer {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn logged(format: LogFormat, run: impl FnOnce()) -> String {
        let buffer = Buffer::default();
        let writer = buffer.clone();
        let layer = tracing_subscriber::fmt::layer()
            .event_format(EventFormat(format))
            .with_writer(move || writer.clone());
        let subscriber = tracing_subscriber::registry().with(layer);
        tracing::subscriber::with_default(subscriber, run);
        String::from_utf8(buffer.0.lock().unwrap().clone()).unwrap()
    }

    fn event() {
        let text = "say \"hi\"\nand \\ \u{1b}[31m";
        tracing::info!(target: "t", count = 3, debug = ?Some("x"), text, yes = true, "a\nb {}", 1);
    }

    #[test]
    fn json_line_is_one_valid_object() {
        let id = RequestId::parse(b"r-1").unwrap();
        let line = logged(LogFormat::Json, || with_request_id(&id, event));
        let mut value: serde_json::Value = serde_json::from_str(&line).unwrap();
        assert_eq!(line.matches('\n').count(), 1);
        assert!(value.as_object_mut().unwrap().remove("timestamp").is_some());
        let expected = serde_json::json!({
            "level": "INFO", "target": "t", "message": "a\nb 1", "count": 3,
            "debug": "Some(\"x\")", "text": "say \"hi\"\nand \\ \u{1b}[31m", "yes": true,
            "request_id": "r-1"
        });
        assert_eq!(value, expected);
    }

    #[test]
    fn text_line_has_no_line_breaks() {
        let line = logged(LogFormat::Text, event);
        let (_time, rest) = line.split_once(' ').unwrap();
        let expected = " INFO t: a\\nb 1 count=3 debug=\"Some(\\\"x\\\")\" \
                        text=\"say \\\"hi\\\"\\nand \\\\ \\u001b[31m\" yes=true\n";
        assert_eq!(rest, expected);
    }

    #[test]
    fn event_with_request_id_is_not_labelled_twice() {
        let id = RequestId::parse(b"r-1").unwrap();
        let line = logged(LogFormat::Text, || {
            with_request_id(&id, || tracing::info!(request_id = "r-2", "x"));
            tracing::info!("after");
        });
        assert_eq!(line.matches("request_id").count(), 1);
        assert!(line.contains("r-2"));
    }

    #[tokio::test]
    async fn in_request_labels_the_lines_of_all_polls() {
        let id = RequestId::parse(b"r-1").unwrap();
        let buffer = Buffer::default();
        let writer = buffer.clone();
        let layer = tracing_subscriber::fmt::layer()
            .event_format(EventFormat(LogFormat::Text))
            .with_writer(move || writer.clone());
        let _log = tracing::subscriber::set_default(tracing_subscriber::registry().with(layer));
        let work = async {
            tokio::task::yield_now().await;
            tracing::info!("x");
            current_request_id()
        };
        assert_eq!(in_request(Some(id.clone()), work).await, Some(id));
        assert_eq!(current_request_id(), None);
        let text = String::from_utf8(buffer.0.lock().unwrap().clone()).unwrap();
        assert!(text.ends_with("x request_id=\"r-1\"\n"), "{text}");
    }
}
