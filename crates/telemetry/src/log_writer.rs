//! Writes log lines on a dedicated thread, so that no request waits for a terminal or pipe.

use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;

use tracing_subscriber::fmt::MakeWriter;

/// Capacity of the queue in lines. Beyond it lines are dropped and counted: a server must not stop
/// because its log does.
const MAX_QUEUED: usize = 8192;
/// Largest write in bytes.
const MAX_BATCH: usize = 64 * 1024;

enum WriterCommand {
    Line(Vec<u8>),
    Stop,
}

/// The thread that writes log lines.
#[derive(Debug)]
pub struct LogWriterThread {
    writer: LogWriter,
    thread: Option<JoinHandle<()>>,
}

impl LogWriterThread {
    /// Starts the thread.
    pub fn start(output: impl Write + Send + 'static) -> Self {
        let (sender, receiver) = sync_channel(MAX_QUEUED);
        let dropped = Arc::new(AtomicU64::new(0));
        let writer = LogWriter {
            sender,
            dropped: dropped.clone(),
        };
        let thread = std::thread::Builder::new()
            .name("log".to_owned())
            .spawn(move || write_all(&receiver, &dropped, output))
            .ok();
        Self { writer, thread }
    }

    /// A handle that queues lines.
    #[must_use]
    pub fn writer(&self) -> LogWriter {
        self.writer.clone()
    }
}

impl Drop for LogWriterThread {
    fn drop(&mut self) {
        let Some(thread) = self.thread.take() else {
            return;
        };
        if self.writer.sender.send(WriterCommand::Stop).is_ok() {
            let _ended = thread.join();
        }
    }
}

fn write_all(receiver: &Receiver<WriterCommand>, dropped: &AtomicU64, mut output: impl Write) {
    let mut batch = Vec::with_capacity(4096);
    while let Ok(first) = receiver.recv() {
        let mut next = Some(first);
        let mut stop = false;
        while let Some(message) = next.take() {
            match message {
                WriterCommand::Line(line) => batch.extend_from_slice(&line),
                WriterCommand::Stop => stop = true,
            }
            if batch.len() < MAX_BATCH && !stop {
                next = receiver.try_recv().ok();
            }
        }
        report_dropped(dropped, &mut batch);
        // A failure to write the log cannot be logged.
        let _written = output.write_all(&batch).and_then(|()| output.flush());
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

/// Queues lines for the writer thread.
#[derive(Debug, Clone)]
pub struct LogWriter {
    sender: SyncSender<WriterCommand>,
    dropped: Arc<AtomicU64>,
}

impl std::fmt::Debug for WriterCommand {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("WriterCommand")
    }
}

impl Write for LogWriter {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let sent = self.sender.try_send(WriterCommand::Line(line.to_vec()));
        if let Err(TrySendError::Full(_)) = sent {
            self.dropped.fetch_add(1, Ordering::Relaxed);
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for LogWriter {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;
    use std::sync::mpsc::{Sender, channel};

    use super::*;

    #[derive(Clone, Default)]
    struct Buffer(Arc<Mutex<Vec<u8>>>);

    impl Write for Buffer {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn drop_writes_queued_lines_in_order() {
        let output = Buffer::default();
        let thread = LogWriterThread::start(output.clone());
        let mut writer = thread.writer();
        (0..1000).for_each(|n| writeln!(writer, "line {n}").unwrap());
        drop(thread);
        let text = String::from_utf8(output.0.lock().unwrap().clone()).unwrap();
        let expected: String = (0..1000).map(|n| format!("line {n}\n")).collect();
        assert_eq!(text, expected);
    }

    /// Says when it is written to, and writes once it is let go.
    struct BlockedOutput {
        entered: Sender<()>,
        freed: std::sync::mpsc::Receiver<()>,
        buffer: Buffer,
    }

    impl Write for BlockedOutput {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let _told = self.entered.send(());
            let _freed = self.freed.recv();
            self.buffer.write(bytes)
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn write_drops_lines_when_output_blocks() {
        let (free, freed) = channel();
        let (entered, blocked) = channel();
        let buffer = Buffer::default();
        let thread = LogWriterThread::start(BlockedOutput {
            entered,
            freed,
            buffer: buffer.clone(),
        });
        let mut writer = thread.writer();
        writer.write_all(b"first\n").unwrap();
        blocked.recv().unwrap();
        (0..MAX_QUEUED + 7).for_each(|_| writer.write_all(b"x\n").unwrap());
        drop(free);
        drop(thread);
        let text = String::from_utf8(buffer.0.lock().unwrap().clone()).unwrap();
        assert!(text.starts_with("first\nx\n"), "{text:.20}");
        assert!(text.contains("7 log lines were dropped\n"));
    }
}
