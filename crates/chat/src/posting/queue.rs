//! The queue in which messages wait until the previous batch is stored.

use std::collections::{HashMap, VecDeque};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use contract::chat::{ChatId, Message};
use db::StatementCounter;
use kernel::error::Common;
use kernel::{AppError, ErrorKind};
use tokio::sync::oneshot;

use crate::posting::known_chats::KnownChats;
use crate::posting::parsed_post::ParsedPost;
use crate::posting::{batch, one_statement};
use crate::{ChatParts, Error};

/// The maximum number of messages in one transaction: enough to share its cost, few enough for a short
/// transaction.
const MAX_BATCH_SIZE: usize = 256;
/// The maximum number of waiting messages per shard. Further ones are refused, so that memory is
/// bounded.
const MAX_WAITING: usize = 4_096;
/// The maximum number of waiting messages per chat. Further ones are refused: they would delay the
/// messages of all other chats of the shard.
const MAX_WAITING_PER_CHAT: usize = 512;
/// The delay that refused senders are told.
const BUSY_RETRY_AFTER: Duration = Duration::from_secs(1);
/// The number of concurrent batches on PostgreSQL: while one waits for the disk, the other runs.
const POSTGRES_SHARDS: usize = 2;

type PostResult = Result<Message, AppError>;

/// Messages that wait to be stored. All messages of a chat go through the same shard, so that the
/// batches of a node never wait for each other's locks.
#[derive(Debug)]
pub(crate) struct PostQueue {
    shards: Vec<Arc<PostShard>>,
}

#[derive(Debug, Default)]
struct PostShard {
    state: Mutex<ShardState>,
    known: KnownChats,
}

#[derive(Debug, Default)]
struct ShardState {
    waiting: VecDeque<PendingPost>,
    /// The number of waiting messages of each chat.
    per_chat: HashMap<ChatId, usize>,
    /// Whether a task is storing batches.
    busy: bool,
}

#[derive(Debug)]
struct PendingPost {
    post: ParsedPost,
    reply: oneshot::Sender<PostResult>,
    /// Counts the statements of the sender's request; those of a batch count for its first sender.
    counter: StatementCounter,
    /// The monotonic time at which the sender's request times out.
    deadline: Duration,
}

impl PostQueue {
    pub(crate) fn new(parts: &ChatParts) -> Self {
        // SQLite has one writer; a second shard would only make batches smaller.
        let count = if parts.store.is_embedded() {
            1
        } else {
            POSTGRES_SHARDS
        };
        Self {
            shards: (0..count).map(|_| Arc::default()).collect(),
        }
    }

    /// Stores a message and returns it as its sender sees it.
    pub(crate) async fn store(&self, parts: &ChatParts, post: ParsedPost) -> PostResult {
        let Some(shard) = self.shard_of(post.chat) else {
            return Err(Common::Overloaded.into());
        };
        let (reply, result) = oneshot::channel();
        let waiting = PendingPost {
            post,
            reply,
            counter: StatementCounter::current(),
            deadline: parts.store.deadline(),
        };
        if shard.enqueue(waiting)? {
            tokio::spawn(ShardWorker::new(Arc::clone(shard)).run(parts.clone()));
        }
        let dropped = |_| Err(AppError::unavailable(BatchDropped));
        let result = parts.store.before_deadline(result).await?;
        result.unwrap_or_else(dropped)
    }

    fn shard_of(&self, chat: ChatId) -> Option<&Arc<PostShard>> {
        let mut hasher = DefaultHasher::new();
        chat.hash(&mut hasher);
        let count = u64::try_from(self.shards.len()).ok()?;
        let shard = hasher.finish().checked_rem(count)?;
        self.shards.get(usize::try_from(shard).ok()?)
    }
}

impl ShardState {
    /// Recounts the waiting messages of each chat.
    fn recount(&mut self) {
        self.per_chat.clear();
        for one in &self.waiting {
            *self.per_chat.entry(one.post.chat).or_default() += 1;
        }
    }
}

impl PostShard {
    /// Appends a message. Returns whether the caller has to start a worker.
    fn enqueue(&self, waiting: PendingPost) -> Result<bool, AppError> {
        let mut state = self.lock();
        if state.waiting.len() >= MAX_WAITING {
            return Err(Common::Overloaded.retry_after(Duration::from_secs(1)));
        }
        let per_chat = state.per_chat.entry(waiting.post.chat).or_default();
        if *per_chat >= MAX_WAITING_PER_CHAT {
            return Err(Error::Busy.retry_after(BUSY_RETRY_AFTER));
        }
        *per_chat += 1;
        state.waiting.push_back(waiting);
        Ok(!std::mem::replace(&mut state.busy, true))
    }

    /// Takes the next batch, without messages whose sender has given up. When it is empty, the worker
    /// ends.
    fn next_batch(&self) -> Vec<PendingPost> {
        let mut state = self.lock();
        state.waiting.retain(|one| !one.reply.is_closed());
        let count = state.waiting.len().min(MAX_BATCH_SIZE);
        state.busy = count > 0;
        let batch = state.waiting.drain(..count).collect();
        state.recount();
        batch
    }

    fn lock(&self) -> MutexGuard<'_, ShardState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Stores the batches of a shard until no message waits.
struct ShardWorker {
    shard: Arc<PostShard>,
    /// Whether the shard was empty. From then on it belongs to the next worker, which may start before
    /// this one is dropped.
    finished: bool,
}

impl ShardWorker {
    fn new(shard: Arc<PostShard>) -> Self {
        Self {
            shard,
            finished: false,
        }
    }

    async fn run(mut self, parts: ChatParts) {
        while let Some(waiting) = self.next_batch() {
            store_and_reply(&parts, &self.shard.known, waiting).await;
        }
    }

    fn next_batch(&mut self) -> Option<Vec<PendingPost>> {
        let waiting = self.shard.next_batch();
        self.finished = waiting.is_empty();
        (!self.finished).then_some(waiting)
    }
}

impl Drop for ShardWorker {
    /// Refuses the waiting messages if the task has ended early, by a panic or with its runtime.
    fn drop(&mut self) {
        if !self.finished {
            let mut state = self.shard.lock();
            state.busy = false;
            state.waiting.clear();
            state.per_chat.clear();
        }
    }
}

/// Stores a batch and sends the results. It is not stored after the last of its senders has timed out:
/// they may retry.
async fn store_and_reply(parts: &ChatParts, known: &KnownChats, waiting: Vec<PendingPost>) {
    let deadline = waiting.iter().map(|one| one.deadline).max();
    let deadline = deadline.unwrap_or_default();
    let first = waiting.first().map(|one| one.counter.clone());
    let counter = first.unwrap_or_default();
    let (posts, replies): (Vec<_>, Vec<_>) =
        waiting.into_iter().map(|one| (one.post, one.reply)).unzip();
    let storing = counter.count(store(parts, known, posts));
    let stored = parts.store.with_deadline(deadline, storing).await;
    for (reply, result) in replies.into_iter().zip(stored) {
        // Sending fails if the sender has given up.
        let _ = reply.send(result);
    }
}

/// Stores a batch. If the transaction fails, each message is stored alone, so that one bad message
/// affects no others.
async fn store(parts: &ChatParts, known: &KnownChats, posts: Vec<ParsedPost>) -> Vec<PostResult> {
    let count = posts.len();
    if let [post] = posts.as_slice() {
        match one_statement::store(parts, known, post).await {
            Ok(Some(message)) => return vec![Ok(message)],
            Err(error) if error.code().kind == ErrorKind::Unavailable => return vec![Err(error)],
            // The long way finds out why.
            Ok(None) | Err(_) => {}
        }
    }
    let failure = match batch::store(parts, known, posts.clone()).await {
        Ok(results) => return results,
        Err(error) => error,
    };
    if count == 1 || failure.code().kind == ErrorKind::Unavailable {
        return (0..count).map(|_| Err(copy_error(&failure))).collect();
    }
    tracing::error!(error = %failure.chain(), count, "message batch failed");
    let mut results = Vec::with_capacity(count);
    for post in posts {
        let alone = batch::store(parts, known, vec![post]).await;
        results.push(match alone {
            Ok(mut results) => results.pop().unwrap_or_else(|| Err(copy_error(&failure))),
            Err(error) => Err(error),
        });
    }
    results
}

/// A copy of an error for one more sender.
fn copy_error(error: &AppError) -> AppError {
    let copy = AppError::new(error.code()).with_source(error.chain());
    match error.retry_delay() {
        Some(delay) => copy.retry_after(delay),
        None => copy,
    }
}

/// The task that stores messages has ended.
#[derive(Debug)]
struct BatchDropped;

impl std::fmt::Display for BatchDropped {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the task that stores messages has ended")
    }
}

impl std::error::Error for BatchDropped {}

#[cfg(test)]
mod tests {
    use kernel::Env;

    use super::*;
    use crate::rules::MessageContent;

    fn waiting() -> (PendingPost, oneshot::Receiver<PostResult>) {
        let env = Env::system();
        let (reply, result) = oneshot::channel();
        let post = ParsedPost {
            id: env.id(),
            chat: env.id(),
            sender: env.id(),
            content: MessageContent::parse("hello").unwrap(),
            client_id: None,
            reply_to: None,
            timestamp: None,
            mentioned: vec![],
        };
        let waiting = PendingPost {
            post,
            reply,
            counter: StatementCounter::default(),
            deadline: Duration::MAX,
        };
        (waiting, result)
    }

    #[test]
    fn next_batch_skips_messages_whose_sender_has_given_up() {
        let shard = PostShard::default();
        let (late, given_up) = waiting();
        let (good, _waits) = waiting();
        let id = good.post.id;
        shard.enqueue(late).unwrap();
        shard.enqueue(good).unwrap();
        drop(given_up);
        let batch: Vec<_> = shard.next_batch().iter().map(|one| one.post.id).collect();
        assert_eq!(batch, [id]);
    }

    #[test]
    fn enqueue_refuses_messages_of_one_crowded_chat_only() {
        let shard = PostShard::default();
        let (first, _kept) = waiting();
        let chat = first.post.chat;
        shard.enqueue(first).unwrap();
        let per_chat = || {
            let (mut one, result) = waiting();
            one.post.chat = chat;
            (shard.enqueue(one), result)
        };
        let mut results: Vec<_> = (1..MAX_WAITING_PER_CHAT).map(|_| per_chat()).collect();
        assert!(results.iter().all(|(entered, _)| entered.is_ok()));
        let (refused, _) = per_chat();
        let error = refused.unwrap_err();
        assert!(error.is(Error::Busy.code()));
        assert_eq!(error.retry_delay(), Some(BUSY_RETRY_AFTER));
        let (other, _other_answered) = waiting();
        shard.enqueue(other).unwrap();
        shard.next_batch();
        results.push(per_chat());
        assert!(
            results.pop().unwrap().0.is_ok(),
            "the chat is no longer crowded"
        );
    }

    #[test]
    fn drop_of_finished_worker_keeps_messages_enqueued_after_its_last_batch() {
        let shard = Arc::new(PostShard::default());
        let mut worker = ShardWorker::new(Arc::clone(&shard));
        let (first, _waits) = waiting();
        shard.enqueue(first).unwrap();
        assert_eq!(worker.next_batch().map(|batch| batch.len()), Some(1));
        assert!(worker.next_batch().is_none(), "no message waits");
        let (late, mut result) = waiting();
        assert!(shard.enqueue(late).unwrap(), "a new worker is needed");
        drop(worker);
        let still_waits = result.try_recv();
        assert_eq!(still_waits.err(), Some(oneshot::error::TryRecvError::Empty));
        let batch = ShardWorker::new(shard).next_batch();
        assert_eq!(batch.map(|batch| batch.len()), Some(1));
    }

    #[test]
    fn drop_of_interrupted_worker_refuses_waiting_messages() {
        let shard = Arc::new(PostShard::default());
        let (first, mut result) = waiting();
        assert!(shard.enqueue(first).unwrap());
        drop(ShardWorker::new(Arc::clone(&shard)));
        let gone = result.try_recv();
        assert_eq!(gone.err(), Some(oneshot::error::TryRecvError::Closed));
        assert!(
            shard.enqueue(waiting().0).unwrap(),
            "a new worker is needed"
        );
    }
}
