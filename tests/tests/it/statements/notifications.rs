//! Notifications and digest emails.

use e2e::{TestUser, until};
use futures_util::future::join_all;
use reqwest::Method;
use serde_json::json;

use super::meter::Meter;
use super::{create_users, id_in};

const LIST: &str = "/api/v1/notifications/";

pub(super) async fn measure(meter: &Meter<'_>) {
    let [abe, bea, col, dot] = create_users(meter.app, ["abe", "bea", "col", "dot"]).await;
    let named = json!({"username": "abe"});
    join_all([&bea, &col, &dot].map(|other| async {
        for path in ["/api/v1/friends/requests/", "/api/v1/invites/"] {
            other.post(path, named.clone()).await.expect(201);
        }
    }))
    .await;
    until("abe is notified of all", async || {
        abe.get(LIST).await.json()["meta"]["total"] == 6
    })
    .await;
    let listed = meter.read(&abe, &format!("GET {LIST}"), &[]).await.data();
    let label = format!("POST {LIST}{{id}}/read/");
    let (first, second) = (id_in(&listed[0]), id_in(&listed[1]));
    meter.call(&abe, &label, &[&first], json!({})).await;
    let label = format!("DELETE {LIST}{{id}}/");
    meter.read(&abe, &label, &[&second]).await;
    for act in ["mark_all_as_read/", "clear/"] {
        let label = format!("POST {LIST}{act}");
        meter.call(&abe, &label, &[], json!({})).await;
    }
    preferences(meter, &abe).await;
}

async fn preferences(meter: &Meter<'_>, abe: &TestUser) {
    let preferences = format!("{LIST}preferences/");
    let digest = json!({"digest": "soon", "kinds": {"system": {"in_app": true, "email": false}}});
    let label = format!("PUT {preferences}");
    meter.call(abe, &label, &[], digest).await;
    meter.read(abe, &format!("GET {preferences}"), &[]).await;
    let link = async || {
        let mails = abe.mails().await;
        let mut links = mails.iter().filter_map(|mail| mail["unsubscribe"].as_str());
        links.next().map(str::to_owned)
    };
    until("a digest is mailed", async || link().await.is_some()).await;
    let link = link().await.unwrap();
    let path = link.strip_prefix("http://localhost:8080").unwrap();
    let anonymous = meter.app.anonymous();
    let label = format!("GET {LIST}unsubscribe/");
    let page = meter.measure(&label, anonymous.get(path)).await;
    page.expect(200);
    let click = anonymous
        .request(Method::POST, path)
        .header("content-type", "application/x-www-form-urlencoded")
        .body("List-Unsubscribe=One-Click");
    let label = format!("POST {LIST}unsubscribe/");
    meter
        .measure(&label, anonymous.send(click))
        .await
        .expect(200);
}
