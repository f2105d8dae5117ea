//! One batch, one transaction.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use contract::chat::{ChatId, Message, MessageId, NewMessage};
use contract::notify::Resolved;
use db::{IdempotencyKey, Tx};
use jobs::{Enqueue, NewJob};
use kernel::{AppError, UserId};
use outbox::{Emit, NewEvent};

use crate::ChatParts;
use crate::posting::Post;
use crate::posting::context::BatchContext;
use crate::posting::validator::{AcceptedMessage, Loaded, PostOutcome, Validator, key_of};
use crate::queries::ReadContext;
use crate::service::stream_of;
use crate::store::members::MemberRow;
use crate::store::messages::MessageRow;
use crate::store::{batch, members};
use crate::view::{MessageView, UserSummaries};

type Answers = Vec<Result<Message, AppError>>;

/// Stores a batch and answers each of its messages, in their order.
pub(super) async fn store(parts: &ChatParts, posts: Vec<Post>) -> Result<Answers, AppError> {
    let neighbours = parts.clone();
    let write = move |tx: &mut Tx<'_>| write(tx, &neighbours, posts);
    parts.store.write(write).await
}

/// Stores one message, once for each key, and gives its id.
pub(super) async fn store_once(
    parts: &ChatParts,
    key: &IdempotencyKey,
    post: Post,
) -> Result<MessageId, AppError> {
    let neighbours = parts.clone();
    let write = move |tx: &mut Tx<'_>| {
        let mut answers = write(tx, &neighbours, vec![post])?;
        let message = answers.pop().ok_or_else(lost)??;
        Ok(message.id)
    };
    parts.store.write_once(Some(key), write).await
}

fn write(tx: &mut Tx<'_>, parts: &ChatParts, posts: Vec<Post>) -> Result<Answers, AppError> {
    let now = tx.env().now();
    let (loaded, context) = load(&mut ReadContext::new(parts, tx.conn), &posts)?;
    let mut validator = Validator::new(&loaded, &context, now);
    let senders: Vec<_> = posts.iter().map(|post| post.sender).collect();
    let verdicts: Vec<_> = posts
        .into_iter()
        .map(|post| validator.validator(post))
        .collect();
    let Validator {
        newest,
        read,
        fresh,
        recalled,
        ..
    } = validator;
    let rows: Vec<_> = fresh.iter().map(|fresh| fresh.row.clone()).collect();
    for (user, chat) in recalled {
        members::store_recall(tx.conn, chat, user, false)?;
    }
    let jobs = jobs(tx, &loaded, &read, &fresh)?;
    let mut written = vec![
        batch::insertion(&rows),
        batch::advance(&newest, now),
        batch::read_by_senders(&read),
    ];
    let (messages, events) = messages_and_events(fresh, &context.called, &loaded.existing)?;
    written.push(tx.insertion_of(jobs));
    tx.emit_with(events, written)?;
    let mut look = ReadContext::new(parts, tx.conn);
    let answer = |(sender, verdict)| match verdict {
        PostOutcome::AcceptedMessage(index) => messages.get(index).cloned().ok_or_else(lost),
        PostOutcome::Known(row) => {
            let member = loaded.members.get(&(sender, row.chat_id));
            look.one(sender, member, *row)
        }
        PostOutcome::Refused(error) => Err(error),
    };
    Ok(senders.into_iter().zip(verdicts).map(answer).collect())
}

/// Loads what decides about the messages. The chats come first: from then on nobody else writes
/// in them or reads on, so that their numbers and places cannot change.
fn load(look: &mut ReadContext<'_>, posts: &[Post]) -> Result<(Loaded, BatchContext), AppError> {
    let places: BTreeSet<_> = posts.iter().map(|post| (post.sender, post.chat)).collect();
    let places: Vec<_> = places.into_iter().collect();
    let (chats, mut members) = batch::lock(look.conn, &places)?;
    let answered: Vec<_> = posts.iter().filter_map(|post| post.reply_to).collect();
    let existing = batch::existing(look.conn, &answered)?;
    let context = BatchContext::of(look, posts, &existing, &members)?;
    let mut others = others(posts, &context);
    others.retain(|place| {
        !members
            .iter()
            .any(|row| (row.user_id, row.chat_id) == *place)
    });
    members.extend(members::held(look.conn, &others)?);
    let keys: BTreeSet<_> = posts.iter().filter_map(key_of).collect();
    let keys: Vec<_> = keys.into_iter().collect();
    let known = batch::known(look.conn, &keys)?;
    let by_key = |row: MessageRow| {
        let id = row.client_id.clone()?;
        Some(((row.sender, row.chat_id, id), row))
    };
    let by_place = |row: MemberRow| ((row.user_id, row.chat_id), row);
    let loaded = Loaded {
        chats,
        members: members.into_iter().map(by_place).collect(),
        known: known.into_iter().filter_map(by_key).collect(),
        existing,
    };
    Ok((loaded, context))
}

/// Who else's place in a chat matters: the others of conversations, and those named.
fn others(posts: &[Post], context: &BatchContext) -> Vec<(UserId, ChatId)> {
    let peers = context.peers.iter().map(|((_, chat), peer)| (*peer, *chat));
    let mut all: BTreeSet<_> = peers.collect();
    for post in posts {
        all.extend(context.named_by(post).into_iter().map(|id| (id, post.chat)));
    }
    all.into_iter().collect()
}

/// What follows: those who are away are called, and senders who were notified of what they have read
/// by writing have dealt with it.
fn jobs(
    tx: &Tx<'_>,
    loaded: &Loaded,
    read: &BTreeMap<(UserId, ChatId), i64>,
    fresh: &[AcceptedMessage],
) -> Result<Vec<NewJob>, AppError> {
    let calls = fresh.iter().flat_map(|one| &one.calls);
    let mut jobs: Vec<NewJob> = calls.map(|call| call.later(tx)).collect::<Result<_, _>>()?;
    for (place, seq) in read {
        let member = loaded.members.get(place);
        if member.is_some_and(MemberRow::is_notified) {
            let done = Resolved::up_to(place.0, place.1, *seq);
            jobs.push(NewJob::new(&done)?);
        }
    }
    Ok(jobs)
}

/// The new messages as their senders see them, which is as everybody sees them: nobody has read or
/// liked them yet. And the events that announce them on their chats' streams.
fn messages_and_events(
    fresh: Vec<AcceptedMessage>,
    called: &UserSummaries,
    authors: &HashMap<(ChatId, MessageId), UserId>,
) -> Result<(Vec<Message>, Vec<NewEvent>), AppError> {
    let nobody = MessageView::default();
    let mut streams: HashMap<ChatId, String> = HashMap::new();
    let mut events = Vec::with_capacity(fresh.len());
    let mut messages = Vec::with_capacity(fresh.len());
    for AcceptedMessage { row, mark, .. } in fresh {
        let (chat, sender) = (row.chat_id, row.sender);
        let stream = streams.entry(chat).or_insert_with(|| stream_of(chat));
        let answered = row.reply_to.and_then(|id| authors.get(&(chat, id)));
        let news = NewMessage {
            reply_to_sender_id: answered.copied(),
            message: nobody.render(row, called),
            timestamp: mark,
        };
        let event = NewEvent::new(stream.clone(), "new_message", &news)?;
        events.push(event.by(sender).about(news.message.id));
        messages.push(news.message);
    }
    Ok((messages, events))
}

fn lost() -> AppError {
    AppError::from(kernel::error::Common::Internal)
}
