//! Getting an account back, and what guards it with a second factor on.

use e2e::{Answer, PASSWORD, Person, each};
use serde_json::{Value, json};

const NEW: &str = "amber-lantern-orbit-27";

async fn change_address(person: &Person, email: &str) -> Value {
    person
        .patch("/api/v1/users/profile/", json!({ "email": email }))
        .await
        .expect(200)
        .data()
}

async fn verify(person: &Person, token: &str) -> Answer {
    person
        .post("/api/v1/auth/email/verify/", json!({ "token": token }))
        .await
}

/// Turns codes by mail on; the recovery codes.
async fn with_factor(person: &Person) -> Vec<Value> {
    person
        .post("/api/v1/auth/2fa/email/enable/", json!({}))
        .await
        .expect(200)
        .data()["recovery_codes"]
        .as_array()
        .unwrap()
        .clone()
}

async fn subjects(reader: &Person) -> Vec<String> {
    let mails = reader.mails().await.into_iter();
    mails
        .map(|mail| mail["subject"].as_str().unwrap().to_owned())
        .collect()
}

/// Somebody who reads the mail of an address.
fn reader(app: &e2e::App, name: &str) -> Person {
    let mut reader = app.visitor();
    name.clone_into(&mut reader.name);
    reader
}

#[tokio::test]
async fn pending_change_of_address_moves_no_account_after_everything_was_ended() {
    for app in each().await {
        let ada = app.person("ada").await;
        change_address(&ada, "eve@example.org").await;
        let link = reader(&app, "eve").mailed_token("verify-email").await;
        ada.post("/api/v1/auth/logout-all/", json!({}))
            .await
            .expect(200);
        verify(&app.visitor(), &link)
            .await
            .refused_at(422, "auth.link_invalid", "token");
        let mut owner = app.visitor();
        "ada".clone_into(&mut owner.name);
        owner.sign_in().await;
        let profile = owner.get("/api/v1/users/profile/").await.expect(200).data();
        assert_eq!(profile["email"], "ada@example.org");
        assert_eq!(profile["pending_email"], json!(null));
    }
}

#[tokio::test]
async fn unverified_address_is_replaced_and_free_for_its_owner() {
    for app in each().await {
        let mut eve = app.visitor();
        eve.register("ada").await;
        eve.sign_in().await;
        let first = eve.mailed_token("verify-email").await;
        eve.post("/api/v1/auth/2fa/totp/setup/", json!({}))
            .await
            .refused(403, "auth.email_not_verified");
        let profile = change_address(&eve, "eve@example.org").await;
        assert_eq!(profile["email"], "eve@example.org");
        assert_eq!(profile["pending_email"], json!(null));
        verify(&eve, &first)
            .await
            .refused_at(422, "auth.link_invalid", "token");
        let body = json!({"username": "lovelace", "email": "ada@example.org",
            "password": PASSWORD, "password_confirm": PASSWORD});
        app.visitor()
            .post("/api/v1/users/register/", body)
            .await
            .expect(201);
        let link = reader(&app, "eve").mailed_token("verify-email").await;
        verify(&app.visitor(), &link).await.expect(200);
        let profile = eve.get("/api/v1/users/profile/").await.expect(200).data();
        assert_eq!(profile["email_verified"], true);
    }
}

#[tokio::test]
async fn change_of_address_answers_alike_for_a_taken_address() {
    for app in each().await {
        app.person("bea").await;
        let (ada, cid) = (app.person("ada").await, app.person("cid").await);
        let taken = change_address(&ada, "bea@example.org").await;
        let free = change_address(&cid, "dee@example.org").await;
        assert_eq!(taken["pending_email"], "bea@example.org");
        assert_eq!(free["pending_email"], "dee@example.org");
        let keys = |profile: &Value| -> Vec<String> {
            profile.as_object().unwrap().keys().cloned().collect()
        };
        assert_eq!(keys(&taken), keys(&free));
        let owner = reader(&app, "bea");
        e2e::until("the owner is told", || async {
            let told = "You have an account already".to_owned();
            subjects(&owner).await.contains(&told)
        })
        .await;
        reader(&app, "dee").mailed_token("verify-email").await;
        ada.patch(
            "/api/v1/users/profile/",
            json!({"email": "fay@example.org"}),
        )
        .await
        .refused(429, "auth.resend_too_soon");
    }
}

#[tokio::test]
async fn new_address_ends_other_sessions_and_is_told_to_the_old_one() {
    for app in each().await {
        let mut ada = app.person("ada").await;
        let other = ada.again();
        ada.sign_in().await;
        change_address(&ada, "lady@example.org").await;
        let link = reader(&app, "lady").mailed_token("verify-email").await;
        other.get("/api/v1/users/profile/").await.expect(200);
        verify(&app.visitor(), &link).await.expect(200);
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
        e2e::until("the old address is told", || async {
            let told = "Your e-mail address was changed".to_owned();
            subjects(&old).await.contains(&told)
        })
        .await;
    }
}

#[tokio::test]
async fn factor_guards_password_deletion_export_and_other_sessions() {
    for app in each().await {
        let ada = app.person("ada").await;
        // A second session that knows the password alone: its proof is older than the factor.
        let mut thief = ada.again();
        thief.sign_in().await;
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
        let deletion = thief.signed(reqwest::Method::DELETE, "/api/v1/users/profile/");
        for answer in [
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
            answer.refused(403, "auth.step_up_required");
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
