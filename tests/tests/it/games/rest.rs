//! What the routes of games refuse, and what a match alone shows.

use e2e::{App, deployments};
use serde_json::json;

use super::player::{Player, Style};
use super::{invite_and_accept, pair};

const NOBODY: &str = "01890a5d-ac96-774b-bcce-b302099a8057";

#[tokio::test]
async fn practice_and_local_matches_refuse_what_is_not_right() {
    for app in deployments().await {
        let ada = app.user("ada").await;
        let practice = "/api/v1/games/pong/practice/";
        ada.post("/api/v1/games/chess/practice/", json!({}))
            .await
            .expect_error(404, "games.game_not_found");
        ada.post(practice, json!({"level": "godlike"}))
            .await
            .expect_field_error(422, "games.unknown_level", "level");
        let options = json!({"options": {"score_to_win": 21, "winner": "ada"}});
        let refused = ada.post(practice, options).await;
        refused.expect_field_error(422, "games.options_invalid", "options.score_to_win");
        refused.expect_field_error(422, "games.options_invalid", "options.winner");
        let local = "/api/v1/games/pong/local/";
        let ranked = json!({"players": ["Mum", "Dad"], "options": {"ranked": true}});
        for (path, body) in [
            (practice, json!({"options": {"ranked": true}})),
            (local, ranked),
        ] {
            ada.post(path, body).await.expect_field_error(
                422,
                "games.never_ranked",
                "options.ranked",
            );
        }
        for players in [json!(["Ada"]), json!(["Ada", "ada"])] {
            ada.post(local, json!({"players": players}))
                .await
                .expect_field_error(422, "games.names_invalid", "players");
        }
        let created = ada.post(local, json!({"players": ["Mum", "Dad"]})).await;
        let created = created.expect(201).data();
        assert_eq!(created["players"][1]["name"], "Dad");
        let home = ada.get("/api/v1/home/").await.expect(200).data();
        assert_eq!(
            (&home["engagement"]["kind"], &home["engagement"]["match_id"]),
            (&json!("solo"), &created["id"])
        );
    }
}

#[tokio::test]
async fn last_move_of_a_match_at_one_keyboard_is_seen() {
    for app in deployments().await {
        let ada = app.user("ada").await;
        let names = json!({"players": ["Mum", "Dad"]});
        let created = ada.post("/api/v1/games/tictactoe/local/", names).await;
        let id = created.expect(201).data()["id"].clone();
        let id = id.as_str().unwrap();
        let mut player = Player::join(&app, &ada, &[0], id, Style::BothFree).await;
        player.play_until("finished").await;
        while player.log.last_state["winner"].is_null() {
            player.step().await;
        }
        assert_eq!(player.log.last_state["winner"], "X");
    }
}

#[tokio::test]
async fn engaged_players_are_told_in_which_match() {
    for app in deployments().await {
        let [ada, bob] = pair(&app).await;
        let id = invite_and_accept(&ada, &bob, "pong", json!({})).await;
        let refused = ada.post("/api/v1/games/pong/practice/", json!({})).await;
        refused.expect_error(409, "games.engaged");
        assert_eq!(refused.json()["error"]["match_id"], id.as_str());
        for friend in [&ada, &bob] {
            let home = friend.get("/api/v1/home/").await.expect(200).data();
            assert_eq!(home["engagement"]["kind"], "match");
        }
        ada.post("/api/v1/invites/", json!({"username": "bob"}))
            .await
            .expect_error(409, "invites.you_are_playing");
    }
}

#[tokio::test]
async fn matches_are_shown_to_those_who_may_see_them() {
    for app in deployments().await {
        let [ada, bob] = pair(&app).await;
        let cat = app.user("cat").await;
        let id = invite_and_accept(&ada, &bob, "pong", json!({})).await;
        let path = format!("/api/v1/matches/{id}/");
        let shown = ada.get(&path).await.expect(200).data();
        assert_eq!(shown["state"], "live");
        assert!(!shown.to_string().contains("seed"), "{shown}");
        cat.get(&path)
            .await
            .expect_error(403, "games.match_private");
        ada.get(&format!("{path}replay/"))
            .await
            .expect_error(409, "games.match_live");
        let unknown = format!("/api/v1/matches/{NOBODY}/");
        ada.get(&unknown)
            .await
            .expect_error(404, "games.match_not_found");
        ada.get("/api/v1/matches/?player=nobody")
            .await
            .expect_error(404, "users.not_found");
        ada.get("/api/v1/users/nobody/matches/")
            .await
            .expect_error(404, "users.not_found");
        let privacy = json!({"privacy": {"match_history": "nobody"}});
        bob.patch("/api/v1/users/profile/", privacy)
            .await
            .expect(200);
        cat.get("/api/v1/users/bob/matches/")
            .await
            .expect_error(403, "games.history_private");
        cat.get("/api/v1/stats/?player=bob")
            .await
            .expect_error(403, "games.history_private");
        bob.get("/api/v1/users/bob/matches/").await.expect(200);
    }
}

#[tokio::test]
async fn lists_of_matches_refuse_unknown_games() {
    for app in deployments().await {
        let ada = app.user("ada").await;
        for list in ["matches/", "matches/live/", "users/ada/matches/"] {
            ada.get(&format!("/api/v1/{list}?game=chess"))
                .await
                .expect_error(404, "games.game_not_found");
            ada.get(&format!("/api/v1/{list}?game=pong"))
                .await
                .expect(200);
        }
    }
}

#[tokio::test]
async fn leaderboards_refuse_unknown_games_and_seasons() {
    for app in deployments().await {
        let ada = app.user("ada").await;
        ada.get("/api/v1/leaderboards/chess/")
            .await
            .expect_error(404, "games.game_not_found");
        ada.get("/api/v1/leaderboards/pong/?season=winter")
            .await
            .expect_field_error(422, "games.season_invalid", "season");
        ada.get("/api/v1/leaderboards/pong/?around=me")
            .await
            .expect_error(404, "games.not_ranked");
        let board = ada.get("/api/v1/leaderboards/pong/").await.expect(200);
        assert_eq!(board.data(), json!([]));
    }
}

#[tokio::test]
async fn nobody_can_write_a_result() {
    let app = App::with().embedded();
    let [ada, bob] = pair(&app).await;
    let id = invite_and_accept(&ada, &bob, "pong", json!({})).await;
    let claim = json!({"winner": 0, "score": [5, 0]});
    for path in [
        "/api/v1/matches/".to_owned(),
        format!("/api/v1/matches/{id}/"),
        "/api/v1/leaderboards/pong/".to_owned(),
        "/api/v1/stats/".to_owned(),
    ] {
        ada.post(&path, claim.clone())
            .await
            .expect_error(405, "method_not_allowed");
        ada.patch(&path, claim.clone())
            .await
            .expect_error(405, "method_not_allowed");
    }
    ada.post("/api/v1/games/pong/results/", claim)
        .await
        .expect_error(404, "not_found");
}
