//! Friends, requests, suggestions, blocks.

use e2e::TestUser;
use futures_util::future::join_all;
use serde_json::json;

use super::meter::Meter;
use super::{create_users, id_in};

const REQUESTS: &str = "/api/v1/friends/requests/";

pub(super) async fn measure(meter: &Meter<'_>) {
    let [mia, ned, oli, pam, quin, rob] =
        create_users(meter.app, ["mia", "ned", "oli", "pam", "quin", "rob"]).await;
    for friend in [&ned, &oli] {
        mia.befriend(friend).await;
        friend.befriend(&rob).await;
    }
    requests(meter, &mia, [&pam, &quin, &rob]).await;
    lists(meter, &mia).await;
    let label = "DELETE /api/v1/friends/{username}/";
    meter.read(&mia, label, &["ned"]).await;
    blocks(meter, &mia, &oli).await;
}

async fn asked(from: &TestUser, to: &TestUser) -> String {
    let asked = from.post(REQUESTS, json!({"username": to.name})).await;
    id_in(&asked.expect(201).data()["request"])
}

async fn requests(meter: &Meter<'_>, mia: &TestUser, [pam, quin, rob]: [&TestUser; 3]) {
    let label = format!("POST {REQUESTS}");
    let sent = meter
        .call(mia, &label, &[], json!({"username": "pam"}))
        .await;
    let sent = id_in(&sent.data()["request"]);
    let label = format!("DELETE {REQUESTS}{{id}}/");
    meter.read(mia, &label, &[&sent]).await;
    let incoming = join_all([pam, quin, rob].map(|from| asked(from, mia))).await;
    meter.read(mia, &format!("GET {REQUESTS}"), &[]).await;
    for (response, id) in ["accept", "decline"].iter().zip(&incoming) {
        let label = format!("POST {REQUESTS}{{id}}/{response}/");
        meter.call(mia, &label, &[id], json!({})).await;
    }
    let label = format!("POST {REQUESTS} (the other has asked)");
    meter
        .call(mia, &label, &[], json!({"username": "rob"}))
        .await;
    mia.delete("/api/v1/friends/rob/").await.expect(200);
}

async fn lists(meter: &Meter<'_>, mia: &TestUser) {
    for path in ["/api/v1/friends/", "/api/v1/friends/suggestions/"] {
        let listed = meter.read(mia, &format!("GET {path}"), &[]).await;
        assert!(!listed.data().as_array().unwrap().is_empty(), "{path}");
    }
}

async fn blocks(meter: &Meter<'_>, mia: &TestUser, oli: &TestUser) {
    let chat = oli.chat_with(mia).await;
    super::write(oli, &chat, "hello").await;
    let label = "POST /api/v1/blocks/";
    let quin = json!({"username": "quin"});
    meter.call(mia, label, &[], quin).await;
    let label = "POST /api/v1/blocks/ (a friend)";
    meter
        .call(mia, label, &[], json!({"username": "oli"}))
        .await;
    meter.read(mia, "GET /api/v1/blocks/", &[]).await;
    let label = "DELETE /api/v1/blocks/{username}/";
    meter.read(mia, label, &["quin"]).await;
}
