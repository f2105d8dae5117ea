//! A small world to test in: a database, a few people, and tables to play at.

use std::collections::{HashMap, HashSet};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use contract::accounts::Audience;
use contract::invites::{CreateInvite, Invite, MatchId};
use contract::notify::{NotificationEvent, Settled};
use contract::users::UserSummary;
use db::types::Json;
use db::{AnyConn, DbJson, Store, StoreConfig, Tx, match_backend};
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use invites::ports::{
    Contacts, FinishedMatch, MatchFactory, Matches, NewMatch, Player, Players, Relation,
};
use invites::{BuiltinGames, Invites, InvitesParts, InvitesService, ReservedMatches};
use kernel::{Actor, AppError, Env, ManualClock, PageRequest, Role, SystemRng, Timestamp, UserId};
use outbox::CatchUp;
use serde_json::{Map, Value, json};
use testkit::Database;

/// The first page of any list.
pub(crate) const PAGE: PageRequest = PageRequest {
    limit: 100,
    offset: 0,
};

diesel::table! {
    use db::DbUuid;

    opened_matches (id) {
        id -> DbUuid,
        invite_id -> DbUuid,
        one -> DbUuid,
        other -> DbUuid,
    }
}

diesel::table! {
    use db::DbUuid;

    test_blocks (one, other) {
        one -> DbUuid,
        other -> DbUuid,
    }
}

kernel::error_codes! {
    /// Why a table is not opened.
    pub enum Closed {
        Taken = "tables.taken", Conflict, "One of the two plays already.";
    }
}

/// Opens matches as rows; nobody plays at two tables.
struct Rows(Arc<Town>);

impl MatchFactory for Rows {
    fn open_match(&self, tx: &mut Tx<'_>, opening: &NewMatch<'_>) -> Result<MatchId, AppError> {
        db::lock(tx.conn, "tables")?;
        let players = opening.players;
        let taken = opened_matches::one
            .eq_any(players)
            .or(opened_matches::other.eq_any(players));
        let taken: i64 = opened_matches::table
            .filter(taken)
            .count()
            .get_result(tx.conn)?;
        if taken > 0 {
            return Err(Closed::Taken.into());
        }
        let id: MatchId = tx.env().id();
        let values = (
            opened_matches::id.eq(id),
            opened_matches::invite_id.eq(opening.invite),
            opened_matches::one.eq(players[0]),
            opened_matches::other.eq(players[1]),
        );
        diesel::insert_into(opened_matches::table)
            .values(values)
            .execute(tx.conn)?;
        if let Some(pause) = self.0.pause.lock().unwrap().take() {
            pause.opened.send(()).unwrap();
            pause.go_on.recv().unwrap();
        }
        Ok(id)
    }
}

/// Stops a transaction that has opened a match, until it may go on.
struct Pause {
    opened: Sender<()>,
    go_on: Receiver<()>,
}

/// The people of a world, how they stand to each other, and what they play.
#[derive(Default)]
pub(crate) struct Town {
    players: Mutex<Vec<Player>>,
    relations: Mutex<HashMap<[UserId; 2], Relation>>,
    playing: Mutex<HashSet<UserId>>,
    past: Mutex<HashMap<MatchId, [UserId; 2]>>,
    pause: Mutex<Option<Pause>>,
}

impl Players for Town {
    fn named(&self, _: &mut AnyConn, username: &str) -> Result<Option<Player>, AppError> {
        let players = self.players.lock().unwrap();
        let is_it = |player: &&Player| player.summary.username == username;
        Ok(players.iter().find(is_it).cloned())
    }

    fn of(&self, _: &mut AnyConn, ids: &[UserId]) -> Result<HashMap<UserId, Player>, AppError> {
        let players = self.players.lock().unwrap();
        let asked = players.iter().filter(|one| ids.contains(&one.summary.id));
        Ok(asked.map(|one| (one.summary.id, one.clone())).collect())
    }

    fn absent(&self, conn: &mut AnyConn, ids: &[UserId]) -> Result<HashSet<UserId>, AppError> {
        let there = self.of(conn, ids)?;
        let absent = ids.iter().filter(|id| !there.contains_key(id));
        Ok(absent.copied().collect())
    }
}

impl Contacts for Town {
    fn relation(
        &self,
        conn: &mut AnyConn,
        one: UserId,
        other: UserId,
    ) -> Result<Relation, AppError> {
        if blocked(conn, one)?.contains(&other) {
            return Ok(Relation::Blocked);
        }
        let relations = self.relations.lock().unwrap();
        let known = relations.get(&sorted([one, other]));
        Ok(known.copied().unwrap_or(Relation::Stranger))
    }

    fn hidden_from(&self, conn: &mut AnyConn, user: UserId) -> Result<HashSet<UserId>, AppError> {
        blocked(conn, user)
    }
}

/// Across a block from this person.
fn blocked(conn: &mut AnyConn, user: UserId) -> Result<HashSet<UserId>, AppError> {
    let rows: Vec<(UserId, UserId)> = test_blocks::table
        .filter(test_blocks::one.eq(user).or(test_blocks::other.eq(user)))
        .select((test_blocks::one, test_blocks::other))
        .load(conn)?;
    let other = |(one, other)| if one == user { other } else { one };
    Ok(rows.into_iter().map(other).collect())
}

impl Matches for Town {
    fn playing(
        &self,
        conn: &mut AnyConn,
        users: &[UserId],
        _: Timestamp,
    ) -> Result<Vec<UserId>, AppError> {
        let rows: Vec<(UserId, UserId)> = opened_matches::table
            .select((opened_matches::one, opened_matches::other))
            .load(conn)?;
        let at_tables =
            |user: &UserId| rows.iter().any(|(one, other)| [one, other].contains(&user));
        let playing = self.playing.lock().unwrap();
        let plays = |user: &UserId| playing.contains(user) || at_tables(user);
        Ok(users.iter().copied().filter(plays).collect())
    }

    fn finished(
        &self,
        _: &mut AnyConn,
        player: UserId,
        id: MatchId,
    ) -> Result<Option<FinishedMatch>, AppError> {
        let past = self.past.lock().unwrap();
        let mine = past.get(&id).filter(|players| players.contains(&player));
        Ok(mine.map(|[one, other]| FinishedMatch {
            opponent: if *one == player { *other } else { *one },
            game: "pong".to_owned(),
            options: options(json!({"score_to_win": 5})),
        }))
    }
}

fn sorted(mut pair: [UserId; 2]) -> [UserId; 2] {
    pair.sort();
    pair
}

/// Options as they come over the wire.
pub(crate) fn options(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => panic!("options are an object"),
    }
}

/// An invite to Pong.
pub(crate) fn to(username: &str) -> CreateInvite {
    CreateInvite {
        username: username.to_owned(),
        game: "pong".to_owned(),
        options: Map::new(),
        client_id: None,
    }
}

pub(crate) struct World {
    pub(crate) invites: Arc<dyn InvitesService>,
    pub(crate) store: Store,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) town: Arc<Town>,
    _database: Database,
}

/// One world for each kind of database that this machine has.
pub(crate) async fn each() -> Vec<World> {
    let mut worlds = Vec::new();
    for database in testkit::databases() {
        worlds.push(World::over(database).await);
    }
    worlds
}

impl World {
    async fn over(database: Database) -> Self {
        let clock = Arc::new(ManualClock::at(Timestamp::from_micros(
            1_800_000_000_000_000,
        )));
        let env = Env::new(clock.clone(), Arc::new(SystemRng));
        let config = StoreConfig {
            url: database.url().parse().unwrap(),
            connections: 8,
            migrate: true,
        };
        let store = Store::open(&config, env).unwrap();
        let make = |tx: &mut Tx<'_>| {
            let uuid = if tx.conn.is_sqlite() { "BLOB" } else { "uuid" };
            Ok(tx.conn.batch_execute(&format!(
                "CREATE TABLE opened_matches (id {uuid} PRIMARY KEY, \
                 invite_id {uuid} NOT NULL UNIQUE, one {uuid} NOT NULL, other {uuid} NOT NULL); \
                 CREATE TABLE test_blocks (one {uuid} NOT NULL, other {uuid} NOT NULL)"
            ))?)
        };
        store.write(make).await.unwrap();
        let town = Arc::<Town>::default();
        let invites = Arc::new(Invites::new(InvitesParts {
            store: store.clone(),
            players: town.clone(),
            contacts: town.clone(),
            matches: town.clone(),
            catalogue: Arc::new(BuiltinGames),
            tables: Arc::new(Rows(Arc::clone(&town))),
        }));
        Self {
            invites,
            store,
            clock,
            town,
            _database: database,
        }
    }

    /// The same invites, with matches that are only reserved.
    pub(crate) fn invites_with_reservations(&self) -> Arc<dyn InvitesService> {
        Arc::new(Invites::new(InvitesParts {
            store: self.store.clone(),
            players: self.town.clone(),
            contacts: self.town.clone(),
            matches: Arc::new(ReservedMatches),
            catalogue: Arc::new(BuiltinGames),
            tables: Arc::new(ReservedMatches),
        }))
    }

    /// A new person.
    pub(crate) fn person(&self, name: &str) -> Actor {
        let user: UserId = self.store.env().id();
        let summary = UserSummary {
            id: user,
            username: name.to_owned(),
            display_name: name.to_uppercase(),
            avatar: format!("/avatars/{name}"),
            is_deleted: false,
        };
        self.town.players.lock().unwrap().push(Player {
            summary,
            game_invites: Audience::Everyone,
        });
        Actor {
            user,
            session: self.store.env().id(),
            role: Role::Member,
            verified: true,
            proven_at: self.store.env().now(),
        }
    }

    /// Somebody takes invites of these alone.
    pub(crate) fn takes(&self, who: &Actor, audience: Audience) {
        let mut players = self.town.players.lock().unwrap();
        let is_it = |player: &&mut Player| player.summary.id == who.user;
        players.iter_mut().find(is_it).unwrap().game_invites = audience;
    }

    /// Somebody's account is deleted.
    pub(crate) fn remove(&self, who: &Actor) {
        let mut players = self.town.players.lock().unwrap();
        players.retain(|player| player.summary.id != who.user);
    }

    pub(crate) fn relate(&self, one: &Actor, other: &Actor, relation: Relation) {
        let pair = sorted([one.user, other.user]);
        self.town.relations.lock().unwrap().insert(pair, relation);
    }

    /// One blocks the other, as whoever keeps the blocks does it.
    pub(crate) async fn block(&self, one: &Actor, other: &Actor) {
        let (invites, one, other) = (self.invites.clone(), one.user, other.user);
        let write = move |tx: &mut Tx<'_>| {
            let row = (test_blocks::one.eq(one), test_blocks::other.eq(other));
            diesel::insert_into(test_blocks::table)
                .values(row)
                .execute(tx.conn)?;
            invites.cancel_between(tx, one, other)
        };
        self.store.write(write).await.unwrap();
    }

    pub(crate) async fn unblock_all(&self) {
        let clear = |tx: &mut Tx<'_>| Ok(diesel::delete(test_blocks::table).execute(tx.conn)?);
        self.store.write(clear).await.unwrap();
    }

    /// Stops the next transaction that opens a match: says when it has, and lets it go on.
    pub(crate) fn pause_at_table(&self) -> (Receiver<()>, Sender<()>) {
        let ((opened, has_opened), (may_go, go_on)) = (channel(), channel());
        *self.town.pause.lock().unwrap() = Some(Pause { opened, go_on });
        (has_opened, may_go)
    }

    pub(crate) fn plays(&self, who: &Actor, plays: bool) {
        let mut playing = self.town.playing.lock().unwrap();
        if plays {
            playing.insert(who.user);
        } else {
            playing.remove(&who.user);
        }
    }

    /// A match that these two have finished.
    pub(crate) fn played(&self, one: &Actor, other: &Actor) -> MatchId {
        let id = self.store.env().id();
        let players = [one.user, other.user];
        self.town.past.lock().unwrap().insert(id, players);
        id
    }

    pub(crate) async fn invite(&self, who: &Actor, username: &str) -> Invite {
        self.invites.create(who, to(username)).await.unwrap()
    }

    /// Ends all matches.
    pub(crate) async fn clear_tables(&self) {
        let clear = |tx: &mut Tx<'_>| Ok(diesel::delete(opened_matches::table).execute(tx.conn)?);
        self.store.write(clear).await.unwrap();
    }

    pub(crate) async fn matches(&self) -> Vec<MatchId> {
        let read = |conn: &mut AnyConn| {
            Ok(opened_matches::table
                .select(opened_matches::id)
                .load(conn)?)
        };
        self.store.read(read).await.unwrap()
    }

    pub(crate) fn pass(&self, by: Duration) {
        self.clock.advance(by);
    }

    /// All events that somebody was told of.
    pub(crate) async fn events(&self, who: &Actor) -> Vec<(String, Value)> {
        let stream = format!("user:{}", who.user);
        let read = move |conn: &mut AnyConn| {
            let (_, epoch) = outbox::head(conn, &stream)?;
            outbox::catch_up(conn, &stream, epoch, 0, 10_000)
        };
        match self.store.read(read).await.unwrap() {
            CatchUp::Events(events) => events
                .into_iter()
                .map(|event| (event.name, serde_json::from_str(&event.data).unwrap()))
                .collect(),
            CatchUp::Resync => panic!("events are lost"),
        }
    }

    pub(crate) async fn event_names(&self, who: &Actor) -> Vec<String> {
        let events = self.events(who).await;
        events.into_iter().map(|(name, _)| name).collect()
    }

    /// The notifications that were asked for.
    pub(crate) async fn notifications(&self) -> Vec<NotificationEvent> {
        #[derive(QueryableByName)]
        struct Job {
            #[diesel(sql_type = DbJson)]
            payload: Json,
        }
        let read = |conn: &mut AnyConn| {
            let query = || diesel::sql_query("SELECT payload FROM jobs WHERE kind = 'notify'");
            let rows: Vec<Job> = match_backend!(conn, c => query().load(c)?);
            Ok(rows)
        };
        let rows = self.store.read(read).await.unwrap();
        let read = |row: Job| serde_json::from_value(row.payload.0).unwrap();
        rows.into_iter().map(read).collect()
    }

    /// What is said to be dealt with: by whom and what, in the order of the keys.
    pub(crate) async fn settled(&self) -> Vec<(UserId, String)> {
        #[derive(QueryableByName)]
        struct Job {
            #[diesel(sql_type = DbJson)]
            payload: Json,
        }
        let read = |conn: &mut db::AnyConn| {
            let query =
                || diesel::sql_query("SELECT payload FROM jobs WHERE kind = 'notify.settle'");
            let rows: Vec<Job> = match_backend!(conn, c => query().load(c)?);
            Ok(rows)
        };
        let rows = self.store.read(read).await.unwrap();
        let read = |row: Job| serde_json::from_value(row.payload.0).unwrap();
        let done = |done: Settled| (done.user_id, done.subject);
        let mut all: Vec<_> = rows.into_iter().map(read).map(done).collect();
        all.sort();
        all
    }
}

/// The code of a refusal.
pub(crate) fn code<T: std::fmt::Debug>(result: Result<T, AppError>) -> &'static str {
    result.unwrap_err().code().name
}
