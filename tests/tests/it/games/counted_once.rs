//! What follows from a ranked match of Pong: everything that players see of it, and each thing once.

use e2e::TestUser;
use serde_json::{Value, json};

use super::record::PongRecord;
use super::{stored, verify_replay};

/// Checks that a finished match, the first of its players apart from a number of seeded ones, is stored right
/// and counted once for both. Returns it.
pub(super) async fn assert_counted_once(players: [&TestUser; 2], id: &str, earlier: u64) -> Value {
    let found = stored(players[0], id).await;
    assert_eq!(found["state"], "finished", "{found}");
    verify_replay(players[0], id).await;
    let record = PongRecord::download(players[1], id).await;
    let scores = [0, 1].map(|seat| found["players"][seat]["score"].clone());
    assert_eq!(json!(record.score()), json!(scores), "{found}");
    let points: u64 = scores.iter().filter_map(Value::as_u64).sum();
    assert_eq!(found["timeline"].as_array().unwrap().len() as u64, points);
    for (own, other) in [(0, 1), (1, 0)] {
        let own = players[own];
        let seats = found["players"].as_array().unwrap();
        let is_own = |seat: &&Value| seat["user"]["username"] == *own.name;
        let seat = seats.iter().find(is_own).unwrap();
        assert_history(own, id, seat).await;
        assert_statistics(own, seat, earlier).await;
        assert_head_to_head(own, players[other], seat).await;
    }
    let changes = [0, 1].map(|seat| change(&found["players"][seat]));
    let winner = usize::try_from(found["winner"].as_u64().unwrap()).unwrap();
    assert!(changes[winner] > 0 && changes[1 - winner] < 0, "{found}");
    found
}

fn change(seat: &Value) -> i64 {
    seat["rating"]["after"].as_i64().unwrap() - seat["rating"]["before"].as_i64().unwrap()
}

async fn assert_history(own: &TestUser, id: &str, seat: &Value) {
    let path = "/api/v1/matches/?game=pong";
    let listed = own.get(path).await.expect(200).data();
    let ids: Vec<&Value> = listed
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["id"])
        .collect();
    assert_eq!(ids, [id], "the history of {}", own.name);
    let result = seat["result"].as_str().unwrap();
    let filtered = own
        .get(&format!("{path}&result={result}"))
        .await
        .expect(200);
    assert_eq!(filtered.data()[0]["id"], id);
}

async fn assert_statistics(own: &TestUser, seat: &Value, earlier: u64) {
    let statistics = own.get("/api/v1/stats/").await.expect(200).data();
    let [pong] = statistics["games"].as_array().unwrap().as_slice() else {
        panic!("{statistics}");
    };
    let wins = u64::from(seat["result"] == "won");
    assert_eq!(
        [&pong["matches"], &pong["wins"], &pong["losses"]],
        [&json!(1), &json!(wins), &json!(1 - wins)],
        "{pong}"
    );
    assert_eq!(pong["points_for"], seat["score"]);
    let rating = &pong["rating"];
    assert_eq!(rating["matches"], earlier + 1);
    assert_eq!(rating["rating"], seat["rating"]["after"], "{pong}");
}

async fn assert_head_to_head(own: &TestUser, other: &TestUser, seat: &Value) {
    let path = format!("/api/v1/stats/head-to-head/?opponent={}", other.name);
    let compared = own.get(&path).await.expect(200).data();
    let wins = u64::from(seat["result"] == "won");
    let [pong] = compared.as_array().unwrap().as_slice() else {
        panic!("{compared}");
    };
    assert_eq!(
        [&pong["wins"], &pong["losses"]],
        [&json!(wins), &json!(1 - wins)]
    );
}

/// Checks that both players stand on the leaderboard of Pong with the ratings that the match left them.
pub(super) async fn assert_on_leaderboard(players: [&TestUser; 2], found: &Value) {
    for own in players {
        let seats = found["players"].as_array().unwrap();
        let is_own = |seat: &&Value| seat["user"]["username"] == *own.name;
        let seat = seats.iter().find(is_own).unwrap();
        let path = "/api/v1/leaderboards/pong/?around=me";
        let listed = own.get(path).await.expect(200).data();
        let entries = listed.as_array().unwrap();
        let mut mine = entries.iter().filter(|entry| entry["is_me"] == true);
        let entry = mine.next().unwrap();
        assert!(mine.next().is_none(), "{listed}");
        assert_eq!(entry["rating"], seat["rating"]["after"], "{listed}");
        let above = entries
            .iter()
            .filter(|other| other["rating"].as_i64() > entry["rating"].as_i64());
        if entries.len() <= 10 {
            assert_eq!(entry["rank"], above.count() as u64 + 1, "{listed}");
        }
    }
}
