//! Invites to games.

use e2e::TestUser;
use futures_util::future::join_all;
use serde_json::json;

use super::meter::Meter;
use super::{create_users, id_in};

const INVITES: &str = "/api/v1/invites/";

pub(super) async fn measure(meter: &Meter<'_>) {
    let [wes, xia, yan, zed] = create_users(meter.app, ["wes", "xia", "yan", "zed"]).await;
    let label = format!("POST {INVITES}");
    let sent = meter.call(&wes, &label, &[], json!({"username": "xia"}));
    let sent = id_in(&sent.await.data());
    let incoming = join_all([&yan, &zed].map(|from| invited(from, &wes))).await;
    meter.read(&wes, &format!("GET {INVITES}"), &[]).await;
    meter.read(&wes, &format!("GET {INVITES}inbox/"), &[]).await;
    let cancel = format!("POST {INVITES}{{id}}/cancel/");
    meter.call(&wes, &cancel, &[&sent], json!({})).await;
    for (response, id) in ["accept", "decline"].iter().zip(&incoming) {
        let label = format!("POST {INVITES}{{id}}/{response}/");
        meter.call(&wes, &label, &[id], json!({})).await;
    }
    drop(xia);
}

pub(super) async fn invited(from: &TestUser, to: &TestUser) -> String {
    let sent = from.post(INVITES, json!({"username": to.name})).await;
    id_in(&sent.expect(201).data())
}
