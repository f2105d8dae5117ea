//! Tournaments over real sockets, from their creation to what is stored of them.

mod field_of_64;
mod live_bracket;
mod live_play;
mod played;
mod refusals;

use std::sync::atomic::{AtomicUsize, Ordering};

use chrono::{DateTime, TimeDelta};
use e2e::{App, Builder, TestUser, until};
use futures_util::future::join_all;
use serde_json::{Value, json};

use self::live_play::Follower;
use crate::games::{play_at_one_keyboard, play_open_match};

pub(crate) const TOURNAMENTS: &str = "/api/v1/tournaments/";

/// Creates a tournament.
pub(crate) async fn create(user: &TestUser, body: Value) -> Value {
    user.post(TOURNAMENTS, body).await.expect(201).data()
}

/// The path of a tournament.
pub(crate) fn path_of(tournament: &Value) -> String {
    format!("{TOURNAMENTS}{}/", tournament["id"].as_str().unwrap())
}

/// Registers a user under an alias.
pub(crate) async fn register(user: &TestUser, path: &str, alias: &str) -> Value {
    let body = json!({ "alias": alias });
    let registered = user.post(&format!("{path}register/"), body).await;
    registered.expect(200).data()
}

/// Lets a tournament start in ten minutes, so that its check-in begins.
pub(crate) async fn begin_check_in(organizer: &TestUser, created: &Value) {
    let path = path_of(created);
    let now = DateTime::parse_from_rfc3339(created["created_at"].as_str().unwrap()).unwrap();
    let starts_at = json!({"starts_at": (now + TimeDelta::minutes(10)).to_rfc3339()});
    organizer.patch(&path, starts_at).await.expect(200);
    until("check-in has begun", async || {
        organizer.get(&path).await.data()["status"] == "check_in"
    })
    .await;
}

/// The bracket of a tournament.
pub(crate) async fn bracket(user: &TestUser, path: &str) -> Value {
    user.get(&format!("{path}bracket/"))
        .await
        .expect(200)
        .data()
}

/// The slots of a bracket that are called or live.
fn open_slots(bracket: &Value) -> Vec<Value> {
    let slots = bracket["slots"].as_array().unwrap().iter();
    let is_open = |slot: &&Value| slot["status"] == "called" || slot["status"] == "live";
    slots.filter(is_open).cloned().collect()
}

/// The called slots of a tournament.
pub(crate) async fn called_slots(user: &TestUser, path: &str) -> Vec<Value> {
    open_slots(&bracket(user, path).await)
}

/// The first slot that is called.
pub(crate) async fn called_slot(user: &TestUser, path: &str) -> Value {
    until("a match is called", async || {
        !called_slots(user, path).await.is_empty()
    })
    .await;
    called_slots(user, path).await.remove(0)
}

/// A tournament of tic-tac-toe.
pub(crate) fn cup(format: &str, capacity: usize) -> Value {
    json!({
        "name": "Spring Cup", "game": "tictactoe", "format": format, "capacity": capacity,
        "visibility": "public"
    })
}

/// Deployments whose tournaments call matches at once.
fn quick() -> Builder {
    App::with().flag("--tournament-break", "0")
}

/// Users who have entered a tournament, by number.
struct Field {
    path: String,
    users: Vec<TestUser>,
    /// How many matches have been called.
    called: AtomicUsize,
}

impl Field {
    /// New users enter a new tournament.
    async fn enter(app: &App, format: &str, count: usize) -> Self {
        let mut users = vec![];
        let names: Vec<String> = (0..count).map(|n| format!("player{n}")).collect();
        for some in names.chunks(8) {
            users.extend(join_all(some.iter().map(|name| app.user(name))).await);
        }
        Self::of(users, format).await
    }

    /// These users enter a new tournament.
    async fn of(users: Vec<TestUser>, format: &str) -> Self {
        let path = path_of(&create(&users[0], cup(format, users.len().max(4))).await);
        for (n, user) in users.iter().enumerate() {
            register(user, &path, &format!("P{}", n + 1)).await;
        }
        Self {
            path,
            users,
            called: AtomicUsize::new(0),
        }
    }

    async fn start(&self) {
        let path = format!("{}start/", self.path);
        self.users[0].post(&path, json!({})).await.expect(200);
    }

    fn user(&self, number: &Value) -> &TestUser {
        &self.users[usize::try_from(number.as_u64().unwrap()).unwrap() - 1]
    }

    /// Plays all matches, as they are called, at these nodes. Returns their number.
    async fn play_out(&self, app: &App, nodes: &[usize]) -> usize {
        let follower = Follower {
            app,
            user: &self.users[0],
            nodes,
            path: &self.path,
        };
        follower.play_out(|slot| self.play(app, nodes, slot)).await
    }

    /// Plays the match of a slot.
    async fn play(&self, app: &App, nodes: &[usize], slot: Value) {
        self.called.fetch_add(1, Ordering::Relaxed);
        let players = [0, 1].map(|side| self.user(&slot["entrants"][side]));
        play_open_match(app, players, nodes, slot["match_id"].as_str().unwrap()).await;
    }
}

/// Plays the matches of local players at one keyboard until the tournament has ended. Returns their number.
async fn play_locals_out(app: &App, host: &TestUser, path: &str) -> usize {
    let follower = Follower {
        app,
        user: host,
        nodes: &[0],
        path,
    };
    let play = |slot: Value| async move {
        play_at_one_keyboard(app, host, slot["match_id"].as_str().unwrap()).await;
    };
    follower.play_out(play).await
}
