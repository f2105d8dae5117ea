//! Stores a batch of messages in one transaction.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use contract::catalogue::EventName;
use contract::chat::{ChatId, ClientTimestamp, Message, MessageId, NewMessage};
use contract::notify::Resolved;
use contract::streams::StreamName;
use db::{IdempotencyKey, Tx};
use jobs::{Enqueue, NewJob};
use kernel::{AppError, UserId};
use outbox::{Emit, NewEvent};

use crate::ChatParts;
use crate::posting::context::BatchContext;
use crate::posting::known_chats::{KnownChats, KnownSender, StoredInChat};
use crate::posting::parsed_post::ParsedPost;
use crate::posting::validator::{AcceptedMessage, LoadedBatch, PostOutcome, Validator, key_of};
use crate::queries::members::MemberRow;
use crate::queries::messages::MessageRow;
use crate::queries::{batch, members};
use crate::read_context::ReadContext;
use crate::view::{MessageView, UserSummaries};

type PostResults = Vec<Result<Message, AppError>>;

/// A batch that is stored.
struct StoredBatch {
    results: PostResults,
    conversations: Vec<StoredInChat>,
}

/// Stores a batch, and remembers its conversations. Returns the result of each message, in the given
/// order.
pub(super) async fn store(
    parts: &ChatParts,
    known: &KnownChats,
    posts: Vec<ParsedPost>,
) -> Result<PostResults, AppError> {
    let ports = parts.clone();
    let write = move |tx: &mut Tx<'_>| write(tx, &ports, posts);
    let stored = parts.store.write(write).await?;
    let conversations = stored.conversations.into_iter();
    conversations.for_each(|conversation| known.remember(conversation));
    Ok(stored.results)
}

/// Stores one message, once per key. Returns its id.
pub(super) async fn store_once(
    parts: &ChatParts,
    key: &IdempotencyKey,
    post: ParsedPost,
) -> Result<MessageId, AppError> {
    let ports = parts.clone();
    let write = move |tx: &mut Tx<'_>| {
        let mut stored = write(tx, &ports, vec![post])?;
        let message = stored.results.pop().ok_or_else(missing_result)??;
        Ok(message.id)
    };
    parts.store.write_once(Some(key), write).await
}

fn write(
    tx: &mut Tx<'_>,
    parts: &ChatParts,
    posts: Vec<ParsedPost>,
) -> Result<StoredBatch, AppError> {
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
    Ok(StoredBatch {
        results: senders.into_iter().zip(outcomes).map(result).collect(),
        conversations: conversations(&loaded, &context, &newest, &read),
    })
}

/// The conversations among the chats with new messages.
fn conversations(
    loaded: &LoadedBatch,
    context: &BatchContext,
    newest: &BTreeMap<ChatId, i64>,
    read: &BTreeMap<(UserId, ChatId), i64>,
) -> Vec<StoredInChat> {
    let conversation = |(chat, newest): (&ChatId, &i64)| {
        let previous = loaded.chats.get(chat)?.last_seq;
        let posted = read.keys().filter(|(_, posted_to)| posted_to == chat);
        let senders = posted.map(|(sender, _)| {
            let peer = *context.peers.get(&(*sender, *chat))?;
            let summary = context.users.get(*sender);
            Some(KnownSender { summary, peer })
        });
        Some(StoredInChat {
            chat: *chat,
            previous,
            newest: *newest,
            senders: senders.collect::<Option<_>>()?,
        })
    };
    newest.iter().filter_map(conversation).collect()
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
    let mut events = Vec::with_capacity(accepted.len());
    let mut messages = Vec::with_capacity(accepted.len());
    for AcceptedMessage { row, timestamp, .. } in accepted {
        let answered = row.reply_to.and_then(|id| senders.get(&(row.chat_id, id)));
        let (message, event) = message_and_event(row, timestamp, answered.copied(), users)?;
        events.push(event);
        messages.push(message);
    }
    Ok((messages, events))
}

/// A new message and its event.
pub(super) fn message_and_event(
    row: MessageRow,
    timestamp: Option<ClientTimestamp>,
    reply_to_sender_id: Option<UserId>,
    users: &UserSummaries,
) -> Result<(Message, NewEvent), AppError> {
    let sender = row.sender;
    let data = NewMessage {
        reply_to_sender_id,
        message: MessageView::default().render(row, users),
        timestamp,
    };
    let event = NewEvent::new(
        StreamName::Chat(data.message.chat_id),
        EventName::NewMessage,
        &data,
    )?;
    let event = event.by(sender).about(data.message.id);
    Ok((data.message, event))
}

fn missing_result() -> AppError {
    AppError::from(kernel::error::Common::Internal)
}
