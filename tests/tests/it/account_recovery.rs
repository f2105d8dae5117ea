//! Account recovery, and what a second factor guards.

use e2e::{PASSWORD, Response, TestUser, deployments};
use serde_json::{Value, json};

const NEW: &str = "amber-lantern-orbit-27";

async fn change_address(user: &TestUser, email: &str) -> Value {
    user.patch("/api/v1/users/profile/", json!({ "email": email }))
        .await
        .expect(200)
        .data()
}

async fn verify(user: &TestUser, token: &str) -> Response {
    user.post("/api/v1/auth/email/verify/", json!({ "token": token }))
        .await
}

/// Enables codes by email; returns the recovery codes.
async fn with_factor(user: &TestUser) -> Vec<Value> {
    user.post("/api/v1/auth/2fa/email/enable/", json!({}))
        .await
        .expect(200)
        .data()["recovery_codes"]
        .as_array()
        .unwrap()
        .clone()
}

async fn subjects(reader: &TestUser) -> Vec<String> {
    let mails = reader.mails().await.into_iter();
    mails
        .map(|mail| mail["subject"].as_str().unwrap().to_owned())
        .collect()
}

/// A client that reads the emails of an address.
fn reader(app: &e2e::App, name: &str) -> TestUser {
    let mut reader = app.anonymous();
    name.clone_into(&mut reader.name);
    reader
}

#[tokio::test]
async fn change_email_is_void_after_log_out_everywhere() {
    for app in deployments().await {
        let ada = app.user("ada").await;
        change_address(&ada, "eve@example.org").await;
        let link = reader(&app, "eve").mailed_token("verify-email").await;
        ada.post("/api/v1/auth/logout-all/", json!({}))
            .await
            .expect(200);
        verify(&app.anonymous(), &link)
            .await
            .expect_field_error(422, "auth.link_invalid", "token");
        let mut owner = app.anonymous();
        "ada".clone_into(&mut owner.name);
        owner.log_in().await;
        let profile = owner.get("/api/v1/users/profile/").await.expect(200).data();
        assert_eq!(profile["email"], "ada@example.org");
        assert_eq!(profile["pending_email"], json!(null));
    }
}

#[tokio::test]
async fn change_unverified_email_releases_the_old_one() {
    for app in deployments().await {
        let mut eve = app.anonymous();
        eve.register("ada").await;
        eve.log_in().await;
        let first = eve.mailed_token("verify-email").await;
        eve.post("/api/v1/auth/2fa/totp/setup/", json!({}))
            .await
            .expect_error(403, "auth.email_not_verified");
        let profile = change_address(&eve, "eve@example.org").await;
        assert_eq!(profile["email"], "eve@example.org");
        assert_eq!(profile["pending_email"], json!(null));
        verify(&eve, &first)
            .await
            .expect_field_error(422, "auth.link_invalid", "token");
        let body = json!({"username": "lovelace", "email": "ada@example.org",
            "password": PASSWORD, "password_confirm": PASSWORD});
        app.anonymous()
            .post("/api/v1/users/register/", body)
            .await
            .expect(201);
        let link = reader(&app, "eve").mailed_token("verify-email").await;
        verify(&app.anonymous(), &link).await.expect(200);
        let profile = eve.get("/api/v1/users/profile/").await.expect(200).data();
        assert_eq!(profile["email_verified"], true);
    }
}

#[tokio::test]
async fn change_email_answers_alike_for_a_taken_address() {
    for app in deployments().await {
        app.user("bea").await;
        let (ada, cid) = (app.user("ada").await, app.user("cid").await);
        let taken = change_address(&ada, "bea@example.org").await;
        let free = change_address(&cid, "dee@example.org").await;
        assert_eq!(taken["pending_email"], "bea@example.org");
        assert_eq!(free["pending_email"], "dee@example.org");
        let keys = |profile: &Value| -> Vec<String> {
            profile.as_object().unwrap().keys().cloned().collect()
        };
        assert_eq!(keys(&taken), keys(&free));
        let owner = reader(&app, "bea");
        e2e::until("the owner is notified", || async {
            let subject = "You already have an account".to_owned();
            subjects(&owner).await.contains(&subject)
        })
        .await;
        reader(&app, "dee").mailed_token("verify-email").await;
        ada.patch(
            "/api/v1/users/profile/",
            json!({"email": "fay@example.org"}),
        )
        .await
        .expect_error(429, "auth.resend_too_soon");
    }
}

#[tokio::test]
async fn change_email_ends_other_sessions_and_notifies_the_old_address() {
    for app in deployments().await {
        let mut ada = app.user("ada").await;
        let other = ada.duplicate();
        ada.log_in().await;
        change_address(&ada, "lady@example.org").await;
        let link = reader(&app, "lady").mailed_token("verify-email").await;
        other.get("/api/v1/users/profile/").await.expect(200);
        verify(&app.anonymous(), &link).await.expect(200);
        e2e::until("the other session has ended on every node", || async {
            let mut refused = true;
            for _ in &app.nodes {
                refused &= other.get("/api/v1/users/profile/").await.status == 401;
            }
            refused
        })
        .await;
        ada.get("/api/v1/users/profile/").await.expect(200);
        let old = reader(&app, "ada");
        e2e::until("the old address is notified", || async {
            let subject = "Your email address was changed".to_owned();
            subjects(&old).await.contains(&subject)
        })
        .await;
    }
}

#[tokio::test]
async fn second_factor_guards_password_deletion_export_and_sessions() {
    for app in deployments().await {
        let ada = app.user("ada").await;
        // A second session with the password only, authenticated before the factor was enabled.
        let mut thief = ada.duplicate();
        thief.log_in().await;
        let codes = with_factor(&ada).await;
        let id = ada.get("/api/v1/auth/sessions/").await.data();
        let sessions = id.as_array().unwrap();
        let current = sessions.iter().find(|one| one["current"] == true).unwrap();
        let current = current["id"].as_str().unwrap();
        let change =
            json!({"current_password": PASSWORD, "password": NEW, "password_confirm": NEW});
        let export = ada
            .post("/api/v1/users/profile/export/", json!({}))
            .await
            .expect(201)
            .data();
        let download = format!(
            "/api/v1/users/profile/export/{}/download/",
            export["id"].as_str().unwrap()
        );
        let deletion =
            thief.authenticated_request(reqwest::Method::DELETE, "/api/v1/users/profile/");
        for response in [
            thief
                .post("/api/v1/auth/password/change/", change.clone())
                .await,
            thief
                .send(deletion.json(&json!({ "password": PASSWORD })))
                .await,
            thief.post("/api/v1/users/profile/export/", json!({})).await,
            thief.get(&download).await,
            thief
                .delete(&format!("/api/v1/auth/sessions/{current}/"))
                .await,
            thief.post("/api/v1/auth/logout-all/", json!({})).await,
            thief.post("/api/v1/auth/2fa/disable/", json!({})).await,
        ] {
            response.expect_error(403, "auth.step_up_required");
        }
        let step = thief
            .post("/api/v1/auth/step-up/", json!({ "password": PASSWORD }))
            .await
            .expect(200)
            .data();
        let code = json!({
            "challenge": step["second_factor"]["challenge"], "method": "recovery", "code": codes[0],
        });
        let proof = thief.post("/api/v1/auth/step-up/verify/", code).await;
        proof.expect(200);
        thief
            .post("/api/v1/auth/password/change/", change)
            .await
            .expect(200);
        thief
            .post("/api/v1/auth/logout/", json!({}))
            .await
            .expect(200);
    }
}
