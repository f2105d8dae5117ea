//! How a log line is written. One pass over the fields into the line, without spans: the id of the
//! request is all the context there is, and a thread knows which one it is working on.

use std::cell::RefCell;
use std::fmt::{self, Write};

use actix_web::http::header::HeaderValue;
use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::time::{FormatTime, SystemTime};
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

use crate::config::LogFormat;

thread_local! {
    /// The request that this thread is working on right now.
    static REQUEST: RefCell<Option<HeaderValue>> = const { RefCell::new(None) };
}

/// Runs something on behalf of a request: lines that it logs carry the request's id.
pub fn on_behalf_of<T>(request_id: &HeaderValue, run: impl FnOnce() -> T) -> T {
    let before = REQUEST.replace(Some(request_id.clone()));
    let result = run();
    REQUEST.set(before);
    result
}

/// Writes lines.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lines(pub(super) LogFormat);

impl<S, N> FormatEvent<S, N> for Lines
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
        let about = event.metadata();
        match self.0 {
            LogFormat::Text => {
                SystemTime.format_time(&mut line)?;
                write!(line, " {:>5} {}:", about.level(), about.target())?;
            }
            LogFormat::Json => {
                line.write_str("{\"timestamp\":\"")?;
                SystemTime.format_time(&mut line)?;
                let (level, target) = (about.level(), about.target());
                write!(line, "\",\"level\":\"{level}\",\"target\":\"{target}\"")?;
            }
        }
        let mut fields = Fields {
            line: &mut line,
            format: self.0,
            named: false,
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

struct Fields<'a, 'w> {
    line: &'a mut Writer<'w>,
    format: LogFormat,
    /// Whether the event named its request by itself.
    named: bool,
    result: fmt::Result,
}

impl Fields<'_, '_> {
    fn finish(mut self) -> fmt::Result {
        let request = if self.named {
            None
        } else {
            REQUEST.with_borrow(Clone::clone)
        };
        if let Some(id) = request.as_ref().and_then(|id| id.to_str().ok()) {
            self.text("request_id", id);
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
        self.named |= name == "request_id";
        let named = match (self.format, name) {
            (LogFormat::Text, "message") => self.line.write_char(' '),
            (LogFormat::Text, name) => write!(self.line, " {name}="),
            (LogFormat::Json, name) => write!(self.line, ",\"{name}\":"),
        };
        self.result = named.and_then(|()| write(self.line, self.format));
    }
}

impl Visit for Fields<'_, '_> {
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

/// Writes text so that it stays within its quotes and its line, whatever it holds.
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
    struct Sink(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Sink {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn logged(format: LogFormat, run: impl FnOnce()) -> String {
        let sink = Sink::default();
        let writer = sink.clone();
        let layer = tracing_subscriber::fmt::layer()
            .event_format(Lines(format))
            .with_writer(move || writer.clone());
        let subscriber = tracing_subscriber::registry().with(layer);
        tracing::subscriber::with_default(subscriber, run);
        String::from_utf8(sink.0.lock().unwrap().clone()).unwrap()
    }

    fn event() {
        let text = "say \"hi\"\nand \\ \u{1b}[31m";
        tracing::info!(target: "t", count = 3, debug = ?Some("x"), text, yes = true, "a\nb {}", 1);
    }

    #[test]
    fn a_json_line_is_one_object_whatever_it_holds() {
        let id = HeaderValue::from_static("r-1");
        let line = logged(LogFormat::Json, || on_behalf_of(&id, event));
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
    fn a_text_line_is_one_line() {
        let line = logged(LogFormat::Text, event);
        let (_time, rest) = line.split_once(' ').unwrap();
        let expected = " INFO t: a\\nb 1 count=3 debug=\"Some(\\\"x\\\")\" \
                        text=\"say \\\"hi\\\"\\nand \\\\ \\u001b[31m\" yes=true\n";
        assert_eq!(rest, expected);
    }

    #[test]
    fn an_event_that_names_its_request_is_not_named_twice() {
        let id = HeaderValue::from_static("r-1");
        let line = logged(LogFormat::Text, || {
            on_behalf_of(&id, || tracing::info!(request_id = "r-2", "x"));
            tracing::info!("after");
        });
        assert_eq!(line.matches("request_id").count(), 1);
        assert!(line.contains("r-2"));
    }
}
