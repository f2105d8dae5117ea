//! A closure on its way through a door and its answer on the way back.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, OnceLock};

use kernel::{Ambient, Fault};
use tokio::sync::{Notify, oneshot};

use crate::errors::{Described, classify};
use crate::outbox::{Publish, StoredEvent};
use crate::{AnyConn, Tx};

/// What happens outside the database once a transaction is committed.
pub(crate) struct Aftermath {
    pub(crate) publisher: OnceLock<Arc<dyn Publish>>,
    pub(crate) jobs: Notify,
}

/// How the transaction around a piece of work ended.
pub(crate) enum Ending<'a> {
    /// What it did is durable, or it was refused and left no trace.
    Settled,
    /// The database failed; nothing of it was kept.
    Lost(&'a str),
}

/// A piece of work as the database threads see it.
pub(crate) trait Work: Send {
    /// Whether it needs a transaction.
    fn writes(&self) -> bool;
    /// Runs the closure and says whether its changes are wanted.
    fn run(&mut self, conn: &mut AnyConn) -> bool;
    /// Whether the connection seems to be gone.
    fn failed_by_database(&self) -> bool;
    /// Answers the caller.
    fn finish(self: Box<Self>, ending: Ending<'_>);
}

type Reply<T> = oneshot::Sender<Result<T, Fault>>;

pub(crate) struct Read<F, T> {
    run: Option<F>,
    result: Option<Result<T, Fault>>,
    reply: Reply<T>,
}

impl<F, T> Read<F, T> {
    pub(crate) fn new(run: F, reply: Reply<T>) -> Self {
        Self {
            run: Some(run),
            result: None,
            reply,
        }
    }
}

impl<F, T> Work for Read<F, T>
where
    F: FnOnce(&mut AnyConn) -> Result<T, Fault> + Send,
    T: Send,
{
    fn writes(&self) -> bool {
        false
    }

    fn run(&mut self, conn: &mut AnyConn) -> bool {
        let Some(run) = self.run.take() else {
            return false;
        };
        self.result = Some(guarded(|| run(conn)));
        true
    }

    fn failed_by_database(&self) -> bool {
        is_unavailable(self.result.as_ref())
    }

    fn finish(self: Box<Self>, ending: Ending<'_>) {
        answer(self.reply, self.result, &ending);
    }
}

pub(crate) struct Write<F, T> {
    run: Option<F>,
    result: Option<Result<T, Fault>>,
    reply: Reply<T>,
    ambient: Ambient,
    aftermath: Arc<Aftermath>,
    events: Vec<StoredEvent>,
    has_jobs: bool,
}

impl<F, T> Write<F, T> {
    pub(crate) fn new(
        run: F,
        reply: Reply<T>,
        ambient: Ambient,
        aftermath: Arc<Aftermath>,
    ) -> Self {
        Self {
            run: Some(run),
            result: None,
            reply,
            ambient,
            aftermath,
            events: Vec::new(),
            has_jobs: false,
        }
    }
}

impl<F, T> Work for Write<F, T>
where
    F: FnOnce(&mut Tx<'_>) -> Result<T, Fault> + Send,
    T: Send,
{
    fn writes(&self) -> bool {
        true
    }

    fn run(&mut self, conn: &mut AnyConn) -> bool {
        let Some(run) = self.run.take() else {
            return false;
        };
        let mut tx = Tx::new(conn, &self.ambient);
        let result = guarded(|| run(&mut tx));
        (self.events, self.has_jobs) = (tx.events, tx.has_jobs);
        let wanted = result.is_ok();
        self.result = Some(result);
        wanted
    }

    fn failed_by_database(&self) -> bool {
        is_unavailable(self.result.as_ref())
    }

    fn finish(self: Box<Self>, ending: Ending<'_>) {
        let committed = matches!(ending, Ending::Settled) && matches!(self.result, Some(Ok(_)));
        if committed
            && let Some(publisher) = self.aftermath.publisher.get()
            && !self.events.is_empty()
        {
            publisher.publish(&self.events);
        }
        if committed && self.has_jobs {
            self.aftermath.jobs.notify_one();
        }
        answer(self.reply, self.result, &ending);
    }
}

/// A panic in a closure must not take the database thread with it.
fn guarded<T>(run: impl FnOnce() -> Result<T, Fault>) -> Result<T, Fault> {
    match catch_unwind(AssertUnwindSafe(run)) {
        Ok(result) => result.map_err(classify),
        Err(_) => Err(Fault::internal(Described(
            "a database closure panicked".to_owned(),
        ))),
    }
}

fn is_unavailable<T>(result: Option<&Result<T, Fault>>) -> bool {
    matches!(result, Some(Err(fault)) if fault.code().kind == kernel::Kind::Unavailable)
}

fn answer<T>(reply: Reply<T>, result: Option<Result<T, Fault>>, ending: &Ending<'_>) {
    let result = match (ending, result) {
        (Ending::Settled, Some(result)) => result,
        // A refusal stands whatever became of the others in the same transaction.
        (Ending::Lost(_), Some(Err(fault))) => Err(fault),
        (Ending::Lost(why), _) => Err(classify_loss(why)),
        (Ending::Settled, None) => Err(Fault::internal(Described("work was never run".to_owned()))),
    };
    // The caller may have gone away; then nobody waits for the answer.
    let _ = reply.send(result);
}

fn classify_loss(why: &str) -> Fault {
    Fault::unavailable(Described(why.to_owned()))
}
