//! What the other rooms of the house know about a batch, asked once for all its messages.

use std::collections::{BTreeSet, HashMap, HashSet};

use contract::chat::ChatId;
use contract::users::UserSummary;
use kernel::{Fault, UserId};
use store::AnyConn;

use crate::ChatParts;
use crate::ports::Standing;
use crate::posting::Post;
use crate::store::members;
use crate::view::Called;

/// What a batch needs to know from outside the transaction.
#[derive(Debug, Default)]
pub(super) struct Around {
    /// The other of each sender's conversations. It never changes.
    pub(super) peers: HashMap<(UserId, ChatId), UserId>,
    pub(super) standings: HashMap<(UserId, UserId), Standing>,
    pub(super) called: Called,
    /// Whom the names in the texts belong to, by the name in lower case.
    pub(super) named: HashMap<String, UserId>,
}

impl Around {
    pub(super) async fn of(parts: &ChatParts, posts: &[Post]) -> Result<Self, Fault> {
        let peers = peers(parts, posts).await?;
        let people = named(parts, posts).await?;
        let named: HashMap<_, _> = people
            .iter()
            .map(|person| (person.username.to_lowercase(), person.id))
            .collect();
        let standings = standings(parts, posts, &peers, &named).await?;
        let mut ids: HashSet<_> = posts.iter().map(|post| post.sender).collect();
        ids.extend(named.values());
        let called = Called::by_id(&*parts.names, ids).await?;
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
pub(super) fn places(posts: &[Post]) -> Vec<(UserId, ChatId)> {
    let places: BTreeSet<_> = posts.iter().map(|post| (post.sender, post.chat)).collect();
    places.into_iter().collect()
}

async fn peers(
    parts: &ChatParts,
    posts: &[Post],
) -> Result<HashMap<(UserId, ChatId), UserId>, Fault> {
    let places = places(posts);
    let look = move |conn: &mut AnyConn| Ok(members::of(conn, &places)?);
    let rows = parts.store.read(look).await?;
    let of_two = rows
        .into_iter()
        .filter_map(|row| Some(((row.user_id, row.chat_id), row.peer_id?)));
    Ok(of_two.collect())
}

async fn named(parts: &ChatParts, posts: &[Post]) -> Result<Vec<UserSummary>, Fault> {
    let names: BTreeSet<_> = posts.iter().flat_map(|post| &post.names).cloned().collect();
    if names.is_empty() {
        return Ok(vec![]);
    }
    let names: Vec<_> = names.into_iter().collect();
    parts.names.named(&names).await
}

async fn standings(
    parts: &ChatParts,
    posts: &[Post],
    peers: &HashMap<(UserId, ChatId), UserId>,
    named: &HashMap<String, UserId>,
) -> Result<HashMap<(UserId, UserId), Standing>, Fault> {
    let mut pairs: BTreeSet<_> = peers
        .iter()
        .map(|((sender, _), peer)| (*sender, *peer))
        .collect();
    for post in posts {
        let ids = post.names.iter().filter_map(|name| named.get(name));
        pairs.extend(ids.map(|id| (post.sender, *id)));
    }
    if pairs.is_empty() {
        return Ok(HashMap::new());
    }
    let pairs: Vec<_> = pairs.into_iter().collect();
    let standings = parts.contacts.standings(&pairs).await?;
    Ok(pairs.into_iter().zip(standings).collect())
}
