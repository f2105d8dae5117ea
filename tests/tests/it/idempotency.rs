//! `Idempotency-Key` on every POST of the document that makes something: one effect and one answer,
//! however many requests meet, on however many nodes.

use e2e::{Answer, App, PASSWORD, Person, each};
use futures_util::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};

use crate::domains::DOMAINS;

/// A request that creates something.
pub(crate) struct Creation {
    path: String,
    body: Value,
    /// How many are sent at once; fewer where a limit is low or the work dear.
    count: usize,
}

impl Creation {
    pub(crate) fn new(path: &str, body: Value, count: usize) -> Self {
        let path = path.to_owned();
        Self { path, body, count }
    }

    async fn send(&self, person: &Person, key: &str, body: &Value) -> Answer {
        let request = person.signed(Method::POST, &self.path);
        person
            .send(request.header("idempotency-key", key).json(body))
            .await
    }
}

/// Somebody who can make everything, with a friend and a message of that friend.
struct Scene {
    ada: Person,
    visitor: Person,
    chat: String,
    message: String,
}

impl Scene {
    async fn of(app: &App) -> Self {
        let (ada, bob) = (app.person("ada").await, app.person("bob").await);
        for name in ["carl", "dora"] {
            app.person(name).await;
        }
        ada.befriend(&bob).await;
        let chat = ada.chat_with(&bob).await;
        let path = format!("/api/v1/chats/rooms/{chat}/messages/");
        let message = bob.post(&path, json!({"content": "Hi"})).await.expect(201);
        let message = message.data()["id"].as_str().unwrap().to_owned();
        let proof = json!({"password": PASSWORD});
        ada.post("/api/v1/auth/step-up/", proof).await.expect(200);
        let on = ada.post("/api/v1/auth/2fa/email/enable/", json!({})).await;
        on.expect(200);
        let visitor = app.visitor();
        Self {
            ada,
            visitor,
            chat,
            message,
        }
    }

    /// How an operation is called; nothing where nothing can be made yet.
    fn creation(&self, operation: &str) -> Option<(&Person, Creation)> {
        let (ada, visitor) = (&self.ada, &self.visitor);
        let register = json!({
            "username": "eve", "email": "eve@example.org", "password": PASSWORD,
            "password_confirm": PASSWORD,
        });
        let messages = format!("/api/v1/chats/rooms/{}/messages/", self.chat);
        let report = format!("/api/v1/messages/{}/report/", self.message);
        let creation = match operation {
            "register" => {
                return Some((
                    visitor,
                    Creation::new("/api/v1/users/register/", register, 3),
                ));
            }
            "ws_ticket" => Creation::new("/api/v1/auth/ws-ticket/", json!({}), 20),
            "renew_recovery_codes" => {
                Creation::new("/api/v1/auth/2fa/recovery-codes/", json!({}), 20)
            }
            "block_user" => Creation::new("/api/v1/blocks/", json!({"username": "dora"}), 20),
            "send_request" => {
                Creation::new("/api/v1/friends/requests/", json!({"username": "carl"}), 20)
            }
            "send_invite" => Creation::new("/api/v1/invites/", json!({"username": "bob"}), 10),
            "post_room_message" => Creation::new(&messages, json!({"content": "Hello"}), 20),
            "report_message" => Creation::new(&report, json!({"reason": "spam"}), 20),
            "request_export" => Creation::new("/api/v1/users/profile/export/", json!({}), 4),
            // There are no matches to play again yet; both go the way of `send_invite`.
            "offer_rematch" | "challenge_again" => return None,
            other => DOMAINS
                .iter()
                .find_map(|domain| (domain.creation)(other))
                .unwrap_or_else(|| panic!("{other} creates something: its domain has no call")),
        };
        Some((ada, creation))
    }
}

/// The operations that make something: those that answer 201 to a POST.
async fn creating(app: &App) -> Vec<(String, Value)> {
    let document = app.visitor().get("/openapi.json").await.expect(200).json();
    let paths = document["paths"].as_object().unwrap().values();
    let posts = paths.filter_map(|item| item.get("post"));
    let made = posts.filter(|operation| operation["responses"]["201"].is_object());
    let named = |operation: &Value| {
        let name = operation["operationId"].as_str().unwrap().to_owned();
        (name, operation.clone())
    };
    made.map(named).collect()
}

#[tokio::test]
async fn every_creating_post_declares_and_honours_the_key() {
    for app in each().await {
        let scene = Scene::of(&app).await;
        let all = creating(&app).await;
        assert!(all.len() >= 11, "{}", all.len());
        for (name, operation) in all {
            let parameters = operation["parameters"].as_array().cloned();
            let declared = parameters.unwrap_or_default();
            let declared = declared.iter().any(|one| one["name"] == "Idempotency-Key");
            assert!(declared, "{name} does not declare the key");
            let Some((person, creation)) = scene.creation(&name) else {
                continue;
            };
            let sent = (0..creation.count).map(|_| creation.send(person, &name, &creation.body));
            let answers = join_all(sent).await;
            let first = answers[0].json();
            for answer in &answers {
                assert_eq!(answer.status, 201, "{name}: {}", answer.text());
                assert_eq!(answer.json(), first, "{name}");
            }
            let other = creation.send(person, &name, &json!({"moon": 1})).await;
            assert_eq!(other.status, 422, "{name}: {}", other.text());
            let fresh = answers
                .iter()
                .filter(|answer| answer.header("idempotency-replayed").is_empty());
            assert_eq!(fresh.count(), 1, "{name} was done more than once");
        }
    }
}

#[tokio::test]
async fn repeats_are_neither_counted_nor_refused_by_limits() {
    for app in each().await {
        let scene = Scene::of(&app).await;
        for name in ["request_export", "register"] {
            let (person, creation) = scene.creation(name).unwrap();
            let first = creation.send(person, "k", &creation.body).await.expect(201);
            let left = first.header("ratelimit-remaining").to_owned();
            for _ in 0..25 {
                let again = creation.send(person, "k", &creation.body).await;
                let again = again.expect(201);
                assert_eq!(again.header("idempotency-replayed"), "true", "{name}");
                assert_eq!(again.header("ratelimit-remaining"), left, "{name}");
                assert_eq!(again.json(), first.json(), "{name}");
            }
        }
        let (ada, creation) = scene.creation("request_export").unwrap();
        let mut last = 201;
        for n in 0..25 {
            let body = &creation.body;
            last = creation.send(ada, &format!("key-{n}"), body).await.status;
        }
        assert_eq!(last, 429, "keys of their own are counted");
        let again = creation.send(ada, "k", &creation.body).await;
        assert_eq!(again.status, 201, "{}", again.text());
    }
}

#[tokio::test]
async fn post_message_answers_with_the_text_as_it_is_now() {
    for app in each().await {
        let scene = Scene::of(&app).await;
        let (ada, creation) = scene.creation("post_room_message").unwrap();
        let send = || creation.send(ada, "k", &creation.body);
        let first = send().await.expect(201).data();
        let path = format!("/api/v1/messages/{}/", first["id"].as_str().unwrap());
        let edited = ada.patch(&path, json!({"content": "Other"})).await;
        edited.expect(200);
        let again = send().await.expect(201).data();
        assert_eq!(
            (&again["id"], &again["content"]),
            (&first["id"], &json!("Other"))
        );
        ada.delete(&path).await.expect(200);
        let gone = send().await.expect(201).data();
        assert_eq!(
            (&gone["is_deleted"], &gone["content"]),
            (&json!(true), &json!(""))
        );
        let other = creation.send(ada, "k", &json!({"content": "Else"})).await;
        other.refused(422, "idempotency.key_reused");
    }
}
