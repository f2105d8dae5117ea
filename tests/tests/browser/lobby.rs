//! Lobbies and the world chat.

use serde_json::json;

use crate::Browser;
use crate::chat::{MESSAGES_SCRIPT, type_message};

#[tokio::test]
async fn open_world_chat_shows_messages_and_people() {
    let Some(browser) = Browser::launch().await else {
        return;
    };
    let (ada, bob) = (browser.app.user("ada").await, browser.app.user("bob").await);
    let bobs_browser = browser.launch_another().await;
    browser.log_in(&ada).await;
    bobs_browser.log_in(&bob).await;
    browser.visit("/chats").await;
    browser
        .click_element(".conversations a[href='/chats/lobby/world']")
        .await;
    browser.wait_for_heading("World chat").await;
    browser.wait_for_text("1 person here").await;
    bobs_browser.visit("/chats/lobby/world").await;
    browser.wait_for_text("2 people here").await;
    type_message(&browser, "Hello, world").await;
    bobs_browser.wait_for_text("Hello, world").await;
    type_message(&bobs_browser, "Hello, ada").await;
    browser.wait_for_text("Hello, ada").await;
    assert_eq!(
        browser.execute_script(MESSAGES_SCRIPT).await,
        json!(["Hello, world", "Hello, ada"])
    );
    browser
        .execute_script("[...document.querySelectorAll('.more')].at(-1).click()")
        .await;
    browser.click_on("Report").await;
    browser
        .wait_for_text("Moderators will see the message as it is now.")
        .await;
    browser.find("dialog .primary").await.click().await.unwrap();
    browser.wait_for_text("Report sent.").await;

    browser.click_on("Follow").await;
    browser
        .wait_for_text("Following. New messages count as unread.")
        .await;
    browser.visit("/friends").await;
    browser.wait_for_heading("Friends").await;
    type_message(&bobs_browser, "Are you still there?").await;
    browser.wait_for_badge("/chats", "1").await;
    bobs_browser.visit("/friends").await;
    bobs_browser.wait_for_heading("Friends").await;
    browser.visit("/chats/lobby/world").await;
    browser.wait_for_text("1 person here").await;
    browser.wait_for_text("Are you still there?").await;
    browser.wait_for_badge("/chats", "").await;
    browser.click_on("Unfollow").await;
    browser
        .wait_for_text("Unfollowed. You can still visit.")
        .await;
    bobs_browser.close(&[]).await;
    browser.close(&[]).await;
}
