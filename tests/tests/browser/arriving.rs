//! Making an account, proving its address, and getting back in.

use e2e::PASSWORD;
use serde_json::json;

use crate::Browser;

/// The address behind the only link of this kind in the mail that is open.
async fn link_in_mail(browser: &Browser, page: &str) -> String {
    let script = format!("return document.querySelector('a[href*=\"/account/{page}#\"]').href");
    let link = browser.run(&script).await;
    // Mail names the public address; the test reaches the same server at another.
    let (_, path) = link.as_str().unwrap().split_once("/account/").unwrap();
    format!("/account/{path}")
}

/// Opens the newest mail of the dev mailbox.
async fn open_mail(browser: &Browser, subject: &str) {
    browser.visit("/dev/mailbox/").await;
    browser.press(subject).await;
    browser.says("If you did not ask for this").await;
}

#[tokio::test]
async fn a_stranger_registers_proves_their_address_and_logs_in() {
    let Some(browser) = Browser::open().await else {
        return;
    };
    browser.visit("/").await;
    browser.heading("Play, chat and watch together.").await;
    browser.press("Make an account").await;
    browser.heading("Make an account").await;
    browser.press("Make my account").await;
    assert_eq!(browser.problem_at("username").await, "Please fill this in.");

    for (name, text) in [
        ("username", "a"),
        ("email", "nowhere"),
        ("password", PASSWORD),
        ("password_confirm", "something-else-7"),
    ] {
        browser.type_into(name, text).await;
    }
    browser.press("Make my account").await;
    browser.settles("a name that is refused", || {
        "return document.querySelector('[name=username]').nextElementSibling?.nextElementSibling?.textContent.startsWith('3 to 30')".to_owned()
    }).await;
    browser.type_into("username", "ada").await;
    browser.press("Make my account").await;
    browser.says("E-mail").await;
    browser.problem_at("email").await;
    browser.type_into("email", "ada@example.org").await;
    browser.press("Make my account").await;
    assert_eq!(
        browser.problem_at("password_confirm").await,
        "The two passwords differ."
    );
    browser.type_into("password_confirm", PASSWORD).await;
    browser.press("Make my account").await;

    browser.heading("Look into your mail").await;
    browser.says("This server sends no real mail").await;
    open_mail(&browser, "Confirm your e-mail address").await;
    let link = link_in_mail(&browser, "verify-email").await;
    browser.visit(&link).await;
    browser.heading("Your address is proven").await;
    assert_eq!(browser.address().await, "/account/verify-email");
    assert_eq!(
        browser
            .run("return document.querySelector('.banner')")
            .await,
        json!(null)
    );

    browser.log_out().await;
    browser.visit("/login").await;
    browser.fill_login("ada", "not-my-password").await;
    browser.says("The name or the password is not right.").await;
    browser.fill_login("ada", PASSWORD).await;
    browser.heading("Hello, ada").await;
    browser.visit(&link).await;
    browser.heading("This link does not work").await;
    browser.close(&[401, 409, 422]).await;
}

#[tokio::test]
async fn who_forgot_their_password_sets_a_new_one_and_is_let_in() {
    const NEW: &str = "amber-lantern-orbit-27";
    let Some(browser) = Browser::open().await else {
        return;
    };
    browser.app.person("ada").await;
    browser.visit("/login").await;
    browser.press("Forgot your password?").await;
    browser.heading("Forgotten password").await;
    browser.type_into("email", "ada@example.org").await;
    browser.press("Send me the link").await;
    browser.says("a mail is on its way").await;
    browser.settles("the mail", || {
        "const mails = new XMLHttpRequest(); mails.open('GET', '/dev/mailbox/?format=json', false); mails.send();\
         return mails.responseText.includes('Set a new password')".to_owned()
    }).await;

    open_mail(&browser, "Set a new password").await;
    let link = link_in_mail(&browser, "reset-password").await;
    browser.visit(&link).await;
    browser.heading("Set a new password").await;
    assert_eq!(browser.address().await, "/account/reset-password");
    browser.client.refresh().await.unwrap();
    browser.heading("Set a new password").await;
    browser.type_into("password", NEW).await;
    browser.type_into("password_confirm", NEW).await;
    browser.press("Set it").await;
    browser.says("The new password is set.").await;
    browser.press("Log in with it").await;
    browser.heading("Log in").await;
    browser.fill_login("ada", NEW).await;
    browser.heading("Hello, ada").await;
    browser.close(&[]).await;
}
