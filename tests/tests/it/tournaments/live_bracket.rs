//! The socket of a tournament.

use e2e::name;
use serde_json::json;

use super::{create, cup, path_of, quick, register};

#[tokio::test]
async fn bracket_changes_arrive_live_and_resume_without_a_gap() {
    for app in quick().deployments().await {
        let (ada, bob) = (app.user("ada").await, app.user("bob").await);
        let tournament = create(&ada, cup("single_elimination", 4)).await;
        let id = tournament["id"].as_str().unwrap();
        let path = path_of(&tournament);
        let address = format!("/ws/tournament/{id}/");
        let last = app.nodes.len() - 1;
        let (mut socket, hello) = app.open_socket(&bob, last, &address).await;
        let stream = format!("tournament:{id}");
        let position = hello["streams"][&stream].clone();
        assert!(position.is_object(), "{hello}");
        let first = socket.next().await;
        assert_eq!(
            (name(&first), &first["data"]["revision"]),
            ("tournament", &json!(1))
        );
        register(&ada, &path, "Ada").await;
        let registered = socket.next_event("registered").await;
        assert_eq!(registered["data"]["entrant"]["alias"], "Ada");
        assert_eq!(
            (&registered["seq"], &registered["stream"]),
            (&json!(1), &json!(stream))
        );
        socket.close().await;
        register(&bob, &path, "Bob").await;
        ada.post(&format!("{path}start/"), json!({}))
            .await
            .expect(200);
        let resumed = format!("{address}?resume=true");
        let (mut socket, _) = app.open_socket(&bob, last, &resumed).await;
        let streams = json!({"streams": {&stream: position}});
        let (mut resumed, response) = socket.act_collecting("resume", streams).await;
        assert_eq!(name(&response), "ack", "{response}");
        while resumed.last().map(name) != Some("match_called") {
            resumed.push(socket.next().await);
        }
        resumed.retain(|frame| frame["seq"].is_number());
        let seen: Vec<_> = resumed
            .iter()
            .map(|frame| (name(frame), frame["seq"].clone()))
            .collect();
        let expected = ["registered", "registered", "started", "match_called"];
        let expected: Vec<_> = expected
            .into_iter()
            .zip((1..).map(|seq| json!(seq)))
            .collect();
        assert_eq!(seen, expected);
        let slot = &resumed[3]["data"]["slots"][0];
        assert_eq!(slot["status"], "called");
        assert!(slot["match_id"].is_string());
        socket
            .send(json!({"type": "new_message", "data": {}}))
            .await;
        assert_eq!(socket.wait_for_close().await.0, 4400);
    }
}

#[tokio::test]
async fn players_receive_their_match_on_every_socket() {
    let app = quick().embedded();
    let (ada, bob) = (app.user("ada").await, app.user("bob").await);
    let mut everything = app.connect_socket(&bob, 0, "/ws/events/").await;
    let tournament = create(&ada, cup("single_elimination", 4)).await;
    let path = path_of(&tournament);
    let id = ada.get("/api/v1/users/profile/").await.data()["id"].clone();
    let invite = json!({"usernames": ["bob"]});
    ada.post(&format!("{path}invite/"), invite)
        .await
        .expect(200);
    let invited = everything.next_event("new_tournament").await;
    assert_eq!(invited["data"]["tournament_name"], "Spring Cup");
    let mut organizer = app.connect_socket(&ada, 0, "/ws/events/").await;
    let announced = json!({
        "tournament_id": tournament["id"], "tournament_name": "Spring Cup", "organizer_id": id
    });
    organizer
        .expect_ack("new_tournament", announced.clone())
        .await;
    everything.next_event("new_tournament").await;
    register(&ada, &path, "Ada").await;
    register(&bob, &path, "Bob").await;
    ada.post(&format!("{path}start/"), json!({}))
        .await
        .expect(200);
    let found = everything.next_event("game_found").await;
    assert_eq!(found["data"]["opponent"]["username"], "ada");
    // The invitation was notified, too.
    while everything.next_event("notification").await["data"]["action"] != "match_ready" {}
    let refused = "tournaments.wrong_state";
    organizer
        .expect_error("new_tournament", announced, refused)
        .await;
}
