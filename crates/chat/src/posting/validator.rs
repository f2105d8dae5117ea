//! What becomes of each message of a batch, decided from what was loaded for all of them.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use contract::chat::{ChatId, MessageId};
use kernel::{AppError, Timestamp, UserId};

use crate::Error;
use crate::calls::UnreadCall;
use crate::ports::Standing;
use crate::posting::Post;
use crate::posting::context::BatchContext;
use crate::rules::{ClientId, Kind};
use crate::store::batch::Key;
use crate::store::chats::ChatRow;
use crate::store::members::MemberRow;
use crate::store::messages::{MessageRow, mentions_column};

/// What the transaction has loaded and holds.
#[derive(Debug, Default)]
pub(super) struct Loaded {
    pub(super) chats: HashMap<ChatId, ChatRow>,
    pub(super) members: HashMap<(UserId, ChatId), MemberRow>,
    /// Messages that were stored before with the same keys.
    pub(super) known: HashMap<Key, MessageRow>,
    /// Messages that can be answered, and who wrote them.
    pub(super) existing: HashMap<(ChatId, MessageId), UserId>,
}

/// What becomes of a message.
#[derive(Debug)]
pub(super) enum PostOutcome {
    /// It is new; its place is among the fresh ones.
    AcceptedMessage(usize),
    /// It was stored before.
    Known(Box<MessageRow>),
    /// It is not taken.
    Refused(AppError),
}

/// A message to be stored.
#[derive(Debug, Clone)]
pub(super) struct AcceptedMessage {
    pub(super) row: MessageRow,
    pub(super) mark: Option<contract::chat::ClientTimestamp>,
    pub(super) calls: Vec<UnreadCall>,
}

/// Judges messages in the order they came, giving out the chats' numbers.
pub(super) struct Validator<'a> {
    loaded: &'a Loaded,
    context: &'a BatchContext,
    now: Timestamp,
    /// The newest number of each chat that gets messages.
    pub(super) newest: BTreeMap<ChatId, i64>,
    /// Up to where each sender has read by writing.
    pub(super) read: BTreeMap<(UserId, ChatId), i64>,
    pub(super) fresh: Vec<AcceptedMessage>,
    /// Who was called though they had not read the message before.
    pub(super) recalled: BTreeSet<(UserId, ChatId)>,
    /// The fresh messages that can be meant by a retry within the same batch.
    keys: HashMap<Key, usize>,
}

impl<'a> Validator<'a> {
    pub(super) fn new(loaded: &'a Loaded, context: &'a BatchContext, now: Timestamp) -> Self {
        Self {
            loaded,
            context,
            now,
            newest: BTreeMap::new(),
            read: BTreeMap::new(),
            fresh: Vec::new(),
            recalled: BTreeSet::new(),
            keys: HashMap::new(),
        }
    }

    pub(super) fn validator(&mut self, post: Post) -> PostOutcome {
        match self.retried(&post) {
            Some(verdict) => verdict,
            None => match self.may_write(&post) {
                Ok(kind) => self.accept(post, kind),
                Err(error) => PostOutcome::Refused(error),
            },
        }
    }

    /// A retry gives the same message back, whatever has become of the sender meanwhile.
    fn retried(&self, post: &Post) -> Option<PostOutcome> {
        let key = key_of(post)?;
        if let Some(row) = self.loaded.known.get(&key) {
            return Some(if is_same(row, post) {
                PostOutcome::Known(Box::new(row.clone()))
            } else {
                PostOutcome::Refused(Error::ClientIdReused.on_field("client_id"))
            });
        }
        let index = *self.keys.get(&key)?;
        let same = (self.fresh.get(index)).is_some_and(|fresh| is_same(&fresh.row, post));
        Some(if same {
            PostOutcome::AcceptedMessage(index)
        } else {
            PostOutcome::Refused(Error::ClientIdReused.on_field("client_id"))
        })
    }

    fn may_write(&self, post: &Post) -> Result<Kind, AppError> {
        let missing = || AppError::from(Error::NotAMember);
        let chat = self.loaded.chats.get(&post.chat).ok_or_else(missing)?;
        let kind = chat.kind()?;
        let place = (post.sender, post.chat);
        if !kind.is_open() && !self.loaded.members.contains_key(&place) {
            return Err(missing());
        }
        if kind == Kind::Direct {
            let peer = self.context.peers.get(&place).ok_or_else(missing)?;
            match self.context.standing(post.sender, *peer) {
                Standing::Friends => {}
                Standing::Strangers => return Err(Error::NotFriends.into()),
                Standing::Deleted => return Err(Error::AccountDeleted.into()),
                Standing::Blocked => return Err(missing()),
            }
        }
        match post.reply_to {
            Some(id) if !self.is_there(post, id) => Err(Error::ReplyNotFound.on_field("reply_to")),
            _ => Ok(kind),
        }
    }

    /// Whether a message is there for the sender: not across a block.
    fn is_there(&self, post: &Post, id: MessageId) -> bool {
        let author = self.loaded.existing.get(&(post.chat, id));
        author.is_some_and(|author| {
            *author == post.sender
                || self.context.standing(post.sender, *author) != Standing::Blocked
        })
    }

    fn accept(&mut self, post: Post, kind: Kind) -> PostOutcome {
        let before = self.newest_of(post.chat);
        let seq = before + 1;
        let named = self.present(&post, kind);
        let called = self.called(&post, kind, before, &named);
        let call = |user_id: UserId| UnreadCall {
            user_id,
            chat_id: post.chat,
            seq,
            message_id: post.id,
            sender_id: post.sender,
            mention: named.contains(&user_id),
        };
        let calls = called.into_iter().map(call).collect();
        let index = self.fresh.len();
        self.newest.insert(post.chat, seq);
        self.read.insert((post.sender, post.chat), seq);
        self.keys.extend(key_of(&post).map(|key| (key, index)));
        self.fresh.push(AcceptedMessage {
            mark: post.mark.clone(),
            row: row_of(post, seq, &named, self.now),
            calls,
        });
        PostOutcome::AcceptedMessage(index)
    }

    fn newest_of(&self, chat: ChatId) -> i64 {
        let stored = || self.loaded.chats.get(&chat).map_or(0, |row| row.last_seq);
        self.newest.get(&chat).copied().unwrap_or_else(stored)
    }

    /// Those named who are in the chat to hear of it.
    fn present(&self, post: &Post, kind: Kind) -> Vec<UserId> {
        let mut named = self.context.named_by(post);
        if !kind.is_open() {
            named.retain(|id| self.loaded.members.contains_key(&(*id, post.chat)));
        }
        named
    }

    /// Between two, the other is called when this is the first message they have not read, or the
    /// first since they were told of it in vain; in company, those who are named.
    fn called(&mut self, post: &Post, kind: Kind, before: i64, named: &[UserId]) -> Vec<UserId> {
        if kind != Kind::Direct {
            return named.to_vec();
        }
        let peer = self.context.peers.get(&(post.sender, post.chat)).copied();
        let waits = peer.filter(|peer| {
            self.is_recalled(*peer, post.chat) || self.has_read(*peer, post.chat) >= before
        });
        waits.into_iter().collect()
    }

    /// Whether somebody is to be called again; once.
    fn is_recalled(&mut self, user: UserId, chat: ChatId) -> bool {
        let place = (user, chat);
        let member = self.loaded.members.get(&place);
        member.is_some_and(|member| member.recall) && self.recalled.insert(place)
    }

    fn has_read(&self, user: UserId, chat: ChatId) -> i64 {
        let stored = || {
            let member = self.loaded.members.get(&(user, chat));
            member.map_or(0, |member| member.last_read_seq)
        };
        self.read.get(&(user, chat)).copied().unwrap_or_else(stored)
    }
}

/// The key of a message that has one.
pub(super) fn key_of(post: &Post) -> Option<Key> {
    let id = post.client_id.as_ref().map(ClientId::as_str)?;
    Some((post.sender, post.chat, id.to_owned()))
}

/// Whether a stored message is the one that is sent again: with the same text, in answer to the same
/// message. What it said at first is no longer known once it was changed.
fn is_same(row: &MessageRow, post: &Post) -> bool {
    let changed = row.edited_at.is_some() || row.deleted_at.is_some();
    (changed || row.content == post.content.as_str()) && row.reply_to == post.reply_to
}

fn row_of(post: Post, seq: i64, named: &[UserId], now: Timestamp) -> MessageRow {
    MessageRow {
        chat_id: post.chat,
        seq,
        id: post.id,
        sender: post.sender,
        content: post.content.into_string(),
        client_id: post.client_id.map(ClientId::into_string),
        reply_to: post.reply_to,
        mentions: mentions_column(named),
        like_count: 0,
        sent_at: now,
        edited_at: None,
        deleted_at: None,
    }
}
