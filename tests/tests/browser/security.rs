//! Second steps, proving again who one is, sessions.

use e2e::{PASSWORD, Person};
use serde_json::{Value, json};

use crate::Browser;
use crate::authenticator::code;

/// Lets the next call of a route be refused as it is when a session has not proven itself lately,
/// for which one would have to wait a quarter of an hour.
const LET_THE_PROOF_BE_OLD: &str = r"
    const real = window.fetch;
    window.fetch = async (address, options) => {
        if (!String(address).includes('/2fa/totp/setup/')) return real(address, options);
        window.fetch = real;
        const error = { code: 'auth.step_up_required', request_id: 'x' };
        return new Response(JSON.stringify({ success: false, message: 'Prove it.', error }), { status: 403 });
    };";

#[tokio::test]
async fn an_authenticator_app_is_set_up_and_asked_for() {
    let Some(browser) = Browser::open().await else {
        return;
    };
    let ada = browser.app.person("ada").await;
    browser.log_in(&ada).await;
    browser.visit("/security").await;
    browser.heading("Security").await;
    browser.run(LET_THE_PROOF_BE_OLD).await;
    browser.press("Set up").await;
    browser.says("Is it you?").await;
    browser.type_into("password", "not-my-password").await;
    browser.press("Continue").await;
    browser.says("This is not your password.").await;
    browser.type_into("password", PASSWORD).await;
    browser.press("Continue").await;

    let secret = browser.find(".secret").await.text().await.unwrap();
    browser
        .settles("the QR code", || {
            "return document.querySelector('img.qr').naturalWidth > 0".to_owned()
        })
        .await;
    browser.type_into("code", "000000").await;
    browser.press("Turn it on").await;
    browser.problem_at("code").await;
    browser.type_into("code", &code(&secret, 0)).await;
    browser.press("Turn it on").await;
    browser.says("Keep these recovery codes").await;
    let codes = browser
        .run("return [...document.querySelectorAll('.codes code')].map((one) => one.textContent)")
        .await;
    assert_eq!(codes.as_array().unwrap().len(), 10);
    browser.press("I have kept them").await;
    browser.says("10 of 10 are left").await;

    browser.log_out().await;
    browser.visit("/security").await;
    browser.heading("Log in").await;
    browser.fill_login("ada", PASSWORD).await;
    browser.says("One more step").await;
    browser.type_into("code", "000000").await;
    browser.press("Continue").await;
    assert_eq!(
        browser.problem_at("code").await,
        "Incorrect code. You are not signed in yet."
    );
    // No step counts twice, so the one of the set-up is over; the next is taken already.
    browser.type_into("code", &code(&secret, 30)).await;
    browser.press("Continue").await;
    browser.heading("Security").await;

    browser.log_out().await;
    browser.visit("/login").await;
    browser.fill_login("ada", PASSWORD).await;
    browser.press("Use instead: recovery code").await;
    browser.type_into("code", codes[3].as_str().unwrap()).await;
    browser.press("Continue").await;
    browser.heading("Hello, ada").await;
    browser.close(&[401, 422]).await;
}

#[tokio::test]
async fn a_mailed_code_lets_in_and_is_not_sent_again_at_once() {
    let Some(browser) = Browser::open().await else {
        return;
    };
    let ada = browser.app.person("ada").await;
    browser.log_in(&ada).await;
    browser.visit("/security").await;
    browser.press("Turn on").await;
    browser.press("I have kept them").await;
    browser.log_out().await;
    browser.visit("/login").await;
    browser.fill_login("ada", PASSWORD).await;
    browser.says("Code from the mail").await;
    browser.press("Send another code").await;
    browser.says("the next one can be sent in").await;
    e2e::until("the code", async || {
        ada.find_in_mail("\n    ")
            .await
            .is_some_and(|code| code.len() == 6)
    })
    .await;
    let code = ada.find_in_mail("\n    ").await.unwrap();
    browser.type_into("code", &code).await;
    browser.press("Continue").await;
    browser.heading("Hello, ada").await;
    browser.close(&[]).await;
}

#[tokio::test]
async fn sessions_elsewhere_are_seen_and_ended() {
    let Some(browser) = Browser::open().await else {
        return;
    };
    let ada = browser.app.person("ada").await;
    browser.log_in(&ada).await;
    browser.visit("/security").await;
    browser.heading("Security").await;
    let rows = "return document.querySelectorAll('.rows li').length";
    assert_eq!(browser.run(rows).await, json!(2));
    browser.press("End").await;
    browser.says("The session has ended.").await;
    assert_eq!(browser.run(rows).await, json!(1));
    ada.get("/api/v1/users/profile/").await.expect(401);

    for (name, text) in [
        ("current_password", PASSWORD),
        ("password", "amber-lantern-orbit-27"),
        ("password_confirm", "amber-lantern-orbit-27"),
    ] {
        browser.type_into(name, text).await;
    }
    browser.press("Change the password").await;
    browser.says("The password is changed").await;
    browser.press("Log out everywhere").await;
    browser.says("this one too").await;
    browser.press("Log out everywhere").await;
    browser.heading("Play, chat and watch together.").await;
    browser.close(&[]).await;
}

/// Makes new recovery codes at another device, which asks the browser for its factor again.
async fn renewed_codes(person: &Person) -> Vec<Value> {
    person
        .post("/api/v1/auth/2fa/recovery-codes/", json!({}))
        .await
        .expect(201)
        .data()["recovery_codes"]
        .as_array()
        .unwrap()
        .clone()
}

/// Answers the question who one is, with the password and a recovery code.
async fn prove(browser: &Browser, code: &Value) {
    browser.says("Is it you?").await;
    browser.type_into("password", PASSWORD).await;
    browser.press("Continue").await;
    browser.press("Use instead: recovery code").await;
    browser.type_into("code", code.as_str().unwrap()).await;
    browser.press("Continue").await;
}

#[tokio::test]
async fn export_and_change_password_ask_for_the_factor() {
    let Some(browser) = Browser::open().await else {
        return;
    };
    let ada = browser.app.person("ada").await;
    browser.log_in(&ada).await;
    ada.post("/api/v1/auth/2fa/email/enable/", json!({}))
        .await
        .expect(200);

    let codes = renewed_codes(&ada).await;
    browser.visit("/account/export").await;
    browser.press("Gather my data").await;
    prove(&browser, &codes[0]).await;
    browser.says("Your data is ready").await;
    let codes = renewed_codes(&ada).await;
    browser.press("Download").await;
    prove(&browser, &codes[0]).await;
    browser.says("on its way to this device").await;

    let codes = renewed_codes(&ada).await;
    browser.visit("/security").await;
    browser.heading("Security").await;
    for (name, text) in [
        ("current_password", PASSWORD),
        ("password", "amber-lantern-orbit-27"),
        ("password_confirm", "amber-lantern-orbit-27"),
    ] {
        browser.type_into(name, text).await;
    }
    browser.press("Change the password").await;
    prove(&browser, &codes[0]).await;
    browser.says("The password is changed").await;
    ada.get("/api/v1/users/profile/").await.expect(401);
    browser.close(&[403]).await;
}

#[tokio::test]
async fn a_factor_waits_for_a_verified_address() {
    let Some(browser) = Browser::open().await else {
        return;
    };
    let mut ada = browser.app.visitor();
    ada.register("ada").await;
    browser.log_in(&ada).await;
    browser.visit("/security").await;
    browser
        .says("A second step needs a proven e-mail address.")
        .await;
    browser.type_into("email", "lady@example.org").await;
    browser.press("Change the address").await;
    browser.says("We sent a link to lady@example.org.").await;
    browser.says("lady@example.org, not proven yet.").await;
    browser.close(&[]).await;
}
