//! A database, users, and matches as rows.

use std::collections::{HashMap, HashSet};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use contract::accounts::Audience;
use contract::invites::{CreateInvite, Invite, MatchId};
use contract::notify::{NotificationEvent, Resolved};
use db::{AnyConn, Store, Tx};
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use invites::ports::{
    FinishedMatch, GameCatalog, InvitePlayer, InviteRelations, MatchDirectory, MatchFactory,
    NewMatch, PlayerDirectory,
};
use invites::{Error, Invites, InvitesParts, InvitesService};
use kernel::{Actor, AppError, Job, Relation, Timestamp, UserId};
use serde_json::{Map, Value, json};
use testkit::{Database, TestStore, user_summary};

pub(crate) use testkit::{PAGE, code};

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
    /// Why a match is not created.
    pub enum MatchError {
        Taken = "matches.taken", Conflict, "A player is already in a match.";
    }
}

/// Creates matches as rows. A user is in one match at most.
struct RowMatches(Arc<FakeDirectory>);

impl MatchFactory for RowMatches {
    fn create_match(&self, tx: &mut Tx<'_>, new_match: &NewMatch<'_>) -> Result<MatchId, AppError> {
        db::lock(tx.conn, "matches")?;
        let players = new_match.players;
        let taken = opened_matches::one
            .eq_any(players)
            .or(opened_matches::other.eq_any(players));
        let taken: i64 = opened_matches::table
            .filter(taken)
            .count()
            .get_result(tx.conn)?;
        if taken > 0 {
            return Err(MatchError::Taken.into());
        }
        let id: MatchId = tx.env().id();
        let values = (
            opened_matches::id.eq(id),
            opened_matches::invite_id.eq(new_match.invite),
            opened_matches::one.eq(players[0]),
            opened_matches::other.eq(players[1]),
        );
        diesel::insert_into(opened_matches::table)
            .values(values)
            .execute(tx.conn)?;
        if let Some(pause) = self.0.pause.lock().unwrap().take() {
            pause.created.send(()).unwrap();
            pause.resume.recv().unwrap();
        }
        Ok(id)
    }
}

/// Pauses a transaction that has created a match.
struct Pause {
    created: Sender<()>,
    resume: Receiver<()>,
}

/// Users, their relations and their matches.
#[derive(Default)]
pub(crate) struct FakeDirectory {
    players: Mutex<Vec<InvitePlayer>>,
    relations: Mutex<HashMap<[UserId; 2], Relation>>,
    playing: Mutex<HashSet<UserId>>,
    finished: Mutex<HashMap<MatchId, [UserId; 2]>>,
    pause: Mutex<Option<Pause>>,
}

impl PlayerDirectory for FakeDirectory {
    fn find_by_username(
        &self,
        _: &mut AnyConn,
        username: &str,
    ) -> Result<Option<InvitePlayer>, AppError> {
        let players = self.players.lock().unwrap();
        let has_name = |player: &&InvitePlayer| player.summary.username == username;
        Ok(players.iter().find(has_name).cloned())
    }

    fn load(
        &self,
        _: &mut AnyConn,
        ids: &[UserId],
    ) -> Result<HashMap<UserId, InvitePlayer>, AppError> {
        let players = self.players.lock().unwrap();
        let found = players.iter().filter(|one| ids.contains(&one.summary.id));
        Ok(found.map(|one| (one.summary.id, one.clone())).collect())
    }

    fn inactive(&self, conn: &mut AnyConn, ids: &[UserId]) -> Result<HashSet<UserId>, AppError> {
        let active = self.load(conn, ids)?;
        let inactive = ids.iter().filter(|id| !active.contains_key(id));
        Ok(inactive.copied().collect())
    }
}

impl InviteRelations for FakeDirectory {
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

/// The users whom this user has blocked or who have blocked this user.
fn blocked(conn: &mut AnyConn, user: UserId) -> Result<HashSet<UserId>, AppError> {
    let rows: Vec<(UserId, UserId)> = test_blocks::table
        .filter(test_blocks::one.eq(user).or(test_blocks::other.eq(user)))
        .select((test_blocks::one, test_blocks::other))
        .load(conn)?;
    let other = |(one, other)| if one == user { other } else { one };
    Ok(rows.into_iter().map(other).collect())
}

impl MatchDirectory for FakeDirectory {
    fn playing(
        &self,
        conn: &mut AnyConn,
        users: &[UserId],
        _: Timestamp,
    ) -> Result<Vec<UserId>, AppError> {
        let rows: Vec<(UserId, UserId)> = opened_matches::table
            .select((opened_matches::one, opened_matches::other))
            .load(conn)?;
        let in_match = |user: &UserId| rows.iter().any(|(one, other)| [one, other].contains(&user));
        let playing = self.playing.lock().unwrap();
        let plays = |user: &UserId| playing.contains(user) || in_match(user);
        Ok(users.iter().copied().filter(plays).collect())
    }

    fn finished(
        &self,
        _: &mut AnyConn,
        player: UserId,
        id: MatchId,
    ) -> Result<Option<FinishedMatch>, AppError> {
        let finished = self.finished.lock().unwrap();
        let mine = finished
            .get(&id)
            .filter(|players| players.contains(&player));
        Ok(mine.map(|[one, other]| FinishedMatch {
            opponent: if *one == player { *other } else { *one },
            game: "pong".to_owned(),
            options: options(json!({"score_to_win": 5})),
        }))
    }
}

/// Pong with three options, and tic-tac-toe without any.
struct FakeGames;

impl GameCatalog for FakeGames {
    fn check(&self, game: &str, given: &Map<String, Value>) -> Result<Value, AppError> {
        let mut checked = match game {
            "pong" => json!({"game_speed": "medium", "ranked": false, "score_to_win": 11}),
            "tictactoe" => json!({}),
            _ => return Err(Error::UnknownGame.on_field("game")),
        };
        for (name, value) in given {
            let is_valid = name != "score_to_win" || value.as_u64().is_some_and(|n| n <= 20);
            match checked.get_mut(name) {
                Some(known) if is_valid => *known = value.clone(),
                _ => {
                    let refused = AppError::from(Error::OptionsInvalid);
                    return Err(refused.on_field(format!("options.{name}"), "not valid"));
                }
            }
        }
        Ok(checked)
    }
}

fn sorted(mut pair: [UserId; 2]) -> [UserId; 2] {
    pair.sort();
    pair
}

/// The options of a request.
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

pub(crate) struct Fixture {
    pub(crate) invites: Arc<dyn InvitesService>,
    pub(crate) store: Store,
    pub(crate) directory: Arc<FakeDirectory>,
    database: TestStore,
}

impl Fixture {
    pub(crate) async fn new(database: Database) -> Self {
        let database = TestStore::from(database);
        let store = database.store.clone();
        let create_tables = |tx: &mut Tx<'_>| {
            let uuid = if tx.conn.is_sqlite() { "BLOB" } else { "uuid" };
            Ok(tx.conn.batch_execute(&format!(
                "CREATE TABLE opened_matches (id {uuid} PRIMARY KEY, \
                 invite_id {uuid} NOT NULL UNIQUE, one {uuid} NOT NULL, other {uuid} NOT NULL); \
                 CREATE TABLE test_blocks (one {uuid} NOT NULL, other {uuid} NOT NULL)"
            ))?)
        };
        store.write(create_tables).await.unwrap();
        let directory = Arc::<FakeDirectory>::default();
        let invites = Arc::new(Invites::new(InvitesParts {
            store: store.clone(),
            players: directory.clone(),
            relations: directory.clone(),
            matches: directory.clone(),
            games: Arc::new(FakeGames),
            match_factory: Arc::new(RowMatches(Arc::clone(&directory))),
        }));
        Self {
            invites,
            store,
            directory,
            database,
        }
    }

    /// A new user.
    pub(crate) fn user(&self, name: &str) -> Actor {
        let actor = self.database.new_actor();
        self.directory.players.lock().unwrap().push(InvitePlayer {
            summary: user_summary(actor.user, name),
            game_invites: Audience::Everyone,
        });
        actor
    }

    /// Sets who may send invites to a user.
    pub(crate) fn set_audience(&self, who: &Actor, audience: Audience) {
        let mut players = self.directory.players.lock().unwrap();
        let is_user = |player: &&mut InvitePlayer| player.summary.id == who.user;
        players.iter_mut().find(is_user).unwrap().game_invites = audience;
    }

    /// Removes the account of a user.
    pub(crate) fn remove(&self, who: &Actor) {
        let mut players = self.directory.players.lock().unwrap();
        players.retain(|player| player.summary.id != who.user);
    }

    pub(crate) fn relate(&self, one: &Actor, other: &Actor, relation: Relation) {
        let pair = sorted([one.user, other.user]);
        self.directory
            .relations
            .lock()
            .unwrap()
            .insert(pair, relation);
    }

    /// Blocks a user, as the domain of blocks does.
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

    /// Pauses the next transaction that creates a match. Returns a channel that says when, and one that
    /// resumes it.
    pub(crate) fn pause_match_creation(&self) -> (Receiver<()>, Sender<()>) {
        let ((created, is_created), (resumer, resume)) = (channel(), channel());
        *self.directory.pause.lock().unwrap() = Some(Pause { created, resume });
        (is_created, resumer)
    }

    pub(crate) fn set_playing(&self, who: &Actor, plays: bool) {
        let mut playing = self.directory.playing.lock().unwrap();
        if plays {
            playing.insert(who.user);
        } else {
            playing.remove(&who.user);
        }
    }

    /// A finished match of two users.
    pub(crate) fn finish_match(&self, one: &Actor, other: &Actor) -> MatchId {
        let id = self.store.env().id();
        let players = [one.user, other.user];
        self.directory.finished.lock().unwrap().insert(id, players);
        id
    }

    pub(crate) async fn invite(&self, who: &Actor, username: &str) -> Invite {
        self.invites.create(who, to(username)).await.unwrap()
    }

    /// Ends all matches.
    pub(crate) async fn end_matches(&self) {
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

    pub(crate) fn advance(&self, by: Duration) {
        self.database.advance(by);
    }

    /// All durable events of a user.
    pub(crate) async fn events(&self, who: &Actor) -> Vec<(String, Value)> {
        self.database.user_events(who.user).await
    }

    pub(crate) async fn event_names(&self, who: &Actor) -> Vec<String> {
        let events = self.events(who).await;
        events.into_iter().map(|(name, _)| name).collect()
    }

    /// The enqueued notifications.
    pub(crate) async fn notifications(&self) -> Vec<NotificationEvent> {
        self.database.jobs(NotificationEvent::KIND).await
    }

    /// The users and subjects of enqueued resolutions, in their order.
    pub(crate) async fn resolved(&self) -> Vec<(UserId, String)> {
        let jobs: Vec<Resolved> = self.database.jobs(Resolved::KIND).await;
        let mut all: Vec<_> = jobs
            .into_iter()
            .map(|job| (job.user_id, job.subject))
            .collect();
        all.sort();
        all
    }
}
