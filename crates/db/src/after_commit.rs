//! Work outside the database after a transaction is committed.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread;

use kernel::AppError;
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::sync::oneshot;

use crate::Extensions;

/// Maximum number of queued transactions. Beyond it, database threads wait.
const MAX_WAITING: usize = 1_024;

/// Work for the after-commit thread. It must not block for long.
pub type AfterCommitTask = Box<dyn FnOnce() + Send>;

/// Work that a transaction leaves for after its commit; see [`Tx::after_commit`](crate::Tx::after_commit).
/// It is dropped unused if the transaction is rolled back.
pub trait AfterCommit: Any + Send {
    /// Merges a hook that was registered later in the same transaction.
    fn merge(&mut self, later: Self)
    where
        Self: Sized;

    /// The transaction is committed. Called on the database thread; the task that it returns runs on
    /// the after-commit thread, in the order of the commits of a connection, before the caller of
    /// [`Store::write`](crate::Store::write) gets its result.
    fn committed(self: Box<Self>, extensions: &Extensions) -> Option<AfterCommitTask>;

    /// The connection ended during the commit: the transaction may be durable or not.
    fn commit_unknown(self: Box<Self>, extensions: &Extensions) {
        let _ = extensions;
    }
}

/// Hooks of one transaction, at most one per type.
#[derive(Default)]
pub(crate) struct Hooks(Vec<Box<dyn AfterCommit>>);

impl Hooks {
    pub(crate) fn add<H: AfterCommit>(&mut self, hook: H) {
        let registered = self.0.iter_mut().find_map(|registered| {
            let registered: &mut dyn Any = &mut **registered;
            registered.downcast_mut::<H>()
        });
        match registered {
            Some(registered) => registered.merge(hook),
            None => self.0.push(Box::new(hook)),
        }
    }
}

/// Runs the tasks of committed transactions on a thread of its own, so that a fan-out to many
/// connections does not delay the database threads.
///
/// On SQLite that is in the order of the commits. On PostgreSQL only the commits of one connection
/// keep their order.
pub(crate) struct AfterCommitQueue {
    tasks: Sender<AfterCommitTask>,
    pub(crate) extensions: Extensions,
}

impl AfterCommitQueue {
    pub(crate) fn start() -> Result<Arc<Self>, AppError> {
        let (tasks, queue) = channel(MAX_WAITING);
        thread::Builder::new()
            .name("after-commit".to_owned())
            .spawn(move || run(queue))?;
        Ok(Arc::new(Self {
            tasks,
            extensions: Extensions::default(),
        }))
    }

    /// Runs the tasks of a committed transaction and responds to its caller. Called on database
    /// threads, which wait while the queue is full.
    pub(crate) fn committed(&self, hooks: Hooks, respond: impl FnOnce() + Send + 'static) {
        let tasks = hooks.0.into_iter();
        let tasks = tasks.filter_map(|hook| hook.committed(&self.extensions));
        let tasks: Vec<AfterCommitTask> = tasks.collect();
        if tasks.is_empty() {
            return respond();
        }
        let run_and_answer: AfterCommitTask = Box::new(move || {
            tasks.into_iter().for_each(run_guarded);
            respond();
        });
        if let Err(returned) = self.tasks.blocking_send(run_and_answer) {
            // The thread ends only with the last sender, so this does not happen.
            (returned.0)();
        }
    }

    /// Notifies the hooks that it is unknown whether their transaction is durable.
    pub(crate) fn commit_unknown(&self, hooks: Hooks) {
        for hook in hooks.0 {
            hook.commit_unknown(&self.extensions);
        }
    }

    /// Runs a task after those of earlier transactions.
    pub(crate) async fn submit(&self, task: AfterCommitTask) {
        if let Err(returned) = self.tasks.send(task).await {
            // The thread ends only with the last sender, so this does not happen.
            (returned.0)();
        }
    }

    /// Waits until the tasks of all transactions committed so far have run.
    pub(crate) async fn flush(&self) {
        let (done, all_done) = oneshot::channel::<()>();
        self.submit(Box::new(move || drop(done))).await;
        // The sender is only ever dropped.
        let _ = all_done.await;
    }
}

fn run(mut queue: Receiver<AfterCommitTask>) {
    while let Some(task) = queue.blocking_recv() {
        run_guarded(task);
    }
}

fn run_guarded(task: AfterCommitTask) {
    if catch_unwind(AssertUnwindSafe(task)).is_err() {
        tracing::error!("after-commit task panicked");
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[tokio::test]
    async fn submit_does_not_block_its_thread_when_the_queue_is_full() {
        let queue = AfterCommitQueue::start().unwrap();
        let (open, gate) = std::sync::mpsc::channel::<()>();
        queue
            .submit(Box::new(move || gate.recv().unwrap_or(())))
            .await;
        // One task is running, and one more than fits waits.
        let fill = async {
            for _ in 0..=MAX_WAITING {
                queue.submit(Box::new(|| ())).await;
            }
        };
        let mut waiting = std::pin::pin!(async {
            fill.await;
            queue.flush().await;
        });
        let early = tokio::time::timeout(Duration::from_millis(20), waiting.as_mut()).await;
        assert!(early.is_err(), "the queue is full");
        drop(open);
        waiting.await;
    }

    struct Numbers(Vec<u8>);

    impl AfterCommit for Numbers {
        fn merge(&mut self, later: Self) {
            self.0.extend(later.0);
        }

        fn committed(self: Box<Self>, extensions: &Extensions) -> Option<AfterCommitTask> {
            let seen = extensions.get::<std::sync::Mutex<Vec<u8>>>();
            Some(Box::new(move || seen.lock().unwrap().extend(self.0)))
        }
    }

    #[tokio::test]
    async fn committed_runs_merged_hooks_before_it_responds() {
        let queue = AfterCommitQueue::start().unwrap();
        let mut hooks = Hooks::default();
        hooks.add(Numbers(vec![1]));
        hooks.add(Numbers(vec![2]));
        assert_eq!(hooks.0.len(), 1);
        let seen = queue.extensions.get::<std::sync::Mutex<Vec<u8>>>();
        let (respond, response) = oneshot::channel();
        let at_answer = Arc::clone(&seen);
        let committing = Arc::clone(&queue);
        thread::spawn(move || {
            let reply = move || drop(respond.send(at_answer.lock().unwrap().clone()));
            committing.committed(hooks, reply);
        });
        assert_eq!(response.await.unwrap(), [1, 2]);
    }
}
