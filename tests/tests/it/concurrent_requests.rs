//! Concurrent requests.

use e2e::{App, PASSWORD, TestUser, deployments};
use serde_json::{Value, json};

/// Sends the same request of many users at the same time; returns the statuses.
async fn all_at_once(
    app: &App,
    count: usize,
    path: &'static str,
    body: impl Fn(usize) -> Value,
) -> Vec<u16> {
    let tasks: Vec<_> = (0..count)
        .map(|n| {
            let (user, body): (TestUser, Value) = (app.anonymous(), body(n));
            tokio::spawn(async move { user.post(path, body).await.status })
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
async fn concurrent_registrations_give_the_name_once() {
    for app in deployments().await {
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
async fn concurrent_use_of_a_link_counts_once() {
    for app in deployments().await {
        let ada = app.user("ada").await;
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
async fn concurrent_refreshes_return_the_same_token() {
    for app in deployments().await {
        let ada = app.user("ada").await;
        let refresh = json!({"refresh": ada.refresh});
        let statuses = all_at_once(&app, 6, "/api/v1/token/refresh/", |_| refresh.clone()).await;
        assert_eq!(statuses, [200; 6], "two tabs may renew at once");
    }
}
