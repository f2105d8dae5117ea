//! Log lines on their way out: a thread of their own writes them, so that no request ever waits
//! for a terminal, a pipe or another request's line.

use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;

use tracing_subscriber::fmt::MakeWriter;

/// How many lines may wait. When a burst or a stuck reader goes beyond, lines are dropped and
/// counted: a server must not stop because its log does.
const WAITING: usize = 8192;
/// How many bytes are written at once at the most.
const BATCH: usize = 64 * 1024;

enum Message {
    Line(Vec<u8>),
    Stop,
}

/// The thread that writes lines.
#[derive(Debug)]
pub struct Lines {
    writer: LineWriter,
    thread: Option<JoinHandle<()>>,
}

impl Lines {
    /// Starts the thread.
    pub fn start(sink: impl Write + Send + 'static) -> Self {
        let (sender, receiver) = sync_channel(WAITING);
        let dropped = Arc::new(AtomicU64::new(0));
        let writer = LineWriter {
            sender,
            dropped: dropped.clone(),
        };
        let thread = std::thread::Builder::new()
            .name("log".to_owned())
            .spawn(move || write_all(&receiver, &dropped, sink))
            .ok();
        Self { writer, thread }
    }

    /// The door for lines.
    #[must_use]
    pub fn writer(&self) -> LineWriter {
        self.writer.clone()
    }
}

impl Drop for Lines {
    fn drop(&mut self) {
        let Some(thread) = self.thread.take() else {
            return;
        };
        if self.writer.sender.send(Message::Stop).is_ok() {
            let _ended = thread.join();
        }
    }
}

fn write_all(receiver: &Receiver<Message>, dropped: &AtomicU64, mut sink: impl Write) {
    let mut batch = Vec::with_capacity(4096);
    while let Ok(first) = receiver.recv() {
        let mut next = Some(first);
        let mut stop = false;
        while let Some(message) = next.take() {
            match message {
                Message::Line(line) => batch.extend_from_slice(&line),
                Message::Stop => stop = true,
            }
            if batch.len() < BATCH && !stop {
                next = receiver.try_recv().ok();
            }
        }
        report_dropped(dropped, &mut batch);
        // There is nowhere to tell that the log itself cannot be written.
        let _written = sink.write_all(&batch).and_then(|()| sink.flush());
        batch.clear();
        if stop {
            return;
        }
    }
}

fn report_dropped(dropped: &AtomicU64, batch: &mut Vec<u8>) {
    let lost = dropped.swap(0, Ordering::Relaxed);
    if lost > 0 {
        let _infallible = writeln!(batch, "{lost} log lines were dropped");
    }
}

/// Where the log puts its lines.
#[derive(Debug, Clone)]
pub struct LineWriter {
    sender: SyncSender<Message>,
    dropped: Arc<AtomicU64>,
}

impl std::fmt::Debug for Message {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Message")
    }
}

impl Write for LineWriter {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let sent = self.sender.try_send(Message::Line(line.to_vec()));
        if let Err(TrySendError::Full(_)) = sent {
            self.dropped.fetch_add(1, Ordering::Relaxed);
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for LineWriter {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;
    use std::sync::mpsc::channel;

    use super::*;

    #[derive(Clone, Default)]
    struct Sink(Arc<Mutex<Vec<u8>>>);

    impl Write for Sink {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn all_lines_are_written_in_order_before_the_end() {
        let sink = Sink::default();
        let lines = Lines::start(sink.clone());
        let mut writer = lines.writer();
        (0..1000).for_each(|n| writeln!(writer, "line {n}").unwrap());
        drop(lines);
        let text = String::from_utf8(sink.0.lock().unwrap().clone()).unwrap();
        let expected: String = (0..1000).map(|n| format!("line {n}\n")).collect();
        assert_eq!(text, expected);
    }

    struct Stuck(std::sync::mpsc::Receiver<()>, Sink);

    impl Write for Stuck {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let _freed = self.0.recv();
            self.1.write(bytes)
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_stuck_sink_costs_lines_and_never_a_wait() {
        let (free, stuck) = channel();
        let sink = Sink::default();
        let lines = Lines::start(Stuck(stuck, sink.clone()));
        let mut writer = lines.writer();
        (0..3 * WAITING).for_each(|_| writer.write_all(b"x\n").unwrap());
        drop(free);
        drop(lines);
        let text = String::from_utf8(sink.0.lock().unwrap().clone()).unwrap();
        assert!(text.contains("log lines were dropped"));
    }
}
