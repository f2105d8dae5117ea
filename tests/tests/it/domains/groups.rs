//! Groups.

use e2e::{App, TestUser, deployments};
use futures_util::FutureExt;
use futures_util::future::join_all;
use serde_json::{Value, json};

use super::Domain;
use crate::idempotency::Creation;
use crate::statements::Meter;

const GROUPS: &str = "/api/v1/social/groups/";

pub(super) const DOMAIN: Domain = Domain {
    fill_lists: |user| create_two(user).boxed_local(),
    creation: |operation| {
        let body = json!({"name": "Sunday league"});
        (operation == "create_group").then(|| Creation::new(GROUPS, body, 2))
    },
    measure: |meter| measure(meter).boxed_local(),
};

async fn create_two(user: &TestUser) {
    for name in ["First league", "Second league"] {
        create(user, json!({"name": name})).await;
    }
}

async fn create(user: &TestUser, body: Value) -> Value {
    user.post(GROUPS, body).await.expect(201).data()
}

async fn measure(meter: &Meter<'_>) {
    let user = meter.app.user("gideon").await;
    let body = json!({"name": "Measured league"});
    let created = meter
        .call(&user, &format!("POST {GROUPS}"), &[], body)
        .await;
    let id = created.data()["id"].as_str().unwrap().to_owned();
    meter.read(&user, &format!("GET {GROUPS}"), &[]).await;
    meter
        .read(&user, &format!("GET {GROUPS}{{id}}/"), &[&id])
        .await;
}

fn path_of(group: &Value) -> String {
    format!("{GROUPS}{}/", group["id"].as_str().unwrap())
}

#[tokio::test]
async fn create_group_is_visible_to_those_who_may_see_it() {
    for app in deployments().await {
        let (ada, grace) = (app.user("ada").await, app.user("grace").await);
        let open = create(
            &ada,
            json!({"name": "Sunday league", "description": "Pong."}),
        )
        .await;
        assert_eq!(
            (&open["privacy"], &open["member_count"], &open["is_member"]),
            (&json!("public"), &json!(1), &json!(true))
        );
        let secret = json!({"name": "Secret league", "privacy": "invite_only"});
        let secret = create(&ada, secret).await;
        let seen = grace.get(&path_of(&open)).await.expect(200).data();
        assert_eq!(
            (&seen["id"], &seen["is_member"]),
            (&open["id"], &json!(false))
        );
        grace
            .get(&path_of(&secret))
            .await
            .expect_error(404, "groups.not_found");
        let listed = grace.get(GROUPS).await.expect(200).data();
        assert_eq!(listed.as_array().unwrap().len(), 1, "{listed}");
        assert_eq!(ada.get(GROUPS).await.data().as_array().unwrap().len(), 2);
    }
}

#[tokio::test]
async fn create_group_refuses_invalid_requests() {
    for app in App::with().flag("--rate-limits", "off").deployments().await {
        let ada = app.user("ada").await;
        for (body, code) in [
            (json!({}), "invalid_fields"),
            (json!({"name": 7}), "invalid_fields"),
            (json!({"name": "ab"}), "groups.name_invalid"),
            (json!({"name": "a".repeat(51)}), "groups.name_invalid"),
            (
                json!({"name": "Sunday league", "privacy": "secret"}),
                "invalid_fields",
            ),
            (
                json!({"name": "Sunday league", "description": "a".repeat(2_001)}),
                "groups.description_invalid",
            ),
        ] {
            ada.post(GROUPS, body).await.expect_error(422, code);
        }
        app.anonymous()
            .post(GROUPS, json!({"name": "Sunday league"}))
            .await
            .expect_error(401, "auth.not_signed_in");
        assert_eq!(
            ada.get(GROUPS).await.data(),
            json!([]),
            "nothing is half-written"
        );
        ada.get(&format!("{GROUPS}nonsense/"))
            .await
            .expect_error(400, "malformed_id");
    }
}

#[tokio::test]
async fn create_group_refuses_a_taken_name() {
    for app in deployments().await {
        let (ada, grace) = (app.user("ada").await, app.user("grace").await);
        let body = json!({"name": "Sunday league"});
        let sent = [&ada, &grace].map(|user| user.post(GROUPS, body.clone()));
        let mut responses = join_all(sent).await;
        responses.sort_by_key(|response| response.status);
        assert_eq!(responses[0].status, 201);
        responses[1].expect_error(409, "groups.name_taken");
    }
}

#[tokio::test]
async fn create_group_is_limited() {
    for app in deployments().await {
        let ada = app.user("ada").await;
        for name in ["First league", "Second league", "Third league"] {
            create(&ada, json!({"name": name})).await;
        }
        let fourth = ada.post(GROUPS, json!({"name": "Fourth league"})).await;
        fourth.expect_error(429, "too_many_requests");
    }
}
