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
    browser
        .click_named("More actions for all notifications")
        .await;
    browser.click_on("Delete all").await;
    browser.wait_for_text("Delete all notifications?").await;
    browser.click_on("Delete all").await;
    browser.wait_for_text("No notifications.").await;
    browser.close(&[]).await;
}

#[tokio::test]
async fn notifications_are_answered_in_the_list() {
    let Some(browser) = Browser::launch().await else {
        return;
    };
    let [ada, bob, cleo] = ["ada", "bob", "cleo"].map(|name| browser.app.user(name));
    let (ada, bob, cleo) = (ada.await, bob.await, cleo.await);
    bob.patch("/api/v1/users/profile/", json!({"display_name": "Bob B."}))
        .await
        .expect(200);
    cleo.befriend(&ada).await;
    send_friend_request(&bob, &ada).await;
    let invite = cleo
        .post("/api/v1/invites/", json!({"username": "ada"}))
        .await
        .expect(201)
        .data();
    browser.log_in(&ada).await;
    browser.visit(NOTIFICATIONS_LINK).await;
    browser.wait_for_heading("Notifications").await;
    browser
        .wait_for_text("Bob B. sent you a friend request.")
        .await;
    let faces = "return document.querySelectorAll('.inbox-rows li > img.avatar').length >= 2";
    assert_eq!(browser.execute_script(faces).await, json!(true));
    browser.click_named("Accept request from Bob B.").await;
    browser
        .wait_until("no more request", || {
            "return !document.querySelector('[aria-label=\"Accept request from Bob B.\"]')"
                .to_owned()
        })
        .await;
    browser.wait_for_badge("/friends", "").await;
    let friends = ada.get("/api/v1/friends/").await.json();
    assert_eq!(friends["meta"]["total"], 2);
    browser.click_named("Decline invite from cleo").await;
    browser.wait_for_badge("/invites", "").await;
    let latest = cleo.get("/api/v1/invites/?limit=1").await.data()[0].clone();
    assert_eq!(latest["id"], invite["id"]);
    assert_eq!(latest["status"], "declined");
    let lost = "return document.activeElement === document.body";
    assert_eq!(
        browser.execute_script(lost).await,
        json!(false),
        "the focus was lost"
    );
    browser.close(&[]).await;
}

#[tokio::test]
async fn requests_and_invites_are_answered_in_toasts() {
    let Some(browser) = Browser::launch().await else {
        return;
    };
    let (ada, bob) = (browser.app.user("ada").await, browser.app.user("bob").await);
    browser.log_in(&ada).await;
    browser.visit("/chats").await;
    browser.wait_for_heading("Chats").await;
    send_friend_request(&bob, &ada).await;
    browser
        .click_element(".toast [aria-label='Accept request from bob']")
        .await;
    browser.wait_for_badge("/friends", "").await;
    let friends = bob.get("/api/v1/friends/").await.json();
    assert_eq!(friends["meta"]["total"], 1);
    bob.post("/api/v1/invites/", json!({"username": "ada"}))
        .await
        .expect(201);
    browser
        .click_element(".toast [aria-label='Decline invite from bob']")
        .await;
    browser.wait_for_badge("/invites", "").await;
    let latest = bob.get("/api/v1/invites/?limit=1").await.data()[0].clone();
    assert_eq!(latest["status"], "declined");
    browser.close(&[]).await;
}

#[tokio::test]
async fn message_of_a_stranger_shows_their_display_name() {
    let Some(browser) = Browser::launch().await else {
        return;
    };
    let (ada, bob) = (browser.app.user("ada").await, browser.app.user("bob").await);
    bob.patch("/api/v1/users/profile/", json!({"display_name": "Bob B."}))
        .await
        .expect(200);
    let world = ada
        .post("/api/v1/chats/lobbies/world/join/", json!({}))
        .await
        .expect(200)
        .data();
    let path = format!(
        "/api/v1/chats/rooms/{}/messages/",
        world["chat_id"].as_str().unwrap()
    );
    bob.post(&path, json!({"content": "Are you there, @ada?"}))
        .await
        .expect(201);
    browser.log_in(&ada).await;
    browser.wait_for_badge(NOTIFICATIONS_LINK, "1").await;
    browser.visit(NOTIFICATIONS_LINK).await;
    browser
        .wait_for_text("Bob B. mentioned you in a chat.")
        .await;
    open_notification(&browser, "Bob B. mentioned you").await;
    browser.wait_for_heading("World chat").await;
    browser.wait_for_badge(NOTIFICATIONS_LINK, "").await;
    browser.close(&[]).await;
}

#[tokio::test]
async fn save_notification_settings_silences_a_kind() {
    let Some(browser) = Browser::launch().await else {
        return;
    };
    let (ada, bob) = (browser.app.user("ada").await, browser.app.user("bob").await);
    browser.log_in(&ada).await;
    browser.visit("/settings/notifications").await;
    browser.wait_for_heading("Notifications").await;
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
