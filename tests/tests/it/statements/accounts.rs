//! Profiles, pictures, search, exports, deletion.

use e2e::{PASSWORD, TestUser, until};
use reqwest::Method;
use serde_json::json;

use super::meter::Meter;
use super::{create_users, id_in, write};
use crate::profiles::png;

pub(super) async fn measure(meter: &Meter<'_>) {
    let [amy, ben] = create_users(meter.app, ["amy", "ben"]).await;
    amy.befriend(&ben).await;
    profile(meter, &amy).await;
    settings(meter, &amy).await;
    picture(meter, &amy, &ben).await;
    others(meter, &ben).await;
    export(meter, &amy).await;
    deletion(meter, &amy, &ben).await;
}

async fn profile(meter: &Meter<'_>, amy: &TestUser) {
    let changes = json!({"display_name": "Amy L.", "bio": "First."});
    meter
        .call(amy, "PATCH /api/v1/users/profile/", &[], changes)
        .await;
    let proof = json!({"password": PASSWORD});
    amy.post("/api/v1/auth/step-up/", proof).await.expect(200);
    let address = json!({"email": "amy2@example.org"});
    meter
        .call(
            amy,
            "PATCH /api/v1/users/profile/ (new address)",
            &[],
            address,
        )
        .await;
    let mut reader = meter.app.anonymous();
    reader.name = "amy2".to_owned();
    let token = json!({"token": reader.mailed_token("verify-email").await});
    meter
        .call(
            amy,
            "POST /api/v1/auth/email/verify/ (new address)",
            &[],
            token,
        )
        .await;
    let whole = json!({"email": "amy2@example.org", "display_name": "Amy", "theme": "dark",
        "privacy": {"match_history": "nobody"}});
    meter
        .call(amy, "PUT /api/v1/users/profile/", &[], whole)
        .await;
    meter.read(amy, "GET /api/v1/users/profile/", &[]).await;
}

async fn settings(meter: &Meter<'_>, amy: &TestUser) {
    for (path, body) in [
        ("ai-settings/", json!({"level": "hard", "adaptive": true})),
        ("preferences/", json!({"pong": {"paddle": "#33ff99"}})),
        ("status/", json!({"status": "away"})),
    ] {
        let (put, get) = ("PUT", "GET");
        let label = |method| format!("{method} /api/v1/users/profile/{path}");
        meter.call(amy, &label(put), &[], body).await;
        meter.read(amy, &label(get), &[]).await;
    }
}

async fn picture(meter: &Meter<'_>, amy: &TestUser, ben: &TestUser) {
    let upload = amy
        .authenticated_request(Method::POST, "/api/v1/users/profile/avatar/")
        .header("content-type", "image/png")
        .body(png(64, 64));
    meter
        .measure("POST /api/v1/users/profile/avatar/", amy.send(upload))
        .await
        .expect(200);
    let label = "GET /api/v1/users/{username}/avatar/";
    meter.read(ben, label, &["amy"]).await;
    meter
        .read(ben, &format!("{label} (none was uploaded)"), &["ben"])
        .await;
    meter
        .read(amy, "DELETE /api/v1/users/profile/avatar/", &[])
        .await;
}

async fn others(meter: &Meter<'_>, ben: &TestUser) {
    meter.read(ben, "GET /api/v1/users/?search=am", &[]).await;
    let label = "GET /api/v1/users/{username}/";
    meter.read(ben, label, &["amy"]).await;
}

async fn export(meter: &Meter<'_>, amy: &TestUser) {
    const EXPORTS: &str = "/api/v1/users/profile/export/";
    let label = format!("POST {EXPORTS}");
    let asked = meter.call(amy, &label, &[], json!({})).await;
    let id = id_in(&asked.data());
    until("the export is ready", async || {
        let path = format!("{EXPORTS}{id}/");
        amy.get(&path).await.data()["state"] == "ready"
    })
    .await;
    meter.read(amy, &format!("GET {EXPORTS}"), &[]).await;
    for path in ["{id}/", "{id}/download/"] {
        meter
            .read(amy, &format!("GET {EXPORTS}{path}"), &[&id])
            .await;
    }
}

async fn deletion(meter: &Meter<'_>, amy: &TestUser, ben: &TestUser) {
    let chat = amy.chat_with(ben).await;
    write(amy, &chat, "good-bye").await;
    write(ben, &chat, "take care").await;
    let proof = json!({"password": PASSWORD});
    meter
        .call(amy, "DELETE /api/v1/users/profile/", &[], proof)
        .await;
}
