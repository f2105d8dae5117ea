//! Registration, email verification and password reset.

use e2e::PASSWORD;
use serde_json::json;

use crate::Browser;

/// The path of the only link to this page in the open mail.
async fn link_in_mail(browser: &Browser, page: &str) -> String {
    let script = format!("return document.querySelector('a[href*=\"/account/{page}#\"]').href");
    let link = browser.execute_script(&script).await;
    // Mail links to the public address; the test uses another one of the same server.
    let (_, path) = link.as_str().unwrap().split_once("/account/").unwrap();
    format!("/account/{path}")
}

/// Opens the newest mail with this subject in the dev mailbox.
async fn open_mail(browser: &Browser, subject: &str) {
    browser.visit("/dev/mailbox/").await;
    browser.click_on(subject).await;
    browser.wait_for_text("If you did not request this").await;
}

/// What the page says about the password that is being typed.
async fn strength(browser: &Browser) -> String {
    let text = browser.find(".strength [role=status]").await;
    text.text().await.unwrap()
}

#[tokio::test]
async fn register_verify_email_and_log_in() {
    let Some(browser) = Browser::launch().await else {
        return;
    };
    browser.visit("/").await;
    browser
        .wait_for_heading("Play, chat and watch together.")
        .await;
    browser.click_on("Create account").await;
    browser.wait_for_heading("Create your account").await;
    browser.click_on("Create account").await;
    assert_eq!(
        browser.field_error("username").await,
        "This field is required."
    );

    // One round shows what is wrong with each field, also while another one is empty.
    browser.type_into("username", "a").await;
    browser.type_into("password", "password1").await;
    assert_eq!(strength(&browser).await, "Too easy to guess");
    browser.click_on("Create account").await;
    browser.wait_until("an error at each field", || {
        "const texts = [...document.querySelectorAll('.problem:not([hidden])')].map((one) => one.textContent);\
         return texts.length === 3 && texts[0].startsWith('Must be 3 to 30') && texts[1] === 'This field is required.'\
            && texts[2].includes('password')".to_owned()
    }).await;
    assert_eq!(
        browser
            .execute_script("return document.activeElement.name")
            .await,
        "username"
    );
    browser.type_into("username", "ada").await;
    browser.type_into("email", "ada@example.org").await;
    browser.type_into("password", PASSWORD).await;
    assert_eq!(strength(&browser).await, "Strong");
    browser.click_on("Create account").await;

    browser.wait_for_heading("Check your email").await;
    browser
        .wait_for_text("This server does not send real email")
        .await;
    browser.wait_for_text("Send again").await;
    // The page goes on by itself when the link is opened in another tab.
    let waiting = browser.client.window().await.unwrap();
    let other = browser.client.new_window(true).await.unwrap().handle;
    browser.client.switch_to_window(other).await.unwrap();
    open_mail(&browser, "Verify your email address").await;
    let link = link_in_mail(&browser, "verify-email").await;
    browser.visit(&link).await;
    browser.wait_for_heading("Email verified").await;
    browser.client.switch_to_window(waiting).await.unwrap();
    browser.wait_for_heading("Email verified").await;
    assert_eq!(browser.path_and_query().await, "/account/verify-email");
    assert_eq!(
        browser
            .execute_script("return document.querySelector('.banner')")
            .await,
        json!(null)
    );

    browser.log_out().await;
    browser.visit("/login").await;
    browser.fill_login("ada", "not-my-password").await;
    browser
        .wait_for_text("Incorrect username or password.")
        .await;
    browser.fill_login("ada", PASSWORD).await;
    browser.wait_for_heading("Hello, ada").await;
    browser.visit(&link).await;
    browser.wait_for_heading("This link does not work").await;
    browser.close(&[401, 409, 422]).await;
}

#[tokio::test]
async fn reset_password_and_log_in() {
    const NEW: &str = "amber-lantern-orbit-27";
    let Some(browser) = Browser::launch().await else {
        return;
    };
    browser.app.user("ada").await;
    browser.visit("/login").await;
    browser.click_on("Forgot your password?").await;
    browser.wait_for_heading("Reset your password").await;
    browser.type_into("email", "ada@example.org").await;
    browser.click_on("Send reset link").await;
    browser
        .wait_for_text("an email with a reset link is sent")
        .await;
    browser.wait_until("the mail", || {
        "const mails = new XMLHttpRequest(); mails.open('GET', '/dev/mailbox/?format=json', false); mails.send();\
         return mails.responseText.includes('Set a new password')".to_owned()
    }).await;

    open_mail(&browser, "Set a new password").await;
    let link = link_in_mail(&browser, "reset-password").await;
    browser.visit(&link).await;
    browser.wait_for_heading("Set a new password").await;
    assert_eq!(browser.path_and_query().await, "/account/reset-password");
    browser.client.refresh().await.unwrap();
    browser.wait_for_heading("Set a new password").await;
    browser.type_into("password", NEW).await;
    browser.click_on("Set password").await;
    browser
        .wait_for_text("Your password has been changed.")
        .await;
    browser.click_on("Log in").await;
    browser.wait_for_heading("Log in").await;
    browser.fill_login("ada", NEW).await;
    browser.wait_for_heading("Hello, ada").await;
    browser.close(&[]).await;
}
