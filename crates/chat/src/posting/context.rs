//! Who the people of a batch are, in their chats and to each other, asked once for all messages.

use std::collections::{BTreeSet, HashMap};

use contract::chat::{ChatId, MessageId};
use contract::users::UserSummary;
use kernel::{AppError, UserId};

use crate::ports::Standing;
use crate::posting::Post;
use crate::queries::ReadContext;
use crate::store::members::MemberRow;
use crate::view::UserSummaries;

/// What a batch needs to know of its people.
#[derive(Debug, Default)]
pub(super) struct BatchContext {
    /// The other of each sender's conversations. It never changes.
    pub(super) peers: HashMap<(UserId, ChatId), UserId>,
    pub(super) standings: HashMap<(UserId, UserId), Standing>,
    pub(super) called: UserSummaries,
    /// Whom the names in the texts belong to, by the name in lower case.
    pub(super) named: HashMap<String, UserId>,
}

impl BatchContext {
    /// The authors are those of the messages that are answered, the members the senders and the others
    /// of their conversations.
    pub(super) fn of(
        look: &mut ReadContext<'_>,
        posts: &[Post],
        authors: &HashMap<(ChatId, MessageId), UserId>,
        members: &[MemberRow],
    ) -> Result<Self, AppError> {
        let places = places(posts);
        let peer = |row: &MemberRow| Some(((row.user_id, row.chat_id), row.peer_id?));
        let peers = members.iter().filter_map(peer);
        let peers = peers.filter(|(place, _)| places.contains(place)).collect();
        let named = named(look, posts)?;
        let mut pairs = pairs(posts, &peers, &named);
        pairs.extend(answers(posts, authors));
        let standings = standings(look, pairs)?;
        let senders = posts.iter().map(|post| post.sender);
        let called = look.called(senders.chain(named.values().copied()))?;
        Ok(Self {
            peers,
            standings,
            called,
            named,
        })
    }

    pub(super) fn standing(&self, one: UserId, other: UserId) -> Standing {
        let known = self.standings.get(&(one, other)).copied();
        // Better nobody there than somebody who is blocked.
        known.unwrap_or(Standing::Blocked)
    }

    /// The people whom a message names: neither its sender nor anybody across a block.
    pub(super) fn named_by(&self, post: &Post) -> Vec<UserId> {
        let ids = post.names.iter().filter_map(|name| self.named.get(name));
        ids.copied()
            .filter(|id| *id != post.sender)
            .filter(|id| self.standing(post.sender, *id) != Standing::Blocked)
            .collect()
    }
}

/// Each sender's place in each chat of the batch, once.
fn places(posts: &[Post]) -> BTreeSet<(UserId, ChatId)> {
    posts.iter().map(|post| (post.sender, post.chat)).collect()
}

fn named(look: &mut ReadContext<'_>, posts: &[Post]) -> Result<HashMap<String, UserId>, AppError> {
    let names: BTreeSet<_> = posts.iter().flat_map(|post| &post.names).cloned().collect();
    let people = look.mention(&names.into_iter().collect::<Vec<_>>())?;
    let entry = |person: UserSummary| (person.username.to_lowercase(), person.id);
    Ok(people.into_iter().map(entry).collect())
}

/// Each sender with those whom they write to or name.
fn pairs(
    posts: &[Post],
    peers: &HashMap<(UserId, ChatId), UserId>,
    named: &HashMap<String, UserId>,
) -> BTreeSet<(UserId, UserId)> {
    let mut pairs: BTreeSet<_> = peers
        .iter()
        .map(|((sender, _), peer)| (*sender, *peer))
        .collect();
    for post in posts {
        let ids = post.names.iter().filter_map(|name| named.get(name));
        pairs.extend(ids.map(|id| (post.sender, *id)));
    }
    pairs
}

/// Each sender with those whom they answer.
fn answers(
    posts: &[Post],
    authors: &HashMap<(ChatId, MessageId), UserId>,
) -> impl Iterator<Item = (UserId, UserId)> {
    let author = |post: &Post| Some((post.sender, *authors.get(&(post.chat, post.reply_to?))?));
    let pairs = posts.iter().filter_map(author);
    pairs.filter(|(sender, author)| sender != author)
}

fn standings(
    look: &mut ReadContext<'_>,
    pairs: BTreeSet<(UserId, UserId)>,
) -> Result<HashMap<(UserId, UserId), Standing>, AppError> {
    let pairs: Vec<_> = pairs.into_iter().collect();
    let standings = look.standings(&pairs)?;
    Ok(pairs.into_iter().zip(standings).collect())
}
