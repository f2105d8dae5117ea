//! Games: the calls of each operation.

use e2e::TestUser;
use futures_util::FutureExt;
use serde_json::{Value, json};

use super::Domain;
use crate::idempotency::Creation;
use crate::statements::Meter;

const PRACTICE: &str = "/api/v1/games/pong/practice/";
const LOCAL: &str = "/api/v1/games/pong/local/";

pub(super) const DOMAIN: Domain = Domain {
    // Matches take their time; the lists are walked in the tests of their crate.
    fill_lists: |_| async {}.boxed_local(),
    creation: |operation| match operation {
        "start_practice" => Some(Creation::new(PRACTICE, json!({}), 5)),
        "start_local" => Some(Creation::new(LOCAL, json!({"players": ["Mum", "Dad"]}), 5)),
        _ => None,
    },
    measure: |meter| measure(meter).boxed_local(),
};

async fn measure(meter: &Meter<'_>) {
    let [hanna, ines] = [meter.app.user("hanna").await, meter.app.user("ines").await];
    hanna.befriend(&ines).await;
    meter.read(&hanna, "GET /api/v1/games/", &[]).await;
    let practice = "POST /api/v1/games/{game}/practice/";
    let started = meter.call(&hanna, practice, &["pong"], json!({})).await;
    let id = started.data()["id"].as_str().unwrap().to_owned();
    let names = json!({"players": ["Mum", "Dad"]});
    let local = "POST /api/v1/games/{game}/local/";
    meter.call(&hanna, local, &["pong"], names).await;
    measure_queue(meter, &hanna).await;
    meter.read(&hanna, "GET /api/v1/matches/", &[]).await;
    meter.read(&hanna, "GET /api/v1/matches/live/", &[]).await;
    meter
        .read(&hanna, "GET /api/v1/matches/{id}/", &[&id])
        .await;
    let theirs = "GET /api/v1/users/{username}/matches/";
    meter.read(&hanna, theirs, &["ines"]).await;
    let board = "GET /api/v1/leaderboards/{game}/";
    meter.read(&hanna, board, &["pong"]).await;
    meter.read(&hanna, "GET /api/v1/stats/", &[]).await;
    let compare = "GET /api/v1/stats/head-to-head/?opponent=ines";
    meter.read(&hanna, compare, &[]).await;
    meter.read(&hanna, "GET /api/v1/home/", &[]).await;
    measure_replay(meter, &hanna, &ines).await;
}

async fn measure_queue(meter: &Meter<'_>, person: &TestUser) {
    let enter = "POST /api/v1/games/{game}/queue/";
    meter.call(person, enter, &["pong"], json!({})).await;
    let leave = "DELETE /api/v1/games/{game}/queue/";
    meter.read(person, leave, &["pong"]).await;
}

/// A finished match: one of two friends who play tic-tac-toe until the end.
async fn measure_replay(meter: &Meter<'_>, one: &TestUser, other: &TestUser) {
    let id = crate::games::play_tic_tac_toe(meter.app, one, other).await;
    let replay = "GET /api/v1/matches/{id}/replay/";
    meter.read(one, replay, &[&id]).await;
    for (operation, player) in [("rematch", one), ("challenge", other)] {
        let again = format!("POST /api/v1/matches/{{id}}/{operation}/");
        let invited = meter.call(player, &again, &[&id], json!({})).await;
        cancel(player, &invited.data()).await;
    }
}

async fn cancel(sender: &TestUser, invite: &Value) {
    let path = format!("/api/v1/invites/{}/cancel/", invite["id"].as_str().unwrap());
    sender.post(&path, json!({})).await.expect(200);
}
