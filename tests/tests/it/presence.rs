//! Who is around, as far as it depends on what people do over HTTP, on several tabs, on what they
//! let others see.

use e2e::{Person, each, name};
use serde_json::{Value, json};

const EVENTS: &str = "/ws/events/";
const STATUS: &str = "/ws/friends/status/";

/// How a friend is listed.
async fn status_of(viewer: &Person) -> Value {
    let friends = viewer.get("/api/v1/friends/").await.json();
    friends["data"][0]["status"].clone()
}

#[tokio::test]
async fn who_hides_their_presence_goes_offline_for_friends_at_once() {
    for app in each().await {
        let (ada, bob) = (app.person("ada").await, app.person("bob").await);
        ada.befriend(&bob).await;
        let mut at_bob = app.greeted(&bob, 1, STATUS).await.0;
        at_bob.next_named("friends_status").await;
        let mut at_ada = app.greeted(&ada, 0, EVENTS).await.0;
        at_ada.settled().await;
        at_bob.next_named("user_online").await;
        for (audience, heard) in [("nobody", "user_offline"), ("friends", "user_status")] {
            let privacy = json!({"privacy": {"online_status": audience}});
            ada.patch("/api/v1/users/profile/", privacy)
                .await
                .expect(200);
            let (frame, is_online) = loop {
                let frame = at_bob.next().await;
                if frame["data"]["username"] == "ada" {
                    break (frame.clone(), frame["data"]["status"] != "offline");
                }
            };
            assert_eq!(is_online, audience == "friends", "{heard}: {frame}");
            // Another node may answer than the one that told.
            let listed = if is_online { "online" } else { "offline" };
            e2e::until(&format!("ada is listed as {listed}"), || async {
                status_of(&bob).await == listed
            })
            .await;
        }
    }
}

#[tokio::test]
async fn every_open_socket_counts_among_ones_own_sessions() {
    for app in each().await {
        let ada = app.person("ada").await;
        let mut phone = ada.again();
        phone.sign_in().await;
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
        let tab = app.greeted(&ada, 0, EVENTS).await.0;
        let lobby = app.greeted(&ada, 1, "/ws/chat/lobby/world/").await.0;
        let other = app.greeted(&phone, 1, STATUS).await.0;
        e2e::until("all three are counted", || async {
            connections().await == (2, 1)
        })
        .await;
        lobby.leave().await;
        other.leave().await;
        e2e::until("two have gone", || async { connections().await == (1, 0) }).await;
        tab.leave().await;
    }
}

#[tokio::test]
async fn a_second_tab_keeps_its_person_online_and_both_hear_the_same() {
    for app in each().await {
        let (ada, bob) = (app.person("ada").await, app.person("bob").await);
        ada.befriend(&bob).await;
        let chat = ada.chat_with(&bob).await;
        let mut at_ada = app.greeted(&ada, 0, EVENTS).await.0;
        let mut first = app.greeted(&bob, 0, EVENTS).await.0;
        let mut second = app.greeted(&bob, 1, EVENTS).await.0;
        for socket in [&mut at_ada, &mut first, &mut second] {
            socket.settled().await;
        }
        let said = json!({"chat_id": chat, "content": "to both"});
        at_ada.done("new_message", said).await;
        let (one, other) = (
            first.next_named("new_message").await,
            second.next_named("new_message").await,
        );
        assert_eq!(one, other, "{}", app.name);
        // What is done in one tab is seen in the other.
        let said = json!({"chat_id": chat, "content": "from one", "client_id": "tab"});
        first.done("new_message", said).await;
        let seen = second.next_named("new_message").await;
        assert_eq!(seen["data"]["client_id"], "tab");
        second.leave().await;
        let answer = json!({"chat_id": chat, "content": "still there?"});
        at_ada.done("new_message", answer).await;
        let heard = first.next_named("new_message").await;
        assert_eq!(heard["data"]["content"], "still there?");
        assert_eq!(status_of(&ada).await, "online");
        let heard = at_ada.settled().await;
        let offline = |frame: &Value| name(frame) == "user_offline";
        assert!(!heard.iter().any(offline), "{heard:?}");
    }
}
