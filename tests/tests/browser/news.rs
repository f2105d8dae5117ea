//! Notifications and the chats that are open to everybody.

use serde_json::json;

use crate::Browser;
use crate::friends::ask;
use crate::talk::{MESSAGES, say, write};

const BELL: &str = "/notifications";

#[tokio::test]
async fn what_happened_is_told_counted_and_read() {
    let Some(browser) = Browser::open().await else {
        return;
    };
    let [ada, bob, cleo] = ["ada", "bob", "cleo"].map(|name| browser.app.person(name));
    let (ada, bob, cleo) = (ada.await, bob.await, cleo.await);
    browser.log_in(&ada).await;
    ask(&cleo, &ada).await;
    browser.badge(BELL, "1").await;
    browser.find(".bell").await.click().await.unwrap();
    browser.heading("Notifications").await;
    browser.says("cleo wants to be your friend.").await;
    bob.befriend(&ada).await;
    // Somebody who answers a request has read of it.
    browser.says("bob wants to be your friend.").await;
    browser.badge(BELL, "1").await;
    write(&bob, &ada, "Ready?").await;
    browser.badge(BELL, "2").await;
    browser.press("bob wrote to you.").await;
    browser.heading("bob").await;
    browser.badge(BELL, "1").await;
    browser.badge("/chats", "").await;

    browser.visit(BELL).await;
    browser.press("Mark all as read").await;
    browser.badge(BELL, "").await;
    browser.press_named("Delete: bob wrote to you.").await;
    browser.says_no_more("bob wrote to you.").await;
    browser.press("Delete all").await;
    browser.says("Delete all notifications?").await;
    browser.press("Delete all").await;
    browser.says("Nothing yet.").await;
    browser.close(&[]).await;
}

#[tokio::test]
async fn people_choose_what_they_are_told_of() {
    let Some(browser) = Browser::open().await else {
        return;
    };
    let (ada, bob) = (
        browser.app.person("ada").await,
        browser.app.person("bob").await,
    );
    browser.log_in(&ada).await;
    browser.visit("/notifications/preferences").await;
    browser.heading("What to be told of").await;
    browser
        .run("document.querySelector('[name=\"friend_request.in_app\"]').click()")
        .await;
    browser
        .run("document.querySelector('[name=digest]').value = 'daily'")
        .await;
    browser.press("Save").await;
    browser.says("Saved.").await;
    let kept = ada.get("/api/v1/notifications/preferences/").await.data();
    assert_eq!(kept["digest"], "daily");
    assert_eq!(
        kept["kinds"]["friend_request"],
        json!({"in_app": false, "email": true})
    );
    ask(&bob, &ada).await;
    browser.badge("/friends", "1").await;
    browser.badge(BELL, "").await;
    browser.close(&[]).await;
}

#[tokio::test]
async fn the_world_chat_is_open_to_everybody_and_shows_who_is_there() {
    let Some(browser) = Browser::open().await else {
        return;
    };
    let (ada, bob) = (
        browser.app.person("ada").await,
        browser.app.person("bob").await,
    );
    let other = browser.beside().await;
    browser.log_in(&ada).await;
    other.log_in(&bob).await;
    browser.visit("/chats").await;
    browser.press("World chat").await;
    browser.heading("World chat").await;
    browser.says("1 person here").await;
    other.visit("/chats/lobby/world").await;
    browser.says("2 people here").await;
    say(&browser, "Hello, world").await;
    other.says("Hello, world").await;
    say(&other, "Hello, ada").await;
    browser.says("Hello, ada").await;
    assert_eq!(
        browser.run(MESSAGES).await,
        json!(["Hello, world", "Hello, ada"])
    );
    browser
        .run("[...document.querySelectorAll('.more')].at(-1).click()")
        .await;
    browser.press("Report").await;
    browser.says("The moderators see what it says now.").await;
    browser.find("dialog .primary").await.click().await.unwrap();
    browser.says("Thank you.").await;

    browser.press("Keep").await;
    browser.says("You keep this lobby").await;
    browser.visit("/friends").await;
    browser.heading("Friends").await;
    say(&other, "Are you still there?").await;
    browser.badge("/chats", "1").await;
    other.visit("/friends").await;
    other.heading("Friends").await;
    browser.visit("/chats/lobby/world").await;
    browser.says("1 person here").await;
    browser.says("Are you still there?").await;
    browser.badge("/chats", "").await;
    browser.press("Leave").await;
    browser.says("You keep this lobby no more.").await;
    other.close(&[]).await;
    browser.close(&[]).await;
}
