//! The queue in which messages wait for the batch before them.

use std::collections::{HashMap, VecDeque};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use contract::chat::{ChatId, Message};
use db::StatementCounter;
use kernel::error::Common;
use kernel::{AppError, ErrorKind};
use tokio::sync::oneshot;

use crate::posting::{Post, batch};
use crate::{ChatParts, Error};

/// The most messages in one transaction: enough to share its cost, few enough to answer soon.
const MAX_IN_ONE_BATCH: usize = 256;
/// How many messages may wait in a lane. Beyond that the server sheds load rather than memory.
const MAX_WAITING: usize = 4_096;
/// How many messages of one chat may wait. Beyond that its senders are slowed down: all who read the
/// chat, and all who write elsewhere, would wait for what these write.
const MAX_OF_CHAT: usize = 512;
/// What they are told to wait.
const BUSY_FOR: Duration = Duration::from_secs(1);
/// Batches that run at once on PostgreSQL: while one waits for the disk, the other works.
const SHARDS: usize = 2;

type Answer = Result<Message, AppError>;

/// Messages on their way into the database. All of one chat go through one lane, so that batches
/// of a node never wait for each other's chats.
#[derive(Debug)]
pub(crate) struct Queue {
    lanes: Vec<Arc<Shard>>,
}

#[derive(Debug, Default)]
struct Shard(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    waiting: VecDeque<PendingPost>,
    /// How many of them are for each chat.
    of_chat: HashMap<ChatId, usize>,
    /// Whether a task is storing what waits.
    busy: bool,
}

#[derive(Debug)]
struct PendingPost {
    post: Post,
    answer: oneshot::Sender<Answer>,
    /// Counts what its sender costs; a batch is counted for the first of its senders.
    counter: StatementCounter,
    /// The monotonic time by which its sender is answered, whatever has become of it.
    answer_by: Duration,
}

impl Queue {
    pub(crate) fn new(parts: &ChatParts) -> Self {
        // SQLite has one writer; a second lane would only make smaller batches.
        let count = if parts.store.is_embedded() { 1 } else { SHARDS };
        Self {
            lanes: (0..count).map(|_| Arc::default()).collect(),
        }
    }

    /// Stores a message and gives it as its sender sees it.
    pub(crate) async fn store(&self, parts: &ChatParts, post: Post) -> Answer {
        let Some(shard) = self.shard_of(post.chat) else {
            return Err(Common::Overloaded.into());
        };
        let (answer, answered) = oneshot::channel();
        let waiting = PendingPost {
            post,
            answer,
            counter: StatementCounter::current(),
            answer_by: parts.store.deadline(),
        };
        if shard.enter(waiting)? {
            tokio::spawn(ShardWorker::new(Arc::clone(shard)).work(parts.clone()));
        }
        let dropped = |_| Err(AppError::unavailable(Dropped));
        let answered = parts.store.before_deadline(answered).await?;
        answered.unwrap_or_else(dropped)
    }

    fn shard_of(&self, chat: ChatId) -> Option<&Arc<Shard>> {
        let mut hasher = DefaultHasher::new();
        chat.hash(&mut hasher);
        let count = u64::try_from(self.lanes.len()).ok()?;
        let shard = hasher.finish().checked_rem(count)?;
        self.lanes.get(usize::try_from(shard).ok()?)
    }
}

impl State {
    /// Counts what is for each chat.
    fn count(&mut self) {
        self.of_chat.clear();
        for one in &self.waiting {
            *self.of_chat.entry(one.post.chat).or_default() += 1;
        }
    }
}

impl Shard {
    /// Puts a message at the end, and says whether somebody has to begin to work.
    fn enter(&self, waiting: PendingPost) -> Result<bool, AppError> {
        let mut state = self.lock();
        if state.waiting.len() >= MAX_WAITING {
            return Err(Common::Overloaded.retry_after(Duration::from_secs(1)));
        }
        let of_chat = state.of_chat.entry(waiting.post.chat).or_default();
        if *of_chat >= MAX_OF_CHAT {
            return Err(Error::Busy.retry_after(BUSY_FOR));
        }
        *of_chat += 1;
        state.waiting.push_back(waiting);
        Ok(!std::mem::replace(&mut state.busy, true))
    }

    /// What somebody still waits for, as much as fits into a batch; nothing ends the work.
    fn next_batch(&self) -> Vec<PendingPost> {
        let mut state = self.lock();
        state.waiting.retain(|one| !one.answer.is_closed());
        let count = state.waiting.len().min(MAX_IN_ONE_BATCH);
        state.busy = count > 0;
        let batch = state.waiting.drain(..count).collect();
        state.count();
        batch
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Somebody who works on a lane until nothing waits there.
struct ShardWorker {
    shard: Arc<Shard>,
    /// Whether the lane was handed back empty. From then on it belongs to the next shift, which may
    /// have begun before this one is dropped.
    finished: bool,
}

impl ShardWorker {
    fn new(shard: Arc<Shard>) -> Self {
        Self {
            shard,
            finished: false,
        }
    }

    async fn work(mut self, parts: ChatParts) {
        while let Some(waiting) = self.next_batch() {
            serve(&parts, waiting).await;
        }
    }

    fn next_batch(&mut self) -> Option<Vec<PendingPost>> {
        let waiting = self.shard.next_batch();
        self.finished = waiting.is_empty();
        (!self.finished).then_some(waiting)
    }
}

impl Drop for ShardWorker {
    /// A task that was ended early, by a panic or with its runtime, leaves nobody waiting for ever.
    fn drop(&mut self) {
        if !self.finished {
            let mut state = self.shard.lock();
            state.busy = false;
            state.waiting.clear();
            state.of_chat.clear();
        }
    }
}

/// Stores a batch and answers its senders. Once the last of them was refused because it took too
/// long, it is not stored after all: they may try again.
async fn serve(parts: &ChatParts, waiting: Vec<PendingPost>) {
    let answer_by = waiting.iter().map(|one| one.answer_by).max();
    let answer_by = answer_by.unwrap_or_default();
    let first = waiting.first().map(|one| one.counter.clone());
    let counter = first.unwrap_or_default();
    let (posts, answers): (Vec<_>, Vec<_>) = waiting
        .into_iter()
        .map(|one| (one.post, one.answer))
        .unzip();
    let storing = counter.count(store(parts, posts));
    let stored = parts.store.with_deadline(answer_by, storing).await;
    for (answer, result) in answers.into_iter().zip(stored) {
        // The sender may have gone away; then nobody waits for the answer.
        let _ = answer.send(result);
    }
}

/// Stores a batch. Should it break on one of its messages, the others are stored without it.
async fn store(parts: &ChatParts, posts: Vec<Post>) -> Vec<Answer> {
    let count = posts.len();
    let broken = match batch::store(parts, posts.clone()).await {
        Ok(answers) => return answers,
        Err(error) => error,
    };
    if count == 1 || broken.code().kind == ErrorKind::Unavailable {
        return (0..count).map(|_| Err(again(&broken))).collect();
    }
    tracing::error!(error = %broken.chain(), count, "a batch of messages broke");
    let mut answers = Vec::with_capacity(count);
    for post in posts {
        let alone = batch::store(parts, vec![post]).await;
        answers.push(match alone {
            Ok(mut answers) => answers.pop().unwrap_or_else(|| Err(again(&broken))),
            Err(error) => Err(error),
        });
    }
    answers
}

/// The same refusal for one more caller.
fn again(error: &AppError) -> AppError {
    let copy = AppError::new(error.code()).with_source(error.chain());
    match error.retry_delay() {
        Some(wait) => copy.retry_after(wait),
        None => copy,
    }
}

/// The task that stored messages has ended.
#[derive(Debug)]
struct Dropped;

impl std::fmt::Display for Dropped {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the task that stored messages has ended")
    }
}

impl std::error::Error for Dropped {}

#[cfg(test)]
mod tests {
    use kernel::Env;

    use super::*;
    use crate::rules::Content;

    fn waiting() -> (PendingPost, oneshot::Receiver<Answer>) {
        let env = Env::system();
        let (answer, answered) = oneshot::channel();
        let post = Post {
            id: env.id(),
            chat: env.id(),
            sender: env.id(),
            content: Content::parse("hello").unwrap(),
            client_id: None,
            reply_to: None,
            mark: None,
            names: vec![],
        };
        let waiting = PendingPost {
            post,
            answer,
            counter: StatementCounter::default(),
            answer_by: Duration::MAX,
        };
        (waiting, answered)
    }

    #[test]
    fn next_batch_leaves_out_whose_sender_was_answered_already() {
        let shard = Shard::default();
        let (late, given_up) = waiting();
        let (good, _waits) = waiting();
        let id = good.post.id;
        shard.enter(late).unwrap();
        shard.enter(good).unwrap();
        drop(given_up);
        let batch: Vec<_> = shard.next_batch().iter().map(|one| one.post.id).collect();
        assert_eq!(batch, [id]);
    }

    #[test]
    fn enter_slows_the_senders_of_one_crowded_chat_and_of_no_other() {
        let shard = Shard::default();
        let (first, _kept) = waiting();
        let chat = first.post.chat;
        shard.enter(first).unwrap();
        let of_chat = || {
            let (mut one, answered) = waiting();
            one.post.chat = chat;
            (shard.enter(one), answered)
        };
        let mut answers: Vec<_> = (1..MAX_OF_CHAT).map(|_| of_chat()).collect();
        assert!(answers.iter().all(|(entered, _)| entered.is_ok()));
        let (refused, _) = of_chat();
        let error = refused.unwrap_err();
        assert!(error.is(Error::Busy.code()));
        assert_eq!(error.retry_delay(), Some(BUSY_FOR));
        let (other, _other_answered) = waiting();
        shard.enter(other).unwrap();
        shard.next_batch();
        answers.push(of_chat());
        assert!(answers.pop().unwrap().0.is_ok(), "there is room again");
    }

    #[test]
    fn drop_of_finished_worker_keeps_what_entered_after_its_last_batch() {
        let shard = Arc::new(Shard::default());
        let mut shift = ShardWorker::new(Arc::clone(&shard));
        let (first, _waits) = waiting();
        shard.enter(first).unwrap();
        assert_eq!(shift.next_batch().map(|batch| batch.len()), Some(1));
        assert!(shift.next_batch().is_none(), "nothing waits any more");
        let (late, mut answered) = waiting();
        assert!(shard.enter(late).unwrap(), "the lane asks for a new worker");
        drop(shift);
        let still_waits = answered.try_recv();
        assert_eq!(still_waits.err(), Some(oneshot::error::TryRecvError::Empty));
        let batch = ShardWorker::new(shard).next_batch();
        assert_eq!(batch.map(|batch| batch.len()), Some(1));
    }

    #[test]
    fn drop_of_interrupted_worker_answers_whoever_waits() {
        let shard = Arc::new(Shard::default());
        let (first, mut answered) = waiting();
        assert!(shard.enter(first).unwrap());
        drop(ShardWorker::new(Arc::clone(&shard)));
        let gone = answered.try_recv();
        assert_eq!(gone.err(), Some(oneshot::error::TryRecvError::Closed));
        assert!(shard.enter(waiting().0).unwrap(), "the lane is free again");
    }
}
