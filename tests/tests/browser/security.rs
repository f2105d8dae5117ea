//! Two-step login, reauthentication and sessions.

use e2e::{PASSWORD, TestUser};
use serde_json::{Value, json};

use crate::Browser;
use crate::authenticator::code;

/// Makes the next setup call fail as it does when the last authentication is too old; waiting for that
/// would take a quarter of an hour.
const REQUIRE_REAUTHENTICATION_ONCE_SCRIPT: &str = r"
    const real = window.fetch;
    window.fetch = async (address, options) => {
        if (!String(address).includes('/2fa/totp/setup/')) return real(address, options);
        window.fetch = real;
        const error = { code: 'auth.step_up_required', request_id: 'x' };
        return new Response(JSON.stringify({ success: false, message: 'Prove it.', error }), { status: 403 });
    };";

#[tokio::test]
async fn set_up_authenticator_app_and_log_in_with_it() {
    let Some(browser) = Browser::launch().await else {
        return;
    };
    let ada = browser.app.user("ada").await;
    browser.log_in(&ada).await;
    browser.visit("/security").await;
    browser.wait_for_heading("Security").await;
    browser
        .execute_script(REQUIRE_REAUTHENTICATION_ONCE_SCRIPT)
        .await;
    browser.click_on("Set up").await;
    browser.wait_for_text("Confirm it’s you").await;
    browser.type_into("password", "not-my-password").await;
    browser.click_on("Continue").await;
    browser.wait_for_text("Incorrect password.").await;
    browser.type_into("password", PASSWORD).await;
    browser.click_on("Continue").await;

    let secret = browser.find(".secret").await.text().await.unwrap();
    browser
        .wait_until("the QR code", || {
            "return document.querySelector('img.qr').naturalWidth > 0".to_owned()
        })
        .await;
    browser.type_into("code", "000000").await;
    browser.click_on("Turn on").await;
    browser.field_error("code").await;
    browser.type_into("code", &code(&secret, 0)).await;
    browser.click_on("Turn on").await;
    browser.wait_for_text("Save your recovery codes").await;
    let codes = browser
        .execute_script(
            "return [...document.querySelectorAll('.codes code')].map((one) => one.textContent)",
        )
        .await;
    assert_eq!(codes.as_array().unwrap().len(), 10);
    browser.click_on("I’ve saved them").await;
    browser.wait_for_text("10 of 10 left").await;

    browser.log_out().await;
    browser.visit("/security").await;
    browser.wait_for_heading("Log in").await;
    browser.fill_login("ada", PASSWORD).await;
    browser.wait_for_text("One more step").await;
    browser.type_into("code", "000000").await;
    browser.click_on("Continue").await;
    assert_eq!(
        browser.field_error("code").await,
        "Incorrect code. You are not signed in yet."
    );
    // The code of the setup cannot be used again; the next one is accepted early.
    browser.type_into("code", &code(&secret, 30)).await;
    browser.click_on("Continue").await;
    browser.wait_for_heading("Security").await;

    browser.log_out().await;
    browser.visit("/login").await;
    browser.fill_login("ada", PASSWORD).await;
    browser.click_on("Use a recovery code").await;
    browser.type_into("code", codes[3].as_str().unwrap()).await;
    browser.click_on("Continue").await;
    browser.wait_for_heading("Hello, ada").await;
    browser.close(&[401, 422]).await;
}

#[tokio::test]
async fn log_in_with_mailed_code_limits_resending() {
    let Some(browser) = Browser::launch().await else {
        return;
    };
    let ada = browser.app.user("ada").await;
    browser.log_in(&ada).await;
    browser.visit("/security").await;
    browser.click_on("Turn on").await;
    browser.click_on("I’ve saved them").await;
    browser.log_out().await;
    browser.visit("/login").await;
    browser.fill_login("ada", PASSWORD).await;
    browser.wait_for_text("Code from the email").await;
    browser.click_on("Send a new code").await;
    browser.wait_for_text("You can request another in").await;
    e2e::until("the code", async || {
        ada.find_in_mail("\n    ")
            .await
            .is_some_and(|code| code.len() == 6)
    })
    .await;
    let code = ada.find_in_mail("\n    ").await.unwrap();
    browser.type_into("code", &code).await;
    browser.click_on("Continue").await;
    browser.wait_for_heading("Hello, ada").await;
    browser.close(&[]).await;
}

#[tokio::test]
async fn end_sessions_and_change_password() {
    let Some(browser) = Browser::launch().await else {
        return;
    };
    let ada = browser.app.user("ada").await;
    browser.log_in(&ada).await;
    browser.visit("/security").await;
    browser.wait_for_heading("Security").await;
    let rows = "return document.querySelectorAll('.rows li').length";
    assert_eq!(browser.execute_script(rows).await, json!(2));
    browser
        .find("[aria-label^='Log out:']")
        .await
        .click()
        .await
        .unwrap();
    browser.wait_for_text("Session ended.").await;
    assert_eq!(browser.execute_script(rows).await, json!(1));
    ada.get("/api/v1/users/profile/").await.expect(401);

    for (name, text) in [
        ("current_password", PASSWORD),
        ("password", "amber-lantern-orbit-27"),
    ] {
        browser.type_into(name, text).await;
    }
    browser.click_on("Change password").await;
    browser.wait_for_text("Password changed.").await;
    browser.click_on("Log out everywhere").await;
    browser.wait_for_text("including this one").await;
    browser.click_on("Log out everywhere").await;
    browser
        .wait_for_heading("Play, chat and watch together.")
        .await;
    browser.close(&[]).await;
}

/// Generates new recovery codes on another device, so that the browser has to reauthenticate.
async fn generate_recovery_codes(user: &TestUser) -> Vec<Value> {
    user.post("/api/v1/auth/2fa/recovery-codes/", json!({}))
        .await
        .expect(201)
        .data()["recovery_codes"]
        .as_array()
        .unwrap()
        .clone()
}

/// Reauthenticates with the password and a recovery code.
async fn reauthenticate(browser: &Browser, code: &Value) {
    browser.wait_for_text("Confirm it’s you").await;
    browser.type_into("password", PASSWORD).await;
    browser.click_on("Continue").await;
    browser.click_on("Use a recovery code").await;
    browser.type_into("code", code.as_str().unwrap()).await;
    browser.click_on("Continue").await;
}

#[tokio::test]
async fn export_and_change_password_require_second_factor() {
    let Some(browser) = Browser::launch().await else {
        return;
    };
    let ada = browser.app.user("ada").await;
    browser.log_in(&ada).await;
    ada.post("/api/v1/auth/2fa/email/enable/", json!({}))
        .await
        .expect(200);

    let codes = generate_recovery_codes(&ada).await;
    browser.visit("/account/export").await;
    browser.click_on("Request export").await;
    reauthenticate(&browser, &codes[0]).await;
    browser.wait_for_text("Your export is ready").await;
    let codes = generate_recovery_codes(&ada).await;
    browser.click_on("Download").await;
    reauthenticate(&browser, &codes[0]).await;
    browser.wait_for_text("Your download has started.").await;

    let codes = generate_recovery_codes(&ada).await;
    browser.visit("/security").await;
    browser.wait_for_heading("Security").await;
    for (name, text) in [
        ("current_password", PASSWORD),
        ("password", "amber-lantern-orbit-27"),
    ] {
        browser.type_into(name, text).await;
    }
    browser.click_on("Change password").await;
    reauthenticate(&browser, &codes[0]).await;
    browser.wait_for_text("Password changed.").await;
    ada.get("/api/v1/users/profile/").await.expect(401);
    browser.close(&[403]).await;
}

#[tokio::test]
async fn enable_second_factor_requires_verified_email() {
    let Some(browser) = Browser::launch().await else {
        return;
    };
    let mut ada = browser.app.anonymous();
    ada.register("ada").await;
    browser.log_in(&ada).await;
    browser.visit("/security").await;
    browser
        .wait_for_text("Verify your email address to turn on two-step login.")
        .await;
    browser.visit("/settings/account").await;
    browser.wait_for_heading("Account").await;
    browser.type_into("email", "lady@example.org").await;
    browser.click_on("Change email address").await;
    browser
        .wait_for_text("We sent a link to lady@example.org.")
        .await;
    browser
        .wait_for_text("lady@example.org (not verified).")
        .await;
    browser.close(&[]).await;
}
