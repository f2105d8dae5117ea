//! Requests that meet.

use e2e::{App, PASSWORD, Person, each};
use serde_json::{Value, json};

/// Sends the same request from many people at the same moment and gives the statuses.
async fn all_at_once(
    app: &App,
    count: usize,
    path: &'static str,
    body: impl Fn(usize) -> Value,
) -> Vec<u16> {
    let tasks: Vec<_> = (0..count)
        .map(|n| {
            let (person, body): (Person, Value) = (app.visitor(), body(n));
            tokio::spawn(async move { person.post(path, body).await.status })
        })
        .collect();
    let mut statuses = vec![];
    for task in tasks {
        statuses.push(task.await.unwrap());
    }
    statuses.sort_unstable();
    statuses
}

#[tokio::test]
async fn of_registrations_that_meet_one_gets_the_name() {
    for app in each().await {
        let names = ["Strasse", "straße", "STRASSE", "strasse"];
        let statuses = all_at_once(&app, 8, "/api/v1/users/register/", |n| {
            json!({"username": names[n % 4], "email": format!("a{n}@example.org"), "password": PASSWORD, "password_confirm": PASSWORD})
        })
        .await;
        assert_eq!(
            statuses,
            [201, 409, 409, 409, 409, 409, 409, 409],
            "{}",
            app.name
        );
    }
}

#[tokio::test]
async fn of_links_that_are_followed_twice_at_once_one_counts() {
    for app in each().await {
        let ada = app.person("ada").await;
        ada.post(
            "/api/v1/auth/password/forgot/",
            json!({"email": ada.email()}),
        )
        .await
        .expect(200);
        let token = ada.mailed_token("reset-password").await;
        let statuses = all_at_once(&app, 6, "/api/v1/auth/password/reset/", |_| {
            json!({"token": token, "password": "amber-lantern-orbit-27", "password_confirm": "amber-lantern-orbit-27"})
        })
        .await;
        assert_eq!(statuses, [200, 422, 422, 422, 422, 422], "{}", app.name);
    }
}

#[tokio::test]
async fn of_refreshes_that_meet_all_get_the_same_newest_token() {
    for app in each().await {
        let ada = app.person("ada").await;
        let refresh = json!({"refresh": ada.refresh});
        let statuses = all_at_once(&app, 6, "/api/v1/token/refresh/", |_| refresh.clone()).await;
        assert_eq!(statuses, [200; 6], "two tabs may renew at once");
    }
}
