//! Groups.

use e2e::{App, Person, each};
use futures_util::FutureExt;
use futures_util::future::join_all;
use serde_json::{Value, json};

use super::Domain;
use crate::idempotency::Creation;
use crate::statements::Meter;

const GROUPS: &str = "/api/v1/social/groups/";

pub(super) const DOMAIN: Domain = Domain {
    fill_lists: |person| create_two(person).boxed_local(),
    creation: |operation| {
        let body = json!({"name": "Sunday league"});
        (operation == "create_group").then(|| Creation::new(GROUPS, body, 2))
    },
    measure: |meter| measure(meter).boxed_local(),
};

async fn create_two(person: &Person) {
    for name in ["First league", "Second league"] {
        create(person, json!({"name": name})).await;
    }
}

async fn create(person: &Person, body: Value) -> Value {
    person.post(GROUPS, body).await.expect(201).data()
}

async fn measure(meter: &Meter<'_>) {
    let person = meter.app.person("gideon").await;
    let body = json!({"name": "Measured league"});
    let created = meter
        .call(&person, &format!("POST {GROUPS}"), &[], body)
        .await;
    let id = created.data()["id"].as_str().unwrap().to_owned();
    meter.read(&person, &format!("GET {GROUPS}"), &[]).await;
    meter
        .read(&person, &format!("GET {GROUPS}{{id}}/"), &[&id])
        .await;
}

fn path_of(group: &Value) -> String {
    format!("{GROUPS}{}/", group["id"].as_str().unwrap())
}

#[tokio::test]
async fn created_groups_are_found_by_those_who_may_see_them() {
    for app in each().await {
        let (ada, grace) = (app.person("ada").await, app.person("grace").await);
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
            .refused(404, "groups.not_found");
        let listed = grace.get(GROUPS).await.expect(200).data();
        assert_eq!(listed.as_array().unwrap().len(), 1, "{listed}");
        assert_eq!(ada.get(GROUPS).await.data().as_array().unwrap().len(), 2);
    }
}

#[tokio::test]
async fn create_group_refuses_invalid_requests() {
    for app in App::with().flag("--rate-limits", "off").each().await {
        let ada = app.person("ada").await;
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
            ada.post(GROUPS, body).await.refused(422, code);
        }
        app.visitor()
            .post(GROUPS, json!({"name": "Sunday league"}))
            .await
            .refused(401, "auth.not_signed_in");
        assert_eq!(
            ada.get(GROUPS).await.data(),
            json!([]),
            "nothing is half-written"
        );
        ada.get(&format!("{GROUPS}nonsense/"))
            .await
            .refused(400, "malformed_id");
    }
}

#[tokio::test]
async fn create_group_gives_a_name_once() {
    for app in each().await {
        let (ada, grace) = (app.person("ada").await, app.person("grace").await);
        let body = json!({"name": "Sunday league"});
        let sent = [&ada, &grace].map(|person| person.post(GROUPS, body.clone()));
        let mut answers = join_all(sent).await;
        answers.sort_by_key(|answer| answer.status);
        assert_eq!(answers[0].status, 201);
        answers[1].refused(409, "groups.name_taken");
    }
}

#[tokio::test]
async fn create_group_is_limited() {
    for app in each().await {
        let ada = app.person("ada").await;
        for name in ["First league", "Second league", "Third league"] {
            create(&ada, json!({"name": name})).await;
        }
        let fourth = ada.post(GROUPS, json!({"name": "Fourth league"})).await;
        fourth.refused(429, "too_many_requests");
    }
}
