//! Notifications and their settings.

use serde_json::json;

use crate::Browser;
use crate::chat::send_message;
use crate::friends::send_friend_request;

const NOTIFICATIONS_LINK: &str = "/notifications";

/// Clicks a notification with this text, which is a link as a whole.
async fn open_notification(browser: &Browser, text: &str) {
    let script = format!(
        "[...document.querySelectorAll('a.notification')].find((one) => one.textContent.includes({})).click()",
        json!(text)
    );
    browser.execute_script(&script).await;
}

#[tokio::test]
async fn notification_list_shows_counts_and_deletes() {
    let Some(browser) = Browser::launch().await else {
        return;
    };
    let [ada, bob, cleo] = ["ada", "bob", "cleo"].map(|name| browser.app.user(name));
    let (ada, bob, cleo) = (ada.await, bob.await, cleo.await);
    browser.log_in(&ada).await;
    send_friend_request(&cleo, &ada).await;
    browser.wait_for_badge(NOTIFICATIONS_LINK, "1").await;
    browser.find(".icon-link").await.click().await.unwrap();
    browser.wait_for_heading("Notifications").await;
    browser
        .wait_for_text("cleo sent you a friend request.")
        .await;
    bob.befriend(&ada).await;
    // Accepting the request marked its notification as read.
    browser
        .wait_for_text("bob sent you a friend request.")
        .await;
    browser.wait_for_badge(NOTIFICATIONS_LINK, "1").await;
    send_message(&bob, &ada, "Ready?").await;
    browser.wait_for_badge(NOTIFICATIONS_LINK, "2").await;
    open_notification(&browser, "bob sent you a message.").await;
    browser.wait_for_heading("bob").await;
    browser.wait_for_badge(NOTIFICATIONS_LINK, "1").await;
    browser.wait_for_badge("/chats", "").await;

    browser.visit(NOTIFICATIONS_LINK).await;
    browser.click_on("Mark all as read").await;
    browser.wait_for_badge(NOTIFICATIONS_LINK, "").await;
    browser
        .click_named("More actions for: bob sent you a message.")
        .await;
    browser.click_on("Delete").await;
    browser.wait_for_text_gone("bob sent you a message.").await;
    browser.click_on("Delete all").await;
    browser.wait_for_text("Delete all notifications?").await;
    browser.click_on("Delete all").await;
    browser.wait_for_text("No notifications.").await;
    browser.close(&[]).await;
}

#[tokio::test]
async fn save_notification_settings_silences_a_kind() {
    let Some(browser) = Browser::launch().await else {
        return;
    };
    let (ada, bob) = (browser.app.user("ada").await, browser.app.user("bob").await);
    browser.log_in(&ada).await;
    browser.visit("/notifications/preferences").await;
    browser.wait_for_heading("Notification settings").await;
    browser
        .execute_script("document.querySelector('[name=\"friend_request.in_app\"]').click()")
        .await;
    browser
        .execute_script("document.querySelector('[name=digest]').value = 'daily'")
        .await;
    browser.click_on("Save").await;
    browser.wait_for_text("Saved.").await;
    let kept = ada.get("/api/v1/notifications/preferences/").await.data();
    assert_eq!(kept["digest"], "daily");
    assert_eq!(
        kept["kinds"]["friend_request"],
        json!({"in_app": false, "email": true})
    );
    send_friend_request(&bob, &ada).await;
    browser.wait_for_badge("/friends", "1").await;
    browser.wait_for_badge(NOTIFICATIONS_LINK, "").await;
    browser.close(&[]).await;
}
