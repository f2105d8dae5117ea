//! Presence over HTTP, on several sockets, and with privacy settings.

use e2e::{TestUser, deployments, name};
use serde_json::{Value, json};

const EVENTS: &str = "/ws/events/";
const STATUS: &str = "/ws/friends/status/";

/// The status of the friend in the list.
async fn status_of(viewer: &TestUser) -> Value {
    let friends = viewer.get("/api/v1/friends/").await.json();
    friends["data"][0]["status"].clone()
}

#[tokio::test]
async fn online_counts_leave_out_who_appears_offline() {
    for app in deployments().await {
        let (ada, bob) = (app.user("ada").await, app.user("bob").await);
        // Each visitor has an address of their own.
        let online = async || {
            let counted = app.anonymous().get("/api/v1/online/").await;
            counted.expect(200).data()
        };
        assert_eq!(online().await, json!({"online": 0, "playing": 0}));
        let _ada = app.open_socket(&ada, 0, EVENTS).await;
        let _bob = app.open_socket(&bob, 1, EVENTS).await;
        // Other nodes list their users from time to time, and counts are a few seconds old.
        e2e::until("two users", async || online().await["online"] == 2).await;
        let invisible = json!({"status": "invisible"});
        ada.put("/api/v1/users/profile/status/", invisible)
            .await
            .expect(200);
        e2e::until("one user", async || online().await["online"] == 1).await;
    }
}

#[tokio::test]
async fn hide_presence_shows_offline_at_once() {
    for app in deployments().await {
        let (ada, bob) = (app.user("ada").await, app.user("bob").await);
        ada.befriend(&bob).await;
        let mut bob_socket = app.open_socket(&bob, 1, STATUS).await.0;
        bob_socket.next_event("friends_status").await;
        let mut ada_socket = app.open_socket(&ada, 0, EVENTS).await.0;
        ada_socket.sync().await;
        bob_socket.next_event("user_online").await;
        for (audience, received) in [("nobody", "user_offline"), ("friends", "user_status")] {
            let privacy = json!({"privacy": {"online_status": audience}});
            ada.patch("/api/v1/users/profile/", privacy)
                .await
                .expect(200);
            let (frame, is_online) = loop {
                let frame = bob_socket.next().await;
                if frame["data"]["username"] == "ada" {
                    break (frame.clone(), frame["data"]["status"] != "offline");
                }
            };
            assert_eq!(is_online, audience == "friends", "{received}: {frame}");
            // The request may go to another node than the event came from.
            let listed = if is_online { "online" } else { "offline" };
            e2e::until(&format!("ada is listed as {listed}"), || async {
                status_of(&bob).await == listed
            })
            .await;
        }
    }
}

#[tokio::test]
async fn own_status_counts_every_open_socket() {
    for app in deployments().await {
        let ada = app.user("ada").await;
        let mut phone = ada.duplicate();
        phone.log_in().await;
        let connections = || async {
            let sessions = ada.get("/api/v1/auth/sessions/").await.expect(200).json();
            let of = |current: bool| {
                let all = sessions["data"].as_array().unwrap().iter();
                let its = all.filter(|one| one["current"] == current);
                its.map(|one| one["connections"].as_u64().unwrap())
                    .sum::<u64>()
            };
            (of(true), of(false))
        };
        assert_eq!(connections().await, (0, 0));
        let tab = app.open_socket(&ada, 0, EVENTS).await.0;
        let lobby = app.open_socket(&ada, 1, "/ws/chat/lobby/world/").await.0;
        let other = app.open_socket(&phone, 1, STATUS).await.0;
        e2e::until("all three are counted", || async {
            connections().await == (2, 1)
        })
        .await;
        lobby.close().await;
        other.close().await;
        e2e::until("two have gone", || async { connections().await == (1, 0) }).await;
        tab.close().await;
    }
}

#[tokio::test]
async fn second_socket_keeps_the_user_online_and_gets_the_same_events() {
    for app in deployments().await {
        let (ada, bob) = (app.user("ada").await, app.user("bob").await);
        ada.befriend(&bob).await;
        let chat = ada.chat_with(&bob).await;
        let mut ada_socket = app.open_socket(&ada, 0, EVENTS).await.0;
        let mut first = app.open_socket(&bob, 0, EVENTS).await.0;
        let mut second = app.open_socket(&bob, 1, EVENTS).await.0;
        for socket in [&mut ada_socket, &mut first, &mut second] {
            socket.sync().await;
        }
        let payload = json!({"chat_id": chat, "content": "to both"});
        ada_socket.expect_ack("new_message", payload).await;
        let (one, other) = (
            first.next_event("new_message").await,
            second.next_event("new_message").await,
        );
        assert_eq!(one, other, "{}", app.name);
        // An action on one socket is seen on the other.
        let payload = json!({"chat_id": chat, "content": "from one", "client_id": "tab"});
        first.expect_ack("new_message", payload).await;
        let seen = second.next_event("new_message").await;
        assert_eq!(seen["data"]["client_id"], "tab");
        second.close().await;
        let response = json!({"chat_id": chat, "content": "still there?"});
        ada_socket.expect_ack("new_message", response).await;
        let received = first.next_event("new_message").await;
        assert_eq!(received["data"]["content"], "still there?");
        assert_eq!(status_of(&ada).await, "online");
        let received = ada_socket.sync().await;
        let offline = |frame: &Value| name(frame) == "user_offline";
        assert!(!received.iter().any(offline), "{received:?}");
    }
}
