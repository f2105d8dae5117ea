//! Times as the reader writes them, which stay true while they are on screen.

use serde_json::json;

use crate::Browser;
use crate::chat::{ada_and_bob_as_friends, send_message};
use crate::chrome_command::ChromeCommand;
use crate::friends::send_friend_request;

#[tokio::test]
async fn times_follow_the_locale_of_the_reader() {
    let Some(browser) = Browser::launch().await else {
        return;
    };
    let (ada, bob) = ada_and_bob_as_friends(&browser).await;
    send_message(&bob, &ada, "Hello").await;
    for (locale, has_half_days) in [("de-DE", false), ("en-US", true)] {
        let command =
            ChromeCommand::devtools("Emulation.setLocaleOverride", &json!({ "locale": locale }));
        browser.chrome(command).await;
        browser.visit("/chats/bob").await;
        browser.wait_for_heading("bob").await;
        browser.wait_for_text("Hello").await;
        let time = browser
            .execute_script("return document.querySelector('.message-head time').textContent")
            .await;
        let time = time.as_str().unwrap();
        assert_eq!(time.ends_with('M'), has_half_days, "{time} in {locale}");
    }
    browser.close(&[]).await;
}

#[tokio::test]
async fn relative_times_move_on() {
    let Some(browser) = Browser::launch().await else {
        return;
    };
    let (ada, bob) = (browser.app.user("ada").await, browser.app.user("bob").await);
    send_friend_request(&bob, &ada).await;
    browser.log_in(&ada).await;
    browser.visit("/friends").await;
    browser.wait_for_text("Sent just now").await;
    browser
        .execute_script(
            "const real = Date.now; Date.now = () => real() + 125000;\
             document.dispatchEvent(new Event('visibilitychange'))",
        )
        .await;
    browser.wait_for_text("Sent 2 minutes ago").await;
    browser.close(&[]).await;
}
