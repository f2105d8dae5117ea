//! `Idempotency-Key` on every documented POST that creates something: one effect and one result, however
//! many concurrent requests on however many nodes.

use e2e::{App, PASSWORD, Response, TestUser, deployments};
use futures_util::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};

use crate::domains::DOMAINS;

/// A request that creates something.
pub(crate) struct Creation {
    path: String,
    body: Value,
    /// The number of concurrent requests; fewer if a rate limit is low or the request is expensive.
    count: usize,
}

impl Creation {
    pub(crate) fn new(path: &str, body: Value, count: usize) -> Self {
        let path = path.to_owned();
        Self { path, body, count }
    }

    async fn send(&self, user: &TestUser, key: &str, body: &Value) -> Response {
        let request = user.authenticated_request(Method::POST, &self.path);
        user.send(request.header("idempotency-key", key).json(body))
            .await
    }
}

/// A user with a friend and a message of the friend, who can call every operation.
struct IdempotencyScenario {
    ada: TestUser,
    anonymous: TestUser,
    chat: String,
    message: String,
}

impl IdempotencyScenario {
    async fn of(app: &App) -> Self {
        let (ada, bob) = (app.user("ada").await, app.user("bob").await);
        for name in ["carl", "dora"] {
            app.user(name).await;
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
        let anonymous = app.anonymous();
        Self {
            ada,
            anonymous,
            chat,
            message,
        }
    }

    /// The request of an operation; `None` if it cannot succeed yet.
    fn creation(&self, operation: &str) -> Option<(&TestUser, Creation)> {
        let (ada, anonymous) = (&self.ada, &self.anonymous);
        let register = json!({
            "username": "eve", "email": "eve@example.org", "password": PASSWORD,
            "password_confirm": PASSWORD,
        });
        let messages = format!("/api/v1/chats/rooms/{}/messages/", self.chat);
        let report = format!("/api/v1/messages/{}/report/", self.message);
        let creation = match operation {
            "register" => {
                return Some((
                    anonymous,
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
            // There are no finished matches yet; both share the code of `send_invite`.
            "offer_rematch" | "challenge_again" => return None,
            other => DOMAINS
                .iter()
                .find_map(|domain| (domain.creation)(other))
                .unwrap_or_else(|| panic!("{other} creates something: its domain has no call")),
        };
        Some((ada, creation))
    }
}

/// The operations that create something: POST with status 201.
async fn creating(app: &App) -> Vec<(String, Value)> {
    let document = app
        .anonymous()
        .get("/openapi.json")
        .await
        .expect(200)
        .json();
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
async fn create_operations_are_idempotent_per_key() {
    for app in deployments().await {
        let scene = IdempotencyScenario::of(&app).await;
        let all = creating(&app).await;
        assert!(all.len() >= 11, "{}", all.len());
        for (name, operation) in all {
            let parameters = operation["parameters"].as_array().cloned();
            let declared = parameters.unwrap_or_default();
            let declared = declared.iter().any(|one| one["name"] == "Idempotency-Key");
            assert!(declared, "{name} does not declare the key");
            let Some((user, creation)) = scene.creation(&name) else {
                continue;
            };
            let sent = (0..creation.count).map(|_| creation.send(user, &name, &creation.body));
            let responses = join_all(sent).await;
            let first = responses[0].json();
            for response in &responses {
                assert_eq!(response.status, 201, "{name}: {}", response.text());
                assert_eq!(response.json(), first, "{name}");
            }
            let other = creation.send(user, &name, &json!({"moon": 1})).await;
            assert_eq!(other.status, 422, "{name}: {}", other.text());
            let fresh = responses
                .iter()
                .filter(|response| response.header("idempotency-replayed").is_empty());
            assert_eq!(fresh.count(), 1, "{name} was done more than once");
        }
    }
}

#[tokio::test]
async fn repeat_request_is_not_rate_limited() {
    for app in deployments().await {
        let scene = IdempotencyScenario::of(&app).await;
        for name in ["request_export", "register"] {
            let (user, creation) = scene.creation(name).unwrap();
            let first = creation.send(user, "k", &creation.body).await.expect(201);
            let left = first.header("ratelimit-remaining").to_owned();
            for _ in 0..25 {
                let again = creation.send(user, "k", &creation.body).await;
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
async fn repeat_send_message_returns_the_current_text() {
    for app in deployments().await {
        let scene = IdempotencyScenario::of(&app).await;
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
        other.expect_error(422, "idempotency.key_reused");
    }
}
