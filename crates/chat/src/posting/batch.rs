//! Stores a batch of messages in one transaction.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use contract::chat::{ChatId, Message, MessageId, NewMessage};
use contract::notify::Resolved;
use db::{IdempotencyKey, Tx};
use jobs::{Enqueue, NewJob};
use kernel::{AppError, UserId};
use outbox::{Emit, NewEvent};

use crate::ChatParts;
use crate::posting::context::BatchContext;
use crate::posting::parsed_post::ParsedPost;
use crate::posting::validator::{AcceptedMessage, LoadedBatch, PostOutcome, Validator, key_of};
use crate::queries::members::MemberRow;
use crate::queries::messages::MessageRow;
use crate::queries::{batch, members};
use crate::read_context::ReadContext;
use crate::streams::stream_of;
use crate::view::{MessageView, UserSummaries};

type PostResults = Vec<Result<Message, AppError>>;

/// Stores a batch. Returns the result of each message, in the given order.
pub(super) async fn store(
    parts: &ChatParts,
    posts: Vec<ParsedPost>,
) -> Result<PostResults, AppError> {
    let ports = parts.clone();
    let write = move |tx: &mut Tx<'_>| write(tx, &ports, posts);
    parts.store.write(write).await
}

/// Stores one message, once per key. Returns its id.
pub(super) async fn store_once(
    parts: &ChatParts,
    key: &IdempotencyKey,
    post: ParsedPost,
) -> Result<MessageId, AppError> {
    let ports = parts.clone();
    let write = move |tx: &mut Tx<'_>| {
        let mut results = write(tx, &ports, vec![post])?;
        let message = results.pop().ok_or_else(missing_result)??;
        Ok(message.id)
    };
    parts.store.write_once(Some(key), write).await
}

fn write(
    tx: &mut Tx<'_>,
    parts: &ChatParts,
    posts: Vec<ParsedPost>,
) -> Result<PostResults, AppError> {
    let now = tx.env().now();
    let (loaded, context) = load(&mut ReadContext::new(parts, tx.conn), &posts)?;
    let mut validator = Validator::new(&loaded, &context, now);
    let senders: Vec<_> = posts.iter().map(|post| post.sender).collect();
    let outcomes: Vec<_> = posts
        .into_iter()
        .map(|post| validator.validate(post))
        .collect();
    let Validator {
        newest,
        read,
        accepted,
        rearmed,
        ..
    } = validator;
    let rows: Vec<_> = accepted.iter().map(|message| message.row.clone()).collect();
    for (user, chat) in rearmed {
        members::store_rearmed(tx.conn, chat, user, false)?;
    }
    let jobs = jobs(tx, &loaded, &read, &accepted)?;
    let mut statements = vec![
        batch::insert_messages(&rows),
        batch::advance_chats(&newest, now),
        batch::mark_read_by_senders(&read),
    ];
    let (messages, events) = messages_and_events(accepted, &context.users, &loaded.senders)?;
    statements.push(tx.insertion_of(jobs));
    tx.emit_with(events, statements)?;
    let mut ctx = ReadContext::new(parts, tx.conn);
    let result = |(sender, outcome)| match outcome {
        PostOutcome::Accepted(index) => messages.get(index).cloned().ok_or_else(missing_result),
        PostOutcome::Known(row) => {
            let member = loaded.members.get(&(sender, row.chat_id));
            ctx.render_one(sender, member, *row)
        }
        PostOutcome::Refused(error) => Err(error),
    };
    Ok(senders.into_iter().zip(outcomes).map(result).collect())
}

/// Loads what the validation depends on. The chats are locked first: until the end of the transaction
/// no other one assigns sequence numbers in them or changes what their members have read.
fn load(
    ctx: &mut ReadContext<'_>,
    posts: &[ParsedPost],
) -> Result<(LoadedBatch, BatchContext), AppError> {
    let own: BTreeSet<_> = posts.iter().map(|post| (post.sender, post.chat)).collect();
    let own: Vec<_> = own.into_iter().collect();
    let (chats, mut members) = batch::lock(ctx.conn, &own)?;
    let answered: Vec<_> = posts.iter().filter_map(|post| post.reply_to).collect();
    let senders = batch::senders_of(ctx.conn, &answered)?;
    let context = BatchContext::load(ctx, posts, &senders, &members)?;
    let mut others = other_members(posts, &context);
    others.retain(|key| !members.iter().any(|row| (row.user_id, row.chat_id) == *key));
    members.extend(members::lock_all(ctx.conn, &others)?);
    let keys: BTreeSet<_> = posts.iter().filter_map(key_of).collect();
    let keys: Vec<_> = keys.into_iter().collect();
    let known = batch::find_by_keys(ctx.conn, &keys)?;
    let by_key = |row: MessageRow| {
        let id = row.client_id.clone()?;
        Some(((row.sender, row.chat_id, id), row))
    };
    let by_member = |row: MemberRow| ((row.user_id, row.chat_id), row);
    let loaded = LoadedBatch {
        chats,
        members: members.into_iter().map(by_member).collect(),
        known: known.into_iter().filter_map(by_key).collect(),
        senders,
    };
    Ok((loaded, context))
}

/// The other users whose membership matters: peers of conversations, and mentioned users.
fn other_members(posts: &[ParsedPost], context: &BatchContext) -> Vec<(UserId, ChatId)> {
    let peers = context.peers.iter().map(|((_, chat), peer)| (*peer, *chat));
    let mut all: BTreeSet<_> = peers.collect();
    for post in posts {
        let mentioned = context.mentioned_by(post).into_iter();
        all.extend(mentioned.map(|id| (id, post.chat)));
    }
    all.into_iter().collect()
}

/// The jobs that notify users of these messages, and those that resolve the senders' notifications of
/// messages that they have read by posting.
fn jobs(
    tx: &Tx<'_>,
    loaded: &LoadedBatch,
    read: &BTreeMap<(UserId, ChatId), i64>,
    accepted: &[AcceptedMessage],
) -> Result<Vec<NewJob>, AppError> {
    let notifications = accepted.iter().flat_map(|message| &message.notifications);
    let mut jobs: Vec<NewJob> = notifications
        .map(|job| job.scheduled(tx))
        .collect::<Result<_, _>>()?;
    for (key, seq) in read {
        let member = loaded.members.get(key);
        if member.is_some_and(MemberRow::is_notified) {
            let resolved = Resolved::up_to(key.0, key.1, *seq);
            jobs.push(NewJob::new(&resolved)?);
        }
    }
    Ok(jobs)
}

/// The new messages and their events. A new message looks the same to all users: nobody has read or
/// liked it.
fn messages_and_events(
    accepted: Vec<AcceptedMessage>,
    users: &UserSummaries,
    senders: &HashMap<(ChatId, MessageId), UserId>,
) -> Result<(Vec<Message>, Vec<NewEvent>), AppError> {
    let view = MessageView::default();
    let mut streams: HashMap<ChatId, String> = HashMap::new();
    let mut events = Vec::with_capacity(accepted.len());
    let mut messages = Vec::with_capacity(accepted.len());
    for AcceptedMessage { row, timestamp, .. } in accepted {
        let (chat, sender) = (row.chat_id, row.sender);
        let stream = streams.entry(chat).or_insert_with(|| stream_of(chat));
        let answered = row.reply_to.and_then(|id| senders.get(&(chat, id)));
        let data = NewMessage {
            reply_to_sender_id: answered.copied(),
            message: view.render(row, users),
            timestamp,
        };
        let event = NewEvent::new(stream.clone(), "new_message", &data)?;
        events.push(event.by(sender).about(data.message.id));
        messages.push(data.message);
    }
    Ok((messages, events))
}

fn missing_result() -> AppError {
    AppError::from(kernel::error::Common::Internal)
}
