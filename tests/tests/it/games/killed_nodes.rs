//! A ranked match from the queue to the leaderboard, whose node is killed at a random moment.
//!
//! `COURTSIDE_TEST_ROUNDS=50` plays so many matches instead of one. `COURTSIDE_TEST_SEED` repeats those of an
//! earlier run.

use std::time::Duration;

use e2e::{App, SeededRandom, TestUser, until};
use tokio::sync::oneshot;

use super::counted_once::{assert_counted_once, assert_on_leaderboard};
use super::player::{Log, Player, Style};
use super::seasoned::let_play_nine_matches;

const QUEUE: &str =
    "/ws/matchmaking/?game=pong&ranked=true&score_to_win=3&game_speed=fast&cool_mode=false";
/// The match lasts about as long, countdown included.
const LATEST_KILL_MS: usize = 9_000;

/// A number from the environment.
fn setting(name: &str) -> Option<u64> {
    let value = std::env::var(name).ok()?;
    Some(
        value
            .parse()
            .unwrap_or_else(|_| panic!("{name}={value} is no number")),
    )
}

fn rounds() -> u64 {
    setting("COURTSIDE_TEST_ROUNDS").unwrap_or(1)
}

/// Cargo shows it if the test fails, or with `--nocapture`.
#[allow(clippy::print_stdout, reason = "a failure is to be repeated")]
fn print(line: &str) {
    println!("{line}");
}

/// A generator with a new seed, which is printed.
fn random(test: &str) -> SeededRandom {
    let seed = setting("COURTSIDE_TEST_SEED").unwrap_or_else(|| u64::from(std::process::id()));
    print(&format!("{test}: COURTSIDE_TEST_SEED={seed}"));
    SeededRandom::new(seed)
}

/// Two players of a ranked match, and who watches it.
struct Participants {
    ada: TestUser,
    bob: TestUser,
    eve: TestUser,
}

impl Participants {
    /// New ones for each round: who often meet each other are no longer rated.
    async fn register(app: &App, round: u64) -> Self {
        let name = |name: &str| format!("{name}{round}");
        let participants = Self {
            ada: app.user(&name("ada")).await,
            bob: app.user(&name("bob")).await,
            eve: app.user(&name("eve")).await,
        };
        let_play_nine_matches(app, [&participants.ada, &participants.bob]);
        participants
    }

    /// Both players enter the queue, at different nodes. Returns the id of their match.
    async fn find_match(&self, app: &App) -> String {
        let (mut ada_socket, _) = app.open_socket(&self.ada, 0, QUEUE).await;
        let (mut bob_socket, _) = app.open_socket(&self.bob, 1, QUEUE).await;
        let found = ada_socket.next_event("game_found").await;
        let other = bob_socket.next_event("game_found").await;
        let id = &found["data"]["match_id"];
        assert_eq!(*id, other["data"]["match_id"]);
        id.as_str().unwrap().to_owned()
    }

    /// All three are at the match until it ends, and a fault is injected. The first of the nodes runs it.
    async fn play(
        &self,
        app: &App,
        nodes: &[usize],
        id: &str,
        fault: impl Future<Output = ()>,
    ) -> [Log; 3] {
        let reversed: Vec<usize> = nodes.iter().rev().copied().collect();
        let ada_player = Player::join(app, &self.ada, nodes, id, Style::Follow).await;
        let bob_player = Player::join(app, &self.bob, &reversed, id, Style::Corner).await;
        let eve_player = Player::join(app, &self.eve, &reversed, id, Style::Watch).await;
        let (ada, bob, eve, ()) = tokio::join!(
            ada_player.play(),
            bob_player.play(),
            eve_player.play(),
            fault
        );
        for other in [&bob, &eve] {
            assert_eq!(ada.result(), other.result(), "{id}");
        }
        [ada, bob, eve]
    }

    /// Checks what the match has left, at a node that is running.
    async fn check(&self, node: usize, id: &str) {
        let [ada, bob] = [&self.ada, &self.bob].map(|user| user.at_node(node));
        let found = assert_counted_once([&ada, &bob], id, 9).await;
        assert_on_leaderboard([&ada, &bob], &found).await;
    }
}

/// Waits for the event of the end of a match on a player's own stream. It must come once.
async fn expect_one_end(app: &App, person: &TestUser, node: usize, checked: oneshot::Receiver<()>) {
    let (mut socket, _) = app.open_socket(person, node, "/ws/events/").await;
    socket.next_event("match_finished").await;
    checked.await.unwrap();
    let more = socket.sync().await;
    let again = more
        .iter()
        .filter(|frame| frame["action"] == "match_finished");
    assert_eq!(again.count(), 0, "{more:?}");
}

async fn kill_one_of_two(app: &App, round: u64, random: &mut SeededRandom) {
    let owner = random.below(2);
    let other = 1 - owner;
    let after = Duration::from_millis(random.below(LATEST_KILL_MS) as u64);
    print(&format!(
        "round {round}: node {owner} is killed after {after:?}"
    ));
    let participants = Participants::register(app, round).await;
    let id = participants.find_match(app).await;
    let kill = async {
        tokio::time::sleep(after).await;
        app.nodes[owner].signal("KILL");
    };
    let (checked, is_checked) = oneshot::channel();
    let playing = async {
        Box::pin(participants.play(app, &[owner, other], &id, kill)).await;
        participants.check(other, &id).await;
        checked.send(()).unwrap();
    };
    tokio::join!(
        playing,
        expect_one_end(app, &participants.ada, other, is_checked)
    );
    app.nodes[owner].restart().await;
}

#[tokio::test]
async fn ranked_match_outlives_one_of_two_nodes() {
    let Some(app) = App::with().cluster(2) else {
        return;
    };
    let mut random = random("ranked_match_outlives_one_of_two_nodes");
    for round in 0..rounds() {
        Box::pin(kill_one_of_two(&app, round, &mut random)).await;
    }
    app.run_command("recount");
}

async fn kill_the_only_node(app: &App, round: u64, random: &mut SeededRandom) {
    let after = Duration::from_millis(random.below(LATEST_KILL_MS) as u64);
    print(&format!(
        "round {round}: the node is killed after {after:?}"
    ));
    let participants = Participants::register(app, round).await;
    let id = participants.find_match(app).await;
    let kill = async {
        tokio::time::sleep(after).await;
        app.nodes[0].signal("KILL");
        app.nodes[0].restart().await;
    };
    Box::pin(participants.play(app, &[0], &id, kill)).await;
    participants.check(0, &id).await;
}

#[tokio::test]
async fn ranked_match_outlives_the_only_node() {
    let app = App::with().embedded();
    let mut random = random("ranked_match_outlives_the_only_node");
    for round in 0..rounds() {
        Box::pin(kill_the_only_node(&app, round, &mut random)).await;
    }
    app.nodes[0].signal("TERM");
    until("the node has ended", || async {
        !app.nodes[0].is_running()
    })
    .await;
    app.run_command("recount");
}
