//! Whole tournaments of scripted players.

use e2e::TestUser;
use serde_json::{Value, json};

use super::live_play::Follower;
use super::{Field, bracket, create, cup, path_of, play_locals_out, quick, register};
use crate::games::{play_at_one_keyboard, play_open_match};

/// The places by number.
async fn places(user: &TestUser, path: &str) -> Vec<u64> {
    let bracket = bracket(user, path).await;
    let entrants = bracket["entrants"].as_array().unwrap().iter();
    entrants.map(|one| one["place"].as_u64().unwrap()).collect()
}

/// The winner as each decided slot of elimination says.
fn eliminated(bracket: &Value) -> Vec<i64> {
    let slots = bracket["slots"].as_array().unwrap();
    let decided = slots.iter().filter(|slot| !slot["winner"].is_null());
    decided
        .flat_map(|slot| {
            let entrants = slot["entrants"].as_array().unwrap().iter();
            let losers = entrants.filter(|one| **one != slot["winner"]);
            losers.filter_map(Value::as_i64).collect::<Vec<_>>()
        })
        .collect()
}

#[tokio::test]
async fn single_elimination_is_played_over_sockets() {
    for app in quick().deployments().await {
        let nodes: Vec<usize> = (0..app.nodes.len()).collect();
        let field = Field::enter(&app, "single_elimination", 5).await;
        field.start().await;
        assert_eq!(field.play_out(&app, &nodes).await, 4);
        let ada = &field.users[0];
        let shown = bracket(ada, &field.path).await;
        let mut out = eliminated(&shown);
        out.sort_unstable();
        out.dedup();
        assert_eq!(out.len(), 4, "each but one lost once: {shown}");
        let mut places = places(ada, &field.path).await;
        places.sort_unstable();
        assert_eq!(places, [1, 2, 3, 3, 5]);
        let recap = ada
            .get(&format!("{}recap/", field.path))
            .await
            .expect(200)
            .data();
        let played = recap.as_array().unwrap().iter();
        let played = played.filter(|one| one["match"]["state"] == "finished");
        assert_eq!(played.count(), 4);
        let history = ada
            .get("/api/v1/users/player1/tournaments/")
            .await
            .expect(200)
            .data();
        assert_eq!(history[0]["alias"], "P2");
        let mut winner = shown["entrants"].as_array().unwrap().iter();
        let winner = winner.find(|one| one["place"] == 1).unwrap();
        let name = &field.user(&winner["number"]).name;
        let profile = ada
            .get(&format!("/api/v1/users/{name}/"))
            .await
            .expect(200)
            .data();
        assert_eq!(profile["statistics"]["tournaments"], 1, "{profile}");
        assert_eq!(profile["statistics"]["tournament_wins"], 1);
    }
}

#[tokio::test]
async fn tournament_is_played_out_while_a_node_is_killed() {
    let Some(app) = quick().cluster(2) else {
        return;
    };
    let field = Field::enter(&app, "double_elimination", 4).await;
    field.start().await;
    let slot = super::called_slot(&field.users[0], &field.path).await;
    assert!(slot["match_id"].is_string());
    app.nodes[0].signal("KILL");
    field.play_out(&app, &[1]).await;
    let organizer = field.users[0].at_node(1);
    let shown = bracket(&organizer, &field.path).await;
    // Each entrant is out exactly at the second loss.
    let losses = eliminated(&shown);
    let mut winner = shown["entrants"].as_array().unwrap().iter();
    let winner = winner.find(|one| one["place"] == 1).unwrap()["number"].as_i64();
    for number in 1..=4_i64 {
        let count = losses.iter().filter(|loser| **loser == number).count();
        match Some(number) == winner {
            true => assert!(count <= 1, "{shown}"),
            false => assert_eq!(count, 2, "{shown}"),
        }
    }
}

#[tokio::test]
async fn eight_people_play_a_cup_at_one_laptop() {
    let app = quick().embedded();
    let host = app.user("host").await;
    let names = ["A", "B", "C", "D", "E", "F", "G", "H"];
    let local = "/api/v1/games/tictactoe/local/";
    let started = host
        .post(local, json!({"players": names}))
        .await
        .expect(201)
        .data();
    assert_eq!(started["format"], "single_elimination");
    assert_eq!(started["visibility"], "private");
    let path = path_of(&started);
    assert_eq!(play_locals_out(&app, &host, &path).await, 7);
    let mut places = places(&host, &path).await;
    places.sort_unstable();
    assert_eq!(places, [1, 2, 3, 3, 5, 5, 5, 5]);
    let stats = host.get("/api/v1/stats/").await.expect(200).data();
    assert_eq!(stats["games"], json!([]), "local players count for nobody");
}

#[tokio::test]
async fn host_plays_one_match_at_a_time_for_their_locals() {
    for app in quick().deployments().await {
        let nodes: Vec<usize> = (0..app.nodes.len()).collect();
        let [host, ada, bob] = [
            app.user("host").await,
            app.user("ada").await,
            app.user("bob").await,
        ];
        let path = path_of(&create(&host, cup("round_robin", 4)).await);
        for alias in ["Left", "Right"] {
            let local = json!({"alias": alias, "local": true});
            host.post(&format!("{path}register/"), local)
                .await
                .expect(200);
        }
        register(&ada, &path, "Ada").await;
        register(&bob, &path, "Bob").await;
        host.post(&format!("{path}start/"), json!({}))
            .await
            .expect(200);
        let players = [&host, &host, &ada, &bob];
        let follower = Follower {
            app: &app,
            user: &host,
            nodes: &nodes,
            path: &path,
        };
        let play = |slot: Value| {
            let number =
                |side: usize| usize::try_from(slot["entrants"][side].as_u64().unwrap()).unwrap();
            let [one, other] = [0, 1].map(|side| players[number(side) - 1]);
            let id = slot["match_id"].as_str().unwrap().to_owned();
            let (app, nodes) = (&app, &nodes);
            async move {
                if one.name == other.name {
                    play_at_one_keyboard(app, one, &id).await;
                } else {
                    play_open_match(app, [one, other], nodes, &id).await;
                }
            }
        };
        assert_eq!(follower.play_out(play).await, 6);
        let recap = host.get(&format!("{path}recap/")).await.expect(200).data();
        let of_host = |entry: &&Value| {
            let players = entry["match"]["players"].as_array().unwrap();
            players
                .iter()
                .any(|player| player["user"]["username"] == "host")
        };
        let mut own: Vec<[String; 2]> = recap
            .as_array()
            .unwrap()
            .iter()
            .filter(of_host)
            .map(|entry| {
                ["created_at", "ended_at"].map(|at| entry["match"][at].as_str().unwrap().to_owned())
            })
            .collect();
        own.sort();
        assert_eq!(own.len(), 5, "{recap}");
        assert!(
            own.is_sorted_by(|[_, ended], [opened, _]| ended <= opened),
            "{own:?}"
        );
    }
}

#[tokio::test]
async fn leaving_before_play_is_a_walkover() {
    let app = quick().embedded();
    let (ada, bob) = (app.user("ada").await, app.user("bob").await);
    let path = path_of(&create(&ada, cup("single_elimination", 4)).await);
    register(&ada, &path, "Ada").await;
    register(&bob, &path, "Bob").await;
    ada.post(&format!("{path}start/"), json!({}))
        .await
        .expect(200);
    bob.post(&format!("{path}unregister/"), json!({}))
        .await
        .expect(200);
    let shown = ada.get(&path).await.expect(200).data();
    assert_eq!(
        (&shown["status"], &shown["winner"]),
        (&json!("finished"), &json!(1))
    );
    let slots = bracket(&ada, &path).await["slots"].clone();
    assert_eq!(slots[0]["status"], "walkover");
    assert_eq!(slots[0]["how"], "removal");
}
