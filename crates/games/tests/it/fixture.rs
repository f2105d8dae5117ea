//! A database, users and matches.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use contract::accounts::Audience;
use contract::invites::MatchId;
use contract::users::{AiSettings, UserSummary};
use db::{AnyConn, Store, StoreConfig};
use games::catalogue::Catalog;
use games::ports::{GamePlayers, GameRelations, LiveNodes};
use games::{
    ClaimedMatch, EndReason, EndedMatch, Games, GamesParts, GamesService, MatchDraft, MatchEnding,
    MatchMode, MatchOutcome, MatchStore, PointScored, Seat, SeatedPlayer, Seating, StoredMatches,
    TablePlayer, TimedPoint, open_match,
};
use kernel::{
    Actor, AppError, Env, ManualClock, PageRequest, Relation, Role, SystemRng, Timestamp, UserId,
};
use outbox::{CatchUp, NodeId};
use serde_json::{Value, json};
use testkit::Database;

/// The first page of any list.
pub(crate) const PAGE: PageRequest = PageRequest {
    limit: 100,
    offset: 0,
};

/// 2026-11-15 08:00 UTC.
pub(crate) const NOW: i64 = 1_794_729_600_000_000;

/// Users and their relations.
#[derive(Default)]
pub(crate) struct People {
    users: Mutex<Vec<(UserSummary, Audience)>>,
    relations: Mutex<HashMap<[UserId; 2], Relation>>,
    pub(crate) settings: Mutex<AiSettings>,
}

impl GamePlayers for People {
    fn find_by_username(
        &self,
        _: &mut AnyConn,
        username: &str,
    ) -> Result<Option<(UserSummary, Audience)>, AppError> {
        let users = self.users.lock().unwrap();
        Ok(users
            .iter()
            .find(|(user, _)| user.username == username && !user.is_deleted)
            .cloned())
    }

    fn summaries(
        &self,
        _: &mut AnyConn,
        ids: &[UserId],
    ) -> Result<HashMap<UserId, UserSummary>, AppError> {
        let users = self.users.lock().unwrap();
        let wanted = users.iter().filter(|(user, _)| ids.contains(&user.id));
        Ok(wanted.map(|(user, _)| (user.id, user.clone())).collect())
    }

    fn history_audiences(
        &self,
        _: &mut AnyConn,
        ids: &[UserId],
    ) -> Result<HashMap<UserId, Audience>, AppError> {
        let users = self.users.lock().unwrap();
        let wanted = users.iter().filter(|(user, _)| ids.contains(&user.id));
        Ok(wanted
            .map(|(user, audience)| (user.id, *audience))
            .collect())
    }

    fn ai_settings(&self, _: &mut AnyConn, _: UserId) -> Result<AiSettings, AppError> {
        Ok(*self.settings.lock().unwrap())
    }

    fn count(&self, _: &mut AnyConn) -> Result<i64, AppError> {
        Ok(self.users.lock().unwrap().len().try_into().unwrap())
    }
}

fn sorted(mut pair: [UserId; 2]) -> [UserId; 2] {
    pair.sort();
    pair
}

impl People {
    /// The account of a user is deleted: they are not found any more, and shown by another name.
    pub(crate) fn delete(&self, user: UserId) {
        let mut users = self.users.lock().unwrap();
        let found = users.iter_mut().find(|(known, _)| known.id == user);
        let summary = &mut found.unwrap().0;
        summary.username = format!("deleted-{user}");
        summary.display_name = "Deleted user".to_owned();
        summary.is_deleted = true;
    }

    fn with_relation(&self, user: UserId, wanted: Relation) -> Vec<UserId> {
        let relations = self.relations.lock().unwrap();
        let pairs = relations
            .iter()
            .filter(|(pair, relation)| pair.contains(&user) && **relation == wanted);
        let other = |[one, other]: &[UserId; 2]| if *one == user { *other } else { *one };
        pairs.map(|(pair, _)| other(pair)).collect()
    }
}

impl GameRelations for People {
    fn relations(
        &self,
        _: &mut AnyConn,
        pairs: &[(UserId, UserId)],
    ) -> Result<Vec<Relation>, AppError> {
        let relations = self.relations.lock().unwrap();
        let of = |(one, other): &(UserId, UserId)| {
            let known = relations.get(&sorted([*one, *other])).copied();
            known.unwrap_or(Relation::Stranger)
        };
        Ok(pairs.iter().map(of).collect())
    }

    fn friends(&self, _: &mut AnyConn, user: UserId) -> Result<Vec<UserId>, AppError> {
        Ok(self.with_relation(user, Relation::Friend))
    }

    fn hidden_from(&self, _: &mut AnyConn, user: UserId) -> Result<HashSet<UserId>, AppError> {
        Ok(self
            .with_relation(user, Relation::Blocked)
            .into_iter()
            .collect())
    }
}

/// The nodes that are alive.
#[derive(Default)]
pub(crate) struct Nodes(pub(crate) Mutex<HashSet<NodeId>>);

#[async_trait]
impl LiveNodes for Nodes {
    async fn is_alive(&self, node: NodeId) -> Result<bool, AppError> {
        Ok(self.0.lock().unwrap().contains(&node))
    }
}

pub(crate) struct Fixture {
    pub(crate) games: Arc<dyn GamesService>,
    pub(crate) parts: GamesParts,
    pub(crate) store: Store,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) people: Arc<People>,
    pub(crate) nodes: Arc<Nodes>,
    /// The matches of the first node.
    pub(crate) matches: StoredMatches,
    _database: Database,
}

impl Fixture {
    pub(crate) async fn new(database: Database) -> Self {
        let clock = Arc::new(ManualClock::at(Timestamp::from_micros(NOW)));
        let env = Env::new(clock.clone(), Arc::new(SystemRng));
        let config = StoreConfig {
            url: database.url().parse().unwrap(),
            connections: 8,
            migrate: true,
        };
        let store = Store::open(&config, env).unwrap();
        let people = Arc::<People>::default();
        let parts = GamesParts {
            store: store.clone(),
            catalog: Catalog::builtin(),
            players: people.clone(),
            relations: people.clone(),
            listeners: vec![],
        };
        let nodes = Arc::<Nodes>::default();
        let node = store.env().id();
        nodes.0.lock().unwrap().insert(node);
        Self {
            games: Arc::new(Games::new(parts.clone())),
            matches: StoredMatches::new(parts.clone(), node, nodes.clone()),
            parts,
            store,
            clock,
            people,
            nodes,
            _database: database,
        }
    }

    /// The matches of another node.
    pub(crate) fn other_node(&self) -> (NodeId, StoredMatches) {
        let node = self.store.env().id();
        self.nodes.0.lock().unwrap().insert(node);
        let matches = StoredMatches::new(self.parts.clone(), node, self.nodes.clone());
        (node, matches)
    }

    /// A new user.
    pub(crate) fn user(&self, name: &str) -> Actor {
        let user: UserId = self.store.env().id();
        let summary = UserSummary {
            id: user,
            username: name.to_owned(),
            display_name: name.to_uppercase(),
            avatar: format!("/avatars/{name}"),
            is_deleted: false,
        };
        let mut users = self.people.users.lock().unwrap();
        users.push((summary, Audience::Everyone));
        Actor {
            user,
            session: self.store.env().id(),
            role: Role::Member,
            verified: true,
            reauthenticated_at: self.store.env().now(),
        }
    }

    pub(crate) fn relate(&self, one: &Actor, other: &Actor, relation: Relation) {
        let pair = sorted([one.user, other.user]);
        self.people.relations.lock().unwrap().insert(pair, relation);
    }

    pub(crate) fn show_history_to(&self, who: &Actor, audience: Audience) {
        let mut users = self.people.users.lock().unwrap();
        let own = users.iter_mut().find(|(user, _)| user.id == who.user);
        own.unwrap().1 = audience;
    }

    pub(crate) fn advance(&self, by: Duration) {
        self.clock.advance(by);
    }

    /// Opens a match of two users.
    pub(crate) async fn try_open(
        &self,
        mode: MatchMode,
        one: &Actor,
        other: &Actor,
    ) -> Result<MatchId, AppError> {
        let players = [one.user, other.user].map(SeatedPlayer::User);
        let wanted = json!({"ranked": mode == MatchMode::Ranked});
        let game = self.parts.catalog.find("pong").unwrap();
        let options = game.check(wanted.as_object().unwrap()).unwrap();
        self.store
            .write(move |tx| {
                let draft = MatchDraft {
                    game: "pong",
                    mode,
                    options: &options,
                    players,
                    seating: Seating::Drawn,
                    names: [None, None],
                    invite: None,
                };
                open_match(tx, &draft)
            })
            .await
    }

    /// Opens a match and runs it on the first node.
    pub(crate) async fn start(&self, mode: MatchMode, one: &Actor, other: &Actor) -> ClaimedMatch {
        let id = self.try_open(mode, one, other).await.unwrap();
        self.matches.claim(id).await.unwrap().unwrap()
    }

    /// Plays a match that the first of these users wins, or nobody.
    pub(crate) async fn play(
        &self,
        mode: MatchMode,
        one: &Actor,
        other: &Actor,
        draw: bool,
    ) -> EndedMatch {
        let claimed = self.start(mode, one, other).await;
        let winner = seat_of(&claimed, one);
        let ended = if draw {
            finished(&claimed, None, [2, 2])
        } else {
            finished(&claimed, Some(winner), winner.of_scores(5, 3))
        };
        self.matches.end(ended.clone()).await.unwrap().unwrap();
        ended
    }

    /// The names and data of a user's events.
    pub(crate) async fn events(&self, who: &Actor) -> Vec<(String, Value)> {
        let events = loop {
            let stream = format!("user:{}", who.user);
            let read = self.store.read(move |conn| {
                let (_, epoch) = outbox::head(conn, &stream)?;
                outbox::catch_up(conn, &stream, epoch, 0, 1_000)
            });
            match read.await.unwrap() {
                CatchUp::Events(events) => break events,
                // The stream began between the two statements.
                CatchUp::Resync => {}
            }
        };
        events
            .into_iter()
            .map(|event| (event.name, serde_json::from_str(&event.data).unwrap()))
            .collect()
    }
}

/// The order of scores by seat.
pub(crate) trait OwnScore {
    fn of_scores(self, own: u32, other: u32) -> [u32; 2];
}

impl OwnScore for Seat {
    fn of_scores(self, own: u32, other: u32) -> [u32; 2] {
        match self {
            Self::First => [own, other],
            Self::Second => [other, own],
        }
    }
}

/// Where a user sits.
pub(crate) fn seat_of(claimed: &ClaimedMatch, who: &Actor) -> Seat {
    let is_theirs = |seat: &Seat| claimed.players[seat.index()] == TablePlayer::User(who.user);
    Seat::BOTH.into_iter().find(is_theirs).unwrap()
}

/// A finished match of two minutes.
pub(crate) fn finished(
    claimed: &ClaimedMatch,
    winner: Option<Seat>,
    score: [u32; 2],
) -> EndedMatch {
    let outcome = MatchOutcome {
        winner,
        reason: EndReason::Score,
        score,
    };
    ended(claimed, MatchEnding::Finished(outcome))
}

/// A match that was played for two minutes.
pub(crate) fn ended(claimed: &ClaimedMatch, ending: MatchEnding) -> EndedMatch {
    EndedMatch {
        id: claimed.id,
        epoch: claimed.epoch,
        ending,
        record: b"record".to_vec(),
        points: vec![TimedPoint {
            point: PointScored {
                tick: 600,
                seat: Seat::First,
                rally: 7,
            },
            at: Duration::from_secs(10),
        }],
        played: Duration::from_secs(120),
        steered: [true, true],
        ticks: 7_200,
        longest_rally: 23,
    }
}

/// The code of a refusal.
pub(crate) fn code<T: std::fmt::Debug>(result: Result<T, AppError>) -> &'static str {
    result.unwrap_err().code().name
}
