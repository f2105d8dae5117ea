//! Decides the outcome of each message of a batch, from what was loaded for all of them.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use contract::chat::{ChatId, ClientTimestamp, MessageId};
use kernel::{AppError, Timestamp, UserId};

use crate::Error;
use crate::message_notifications::MessageNotificationJob;
use crate::posting::context::BatchContext;
use crate::posting::parsed_post::ParsedPost;
use crate::queries::batch::MessageKey;
use crate::queries::chats::ChatRow;
use crate::queries::members::MemberRow;
use crate::queries::messages::{MessageRow, mentions_column};
use crate::rules::{ChatType, ClientId, PeerAccess};

/// The rows that the transaction has loaded. Those of chats and members are locked.
#[derive(Debug, Default)]
pub(super) struct LoadedBatch {
    pub(super) chats: HashMap<ChatId, ChatRow>,
    pub(super) members: HashMap<(UserId, ChatId), MemberRow>,
    /// The stored messages with the keys of the batch.
    pub(super) known: HashMap<MessageKey, MessageRow>,
    /// The senders of the answered messages.
    pub(super) senders: HashMap<(ChatId, MessageId), UserId>,
}

/// The outcome of a message.
#[derive(Debug)]
pub(super) enum PostOutcome {
    /// It is the new message with this index in [`Validator::accepted`].
    Accepted(usize),
    /// It was stored before.
    Known(Box<MessageRow>),
    Refused(AppError),
}

/// A message to be stored.
#[derive(Debug, Clone)]
pub(super) struct AcceptedMessage {
    pub(super) row: MessageRow,
    pub(super) timestamp: Option<ClientTimestamp>,
    pub(super) notifications: Vec<MessageNotificationJob>,
}

/// Validates messages in the given order, and assigns their sequence numbers.
pub(super) struct Validator<'a> {
    loaded: &'a LoadedBatch,
    context: &'a BatchContext,
    now: Timestamp,
    /// The newest sequence number of each chat with new messages.
    pub(super) newest: BTreeMap<ChatId, i64>,
    /// The last message that each sender has read by posting.
    pub(super) read: BTreeMap<(UserId, ChatId), i64>,
    pub(super) accepted: Vec<AcceptedMessage>,
    /// The members who are notified although the message before was unread.
    pub(super) rearmed: BTreeSet<(UserId, ChatId)>,
    /// The accepted messages by key, for retries within the batch.
    keys: HashMap<MessageKey, usize>,
}

impl<'a> Validator<'a> {
    pub(super) fn new(loaded: &'a LoadedBatch, context: &'a BatchContext, now: Timestamp) -> Self {
        Self {
            loaded,
            context,
            now,
            newest: BTreeMap::new(),
            read: BTreeMap::new(),
            accepted: Vec::new(),
            rearmed: BTreeSet::new(),
            keys: HashMap::new(),
        }
    }

    pub(super) fn validate(&mut self, post: ParsedPost) -> PostOutcome {
        match self.retried(&post) {
            Some(outcome) => outcome,
            None => match self.ensure_can_post(&post) {
                Ok(kind) => self.accept(post, kind),
                Err(error) => PostOutcome::Refused(error),
            },
        }
    }

    /// The outcome of a retry: the same message, also if the sender may no longer post.
    fn retried(&self, post: &ParsedPost) -> Option<PostOutcome> {
        let key = key_of(post)?;
        if let Some(row) = self.loaded.known.get(&key) {
            return Some(if is_same(row, post) {
                PostOutcome::Known(Box::new(row.clone()))
            } else {
                PostOutcome::Refused(Error::ClientIdReused.on_field("client_id"))
            });
        }
        let index = *self.keys.get(&key)?;
        let accepted = self.accepted.get(index);
        let same = accepted.is_some_and(|message| is_same(&message.row, post));
        Some(if same {
            PostOutcome::Accepted(index)
        } else {
            PostOutcome::Refused(Error::ClientIdReused.on_field("client_id"))
        })
    }

    fn ensure_can_post(&self, post: &ParsedPost) -> Result<ChatType, AppError> {
        let missing = || AppError::from(Error::NotAMember);
        let chat = self.loaded.chats.get(&post.chat).ok_or_else(missing)?;
        let kind = chat.kind()?;
        let key = (post.sender, post.chat);
        if !kind.is_open() && !self.loaded.members.contains_key(&key) {
            return Err(missing());
        }
        if kind == ChatType::Direct {
            let peer = self.context.peers.get(&key).ok_or_else(missing)?;
            match self.context.access(post.sender, *peer) {
                PeerAccess::Hidden => return Err(missing()),
                access => access.ensure_write()?,
            }
        }
        match post.reply_to {
            Some(id) if !self.is_visible(post, id) => {
                Err(Error::ReplyNotFound.on_field("reply_to"))
            }
            _ => Ok(kind),
        }
    }

    /// Whether the sender of a post can see another message of the chat.
    fn is_visible(&self, post: &ParsedPost, id: MessageId) -> bool {
        let sender = self.loaded.senders.get(&(post.chat, id));
        sender.is_some_and(|sender| {
            *sender == post.sender
                || self.context.access(post.sender, *sender) != PeerAccess::Hidden
        })
    }

    fn accept(&mut self, post: ParsedPost, kind: ChatType) -> PostOutcome {
        let previous = self.newest_of(post.chat);
        let seq = previous + 1;
        let mentioned = self.mentioned_members(&post, kind);
        let notified = self.notified(&post, kind, previous, &mentioned);
        let notification = |user_id: UserId| MessageNotificationJob {
            user_id,
            chat_id: post.chat,
            seq,
            message_id: post.id,
            sender_id: post.sender,
            mention: mentioned.contains(&user_id),
        };
        let notifications = notified.into_iter().map(notification).collect();
        let index = self.accepted.len();
        self.newest.insert(post.chat, seq);
        self.read.insert((post.sender, post.chat), seq);
        self.keys.extend(key_of(&post).map(|key| (key, index)));
        self.accepted.push(AcceptedMessage {
            timestamp: post.timestamp.clone(),
            row: row_of(post, seq, &mentioned, self.now),
            notifications,
        });
        PostOutcome::Accepted(index)
    }

    fn newest_of(&self, chat: ChatId) -> i64 {
        let stored = || self.loaded.chats.get(&chat).map_or(0, |row| row.last_seq);
        self.newest.get(&chat).copied().unwrap_or_else(stored)
    }

    /// The mentioned users who can read the chat.
    fn mentioned_members(&self, post: &ParsedPost, kind: ChatType) -> Vec<UserId> {
        let mut mentioned = self.context.mentioned_by(post);
        if !kind.is_open() {
            mentioned.retain(|id| self.loaded.members.contains_key(&(*id, post.chat)));
        }
        mentioned
    }

    /// The users to notify. In a conversation, the peer, if this is their first unread message or the
    /// first since they dismissed a notification; elsewhere, the mentioned users.
    fn notified(
        &mut self,
        post: &ParsedPost,
        kind: ChatType,
        previous: i64,
        mentioned: &[UserId],
    ) -> Vec<UserId> {
        if kind != ChatType::Direct {
            return mentioned.to_vec();
        }
        let peer = self.context.peers.get(&(post.sender, post.chat)).copied();
        let notified = peer.filter(|peer| {
            self.take_rearmed(*peer, post.chat) || self.last_read_of(*peer, post.chat) >= previous
        });
        notified.into_iter().collect()
    }

    /// Whether a member is to be notified again; true once per batch.
    fn take_rearmed(&mut self, user: UserId, chat: ChatId) -> bool {
        let key = (user, chat);
        let member = self.loaded.members.get(&key);
        member.is_some_and(|member| member.is_rearmed) && self.rearmed.insert(key)
    }

    fn last_read_of(&self, user: UserId, chat: ChatId) -> i64 {
        let stored = || {
            let member = self.loaded.members.get(&(user, chat));
            member.map_or(0, |member| member.last_read_seq)
        };
        self.read.get(&(user, chat)).copied().unwrap_or_else(stored)
    }
}

/// The key of a message with a client id.
pub(super) fn key_of(post: &ParsedPost) -> Option<MessageKey> {
    let id = post.client_id.as_ref().map(ClientId::as_str)?;
    Some((post.sender, post.chat, id.to_owned()))
}

/// Whether a stored message is the one that is sent again: with the same text, as a reply to the same
/// message. The original text of an edited or deleted message is not stored.
fn is_same(row: &MessageRow, post: &ParsedPost) -> bool {
    let changed = row.edited_at.is_some() || row.deleted_at.is_some();
    (changed || row.content == post.content.as_str()) && row.reply_to == post.reply_to
}

/// A new message as a row.
pub(super) fn row_of(
    post: ParsedPost,
    seq: i64,
    mentioned: &[UserId],
    now: Timestamp,
) -> MessageRow {
    MessageRow {
        chat_id: post.chat,
        seq,
        id: post.id,
        sender: post.sender,
        content: post.content.into_string(),
        client_id: post.client_id.map(ClientId::into_string),
        reply_to: post.reply_to,
        mentions: mentions_column(mentioned),
        like_count: 0,
        sent_at: now,
        edited_at: None,
        deleted_at: None,
    }
}
