//! What the ports know of the users of a batch, loaded once for all its messages.

use std::collections::{BTreeSet, HashMap};

use contract::chat::{ChatId, MessageId};
use contract::users::UserSummary;
use kernel::{AppError, UserId};

use crate::posting::parsed_post::ParsedPost;
use crate::queries::members::MemberRow;
use crate::read_context::ReadContext;
use crate::rules::PeerAccess;
use crate::view::UserSummaries;

/// The users of a batch.
#[derive(Debug, Default)]
pub(super) struct BatchContext {
    /// The peers of the senders' conversations.
    pub(super) peers: HashMap<(UserId, ChatId), UserId>,
    access: HashMap<(UserId, UserId), PeerAccess>,
    pub(super) users: UserSummaries,
    /// The mentioned users, by username in lower case.
    mentioned: HashMap<String, UserId>,
}

impl BatchContext {
    /// Loads the users. `senders` are those of the answered messages; `members` are the senders of the
    /// batch and the peers of their conversations.
    pub(super) fn load(
        ctx: &mut ReadContext<'_>,
        posts: &[ParsedPost],
        senders: &HashMap<(ChatId, MessageId), UserId>,
        members: &[MemberRow],
    ) -> Result<Self, AppError> {
        let own: BTreeSet<_> = posts.iter().map(|post| (post.sender, post.chat)).collect();
        let peer = |row: &MemberRow| Some(((row.user_id, row.chat_id), row.peer_id?));
        let peers = members.iter().filter_map(peer);
        let peers = peers.filter(|(key, _)| own.contains(key)).collect();
        let mentioned = mentioned(ctx, posts)?;
        let mut pairs = pairs(posts, &peers, &mentioned);
        pairs.extend(reply_pairs(posts, senders));
        let access = access(ctx, pairs)?;
        let posting = posts.iter().map(|post| post.sender);
        let users = ctx.summaries(posting.chain(mentioned.values().copied()))?;
        Ok(Self {
            peers,
            access,
            users,
            mentioned,
        })
    }

    pub(super) fn access(&self, user: UserId, peer: UserId) -> PeerAccess {
        let known = self.access.get(&(user, peer)).copied();
        // Without an answer, a user stays hidden: the other way round, a block would be ignored.
        known.unwrap_or(PeerAccess::Hidden)
    }

    /// The users whom a message mentions, without its sender and users hidden from them.
    pub(super) fn mentioned_by(&self, post: &ParsedPost) -> Vec<UserId> {
        let ids = post.mentioned.iter();
        ids.filter_map(|name| self.mentioned.get(name).copied())
            .filter(|id| *id != post.sender)
            .filter(|id| self.access(post.sender, *id) != PeerAccess::Hidden)
            .collect()
    }
}

fn mentioned(
    ctx: &mut ReadContext<'_>,
    posts: &[ParsedPost],
) -> Result<HashMap<String, UserId>, AppError> {
    let names = posts.iter().flat_map(|post| &post.mentioned);
    let names: BTreeSet<_> = names.cloned().collect();
    let users = ctx.find_mentioned(&names.into_iter().collect::<Vec<_>>())?;
    let entry = |user: UserSummary| (user.username.to_lowercase(), user.id);
    Ok(users.into_iter().map(entry).collect())
}

/// Each sender with the peer and the mentioned users of their messages.
fn pairs(
    posts: &[ParsedPost],
    peers: &HashMap<(UserId, ChatId), UserId>,
    mentioned: &HashMap<String, UserId>,
) -> BTreeSet<(UserId, UserId)> {
    let mut pairs: BTreeSet<_> = peers
        .iter()
        .map(|((sender, _), peer)| (*sender, *peer))
        .collect();
    for post in posts {
        let ids = post.mentioned.iter();
        let ids = ids.filter_map(|name| mentioned.get(name));
        pairs.extend(ids.map(|id| (post.sender, *id)));
    }
    pairs
}

/// Each sender with the senders of the messages that they answer.
fn reply_pairs(
    posts: &[ParsedPost],
    senders: &HashMap<(ChatId, MessageId), UserId>,
) -> impl Iterator<Item = (UserId, UserId)> {
    let answered = |post: &ParsedPost| {
        let sender = *senders.get(&(post.chat, post.reply_to?))?;
        Some((post.sender, sender))
    };
    let pairs = posts.iter().filter_map(answered);
    pairs.filter(|(sender, answered)| sender != answered)
}

fn access(
    ctx: &mut ReadContext<'_>,
    pairs: BTreeSet<(UserId, UserId)>,
) -> Result<HashMap<(UserId, UserId), PeerAccess>, AppError> {
    let pairs: Vec<_> = pairs.into_iter().collect();
    let access = ctx.peer_access_all(&pairs)?;
    Ok(pairs.into_iter().zip(access).collect())
}
