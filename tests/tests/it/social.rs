//! Friends, blocks and invites where they touch each other: what a block ends, what nobody can tell,
//! what can be done twice.

use std::time::Duration;

use e2e::{App, Person, Socket, each, name};
use serde_json::{Value, json};

use crate::actions::two;

const EVENTS: &str = "/ws/events/";
const INVITES: &str = "/api/v1/invites/";
const NOBODY: &str = "01890a5d-ac96-774b-bcce-b302099a8057";

async fn open(app: &App, person: &Person, node: usize) -> Socket {
    let mut socket = app.greeted(person, node, EVENTS).await.0;
    socket.settled().await;
    socket
}

async fn invite(from: &Person, to: &Person) -> String {
    let sent = from.post(INVITES, json!({"username": to.name}));
    sent.await.expect(201).data()["id"]
        .as_str()
        .unwrap()
        .to_owned()
}

async fn block(one: &Person, other: &Person) {
    let blocked = one.post("/api/v1/blocks/", json!({"username": other.name}));
    blocked.await.expect(201);
}

#[tokio::test]
async fn block_cancels_invites_and_requests_and_both_hear_of_it() {
    for app in each().await {
        let (ada, bob) = (app.person("ada").await, app.person("bob").await);
        let (mut at_ada, mut at_bob) = (open(&app, &ada, 0).await, open(&app, &bob, 1).await);
        let id = invite(&bob, &ada).await;
        let wanted = json!({"username": "ada"});
        bob.post("/api/v1/friends/requests/", wanted)
            .await
            .expect(201);
        block(&ada, &bob).await;
        for (socket, other) in [(&mut at_ada, "bob"), (&mut at_bob, "ada")] {
            let canceled = socket.next_named("game_invite_canceled").await;
            assert_eq!(canceled["data"]["id"], id.as_str(), "{}", app.name);
            assert_eq!(canceled["data"]["username"], other);
            assert_eq!(canceled["data"]["reason"], "canceled");
            socket.next_named("friend_request_removed").await;
        }
        ada.post(&format!("{INVITES}{id}/accept/"), json!({}))
            .await
            .refused(404, "invites.not_found");
        ada.delete("/api/v1/blocks/bob/").await.expect(200);
        ada.post(&format!("{INVITES}{id}/accept/"), json!({}))
            .await
            .refused(409, "invites.canceled");
    }
}

/// What these routes and actions answer somebody who names this person.
async fn answers(who: &Person, socket: &mut Socket, name: &str, id: &str) -> Vec<Value> {
    let named = json!({"username": name});
    let mut answers = vec![];
    for answer in [
        who.get(&format!("/api/v1/users/{name}/")).await,
        who.post("/api/v1/friends/requests/", named.clone()).await,
        who.delete(&format!("/api/v1/friends/{name}/")).await,
        who.delete(&format!("/api/v1/blocks/{name}/")).await,
        who.post(INVITES, named.clone()).await,
    ] {
        answers.push(json!([answer.status, answer.json()["error"]["code"]]));
    }
    let me = who.get("/api/v1/users/profile/").await.data()["id"].clone();
    for (action, data) in [
        ("game_invite", named.clone()),
        (
            "reply_game_invite",
            json!({"username": name, "accept": true}),
        ),
        ("game_accepted", named.clone()),
        ("game_declined", named.clone()),
        ("cancel_game_invite", named.clone()),
        (
            "add_new_friend",
            json!({"sender_id": me, "receiver_id": id}),
        ),
        ("user_online", named.clone()),
        ("user_offline", named),
    ] {
        let answer = socket.ask(action, data).await;
        answers.push(json!([action, answer["action"], answer["data"]["code"]]));
    }
    answers
}

#[tokio::test]
async fn the_blocked_and_the_unknown_get_the_same_answers() {
    for app in each().await {
        let (ada, bob) = (app.person("ada").await, app.person("bob").await);
        // There was something between them, which must not show either.
        ada.befriend(&bob).await;
        invite(&bob, &ada).await;
        block(&ada, &bob).await;
        let id = ada.get("/api/v1/users/profile/").await.data()["id"].clone();
        let mut at_bob = open(&app, &bob, 1).await;
        let unknown = answers(&bob, &mut at_bob, "nobody", NOBODY).await;
        let blocked = answers(&bob, &mut at_bob, "ada", id.as_str().unwrap()).await;
        assert_eq!(blocked, unknown, "{}", app.name);
        let codes = unknown.iter().filter_map(|answer| answer[1].as_str());
        assert!(codes.clone().count() > 0 && !codes.clone().any(str::is_empty));
    }
}

#[tokio::test]
async fn acts_that_can_only_happen_once_give_the_same_answer_again() {
    for app in each().await {
        let (ada, bob) = (app.person("ada").await, app.person("bob").await);
        let ask = || ada.post("/api/v1/friends/requests/", json!({"username": "bob"}));
        let id = |asked: e2e::Answer| asked.expect(201).data()["request"]["id"].clone();
        let canceled = id(ask().await);
        let path = |id: &Value| format!("/api/v1/friends/requests/{}/", id.as_str().unwrap());
        for _ in 0..2 {
            ada.delete(&path(&canceled)).await.expect(200);
        }
        let accepted = id(ask().await);
        let accept = format!("{}accept/", path(&accepted));
        let first = bob.post(&accept, json!({})).await.expect(200).data();
        assert_eq!(first["username"], "ada");
        assert_eq!(bob.post(&accept, json!({})).await.expect(200).data(), first);
        ada.delete("/api/v1/friends/bob/").await.expect(200);
        bob.post(&accept, json!({}))
            .await
            .refused(404, "friends.request_not_found");
        let declined = id(ask().await);
        for _ in 0..2 {
            let decline = format!("{}decline/", path(&declined));
            bob.post(&decline, json!({})).await.expect(200);
        }
        ask().await.refused(409, "friends.declined_recently");
        let sent = invite(&ada, &bob).await;
        for (who, act) in [(&bob, "decline"), (&bob, "decline")] {
            let act = format!("{INVITES}{sent}/{act}/");
            let answer = who.post(&act, json!({})).await.expect(200).data();
            assert_eq!(answer["status"], "declined");
        }
    }
}

#[tokio::test]
async fn invites_that_cross_make_one_match_and_its_people_are_busy() {
    for app in each().await {
        let (ada, bob) = (app.person("ada").await, app.person("bob").await);
        let cat = app.person("cat").await;
        let (mut at_ada, mut at_bob) = (open(&app, &ada, 0).await, open(&app, &bob, 1).await);
        let id = invite(&ada, &bob).await;
        let other = json!({"username": "ada", "options": {"game_speed": "fast"}});
        bob.post(INVITES, other)
            .await
            .refused(409, "invites.crossed");
        let met = bob.post(INVITES, json!({"username": "ada"})).await;
        let met = met.expect(201).data();
        assert_eq!(
            (&met["id"], &met["status"]),
            (&json!(id), &json!("accepted"))
        );
        for socket in [&mut at_ada, &mut at_bob] {
            socket.next_named("game_accepted").await;
            let found = socket.next_named("game_found").await;
            assert_eq!(found["data"]["match_id"], met["match_id"]);
        }
        for name in ["ada", "bob"] {
            cat.post(INVITES, json!({"username": name}))
                .await
                .refused(409, "invites.opponent_busy");
        }
        ada.post(INVITES, json!({"username": "cat"}))
            .await
            .refused(409, "invites.you_are_playing");
    }
}

#[tokio::test]
async fn who_closes_their_page_is_offline_before_the_grace_of_a_lost_one_is_over() {
    for app in each().await {
        let (ada, bob) = (app.person("ada").await, app.person("bob").await);
        ada.befriend(&bob).await;
        let mut at_ada = open(&app, &ada, 0).await;
        let first = open(&app, &bob, 1).await;
        let second = open(&app, &bob, 0).await;
        at_ada.next_named("user_online").await;
        first.leave().await;
        second.leave().await;
        // It takes 3 s where it took 15.
        let soon = Duration::from_secs(12);
        let gone = tokio::time::timeout(soon, at_ada.next_named("user_offline")).await;
        let gone = gone.unwrap_or_else(|_| panic!("too late on {}", app.name));
        assert_eq!(gone["data"]["username"], "bob");
    }
}

#[tokio::test]
async fn who_says_that_they_are_off_is_off_whatever_was_closed_before() {
    for app in each().await {
        let (ada, bob) = (app.person("ada").await, app.person("bob").await);
        ada.befriend(&bob).await;
        let mut at_ada = open(&app, &ada, 0).await;
        let first = open(&app, &bob, 1).await;
        let mut second = open(&app, &bob, 1).await;
        at_ada.next_named("user_online").await;
        first.leave().await;
        second
            .done("user_offline", json!({"username": "bob"}))
            .await;
        let gone = at_ada.next_named("user_offline").await;
        assert_eq!(gone["data"]["status"], "offline");
    }
}

#[tokio::test]
async fn invites_are_answered_declined_taken_back_and_refused() {
    for app in each().await {
        let mut two = two(&app).await;
        let invite = |mark: &str| json!({"username": "bob", "client_id": mark, "options": {"game_speed": "fast"}});
        two.at_ada.done("game_invite", invite("i-1")).await;
        let invited = two.at_bob.next_named("game_invite").await;
        assert_eq!(invited["data"]["options"]["game_speed"], "fast");
        two.at_ada
            .refused("game_invite", invite("i-2"), "invites.already_pending")
            .await;
        two.at_bob
            .done("game_declined", json!({"username": "ada"}))
            .await;
        let declined = two.at_ada.next_named("game_declined").await;
        assert_eq!(declined["data"]["client_id"], "i-1");
        two.at_ada.done("game_invite", invite("i-3")).await;
        two.at_bob.next_named("game_invite").await;
        let bob = json!({"username": "bob"});
        let event = "game_invite_canceled";
        let own = two
            .at_ada
            .done_hearing("cancel_game_invite", bob, event)
            .await;
        for canceled in [own, two.at_bob.next_named(event).await] {
            assert_eq!(
                (&canceled["data"]["client_id"], &canceled["data"]["reason"]),
                (&json!("i-3"), &json!("canceled"))
            );
        }
        two.at_ada.done("game_invite", invite("i-4")).await;
        let invited = two.at_bob.next_named("game_invite").await;
        let decline = json!({"id": invited["data"]["id"], "accept": false});
        two.at_bob.done("reply_game_invite", decline).await;
        two.at_ada.next_named("game_declined").await;
        two.at_ada.done("game_invite", invite("i-5")).await;
        two.at_bob.next_named("game_invite").await;
        let ada = json!({"username": "ada"});
        let at_bob = two
            .at_bob
            .done_hearing("game_accepted", ada, "game_found")
            .await;
        two.at_ada.next_named("game_accepted").await;
        let at_ada = two.at_ada.next_named("game_found").await;
        assert_eq!(at_bob["data"]["opponent"]["username"], "ada");
        assert_eq!(at_ada["data"]["opponent"]["username"], "bob");
        assert_eq!(at_ada["data"]["match_id"], at_bob["data"]["match_id"]);
    }
}

#[tokio::test]
async fn an_invite_that_cannot_be_is_canceled_with_its_reason() {
    for app in each().await {
        let mut two = two(&app).await;
        let cases = [
            (json!({"username": "ada"}), "users.oneself"),
            (json!({"username": "nobody"}), "users.not_found"),
            (
                json!({"username": "bob", "game": "chess"}),
                "invites.unknown_game",
            ),
            (
                json!({"username": "bob", "options": {"score_to_win": 99}}),
                "invites.options_invalid",
            ),
        ];
        for (mut data, code) in cases {
            data["client_id"] = json!(code);
            let cid = two.at_ada.mark("game_invite", data).await;
            let canceled = two.at_ada.next_named("game_invite_canceled").await;
            assert_eq!(
                (&canceled["data"]["client_id"], &canceled["data"]["code"]),
                (&json!(code), &json!(code))
            );
            let error = two.at_ada.next_named("error").await;
            assert_eq!(
                (&error["data"]["cid"], &error["data"]["code"]),
                (&json!(cid), &json!(code))
            );
        }
        for action in ["game_accepted", "game_declined", "cancel_game_invite"] {
            let whose = json!({"username": "bob"});
            two.at_ada.refused(action, whose, "invites.not_found").await;
        }
        let unknown = json!({"id": NOBODY, "accept": true});
        two.at_ada
            .refused("reply_game_invite", unknown, "invites.not_found")
            .await;
        let mut new = app.visitor();
        new.register("new").await;
        new.sign_in().await;
        let mut at_new = app.greeted(&new, 0, EVENTS).await.0;
        let invite = json!({"username": "ada", "client_id": "n"});
        at_new
            .refused("game_invite", invite.clone(), "auth.email_not_verified")
            .await;
        new.verify_email().await;
        e2e::until("the socket knows that the address is proven", || async {
            new.get("/api/v1/users/profile/").await.data()["email_verified"] == true
        })
        .await;
        // What a node remembers of a session is at most a second old.
        loop {
            let answer = at_new.ask("game_invite", invite.clone()).await;
            if name(&answer) == "ack" {
                break;
            }
            assert_eq!(answer["data"]["code"], "auth.email_not_verified");
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        two.at_ada.next_named("game_invite").await;
    }
}
