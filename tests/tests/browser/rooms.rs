//! The list of rooms, and rooms by their name.

use serde_json::json;

use crate::Browser;
use crate::chat::type_message;

/// Waits until the list shows this count beside a chat.
async fn wait_for_count(browser: &Browser, name: &str, count: &str) {
    browser
        .wait_until(&format!("{count:?} unread in {name}"), || {
            format!(
                "const row = [...document.querySelectorAll('.conversations a')].find((one) => one.querySelector('strong').textContent === {});\
                 return Boolean(row) && (row.querySelector('.count')?.innerText ?? '').replace(/[^0-9]/g, '') === {}",
                json!(name),
                json!(count)
            )
        })
        .await;
}

#[tokio::test]
async fn followed_world_chat_shows_its_unread_count_live() {
    let Some(browser) = Browser::launch().await else {
        return;
    };
    let (ada, bob) = (browser.app.user("ada").await, browser.app.user("bob").await);
    let world = "/api/v1/chats/lobbies/world/join/";
    let joined = ada.post(world, json!({})).await.expect(200).data();
    let path = format!(
        "/api/v1/chats/rooms/{}/messages/",
        joined["chat_id"].as_str().unwrap()
    );
    browser.log_in(&ada).await;
    let write = async |text: &str| {
        bob.post(&path, json!({"content": text})).await.expect(201);
    };
    write("one").await;
    browser.wait_for_badge("/chats", "1").await;
    browser.click_element("#nav a[href='/chats']").await;
    browser.wait_for_heading("Chats").await;
    wait_for_count(&browser, "World chat", "1").await;
    write("two").await;
    wait_for_count(&browser, "World chat", "2").await;
    browser.wait_for_text("bob: two").await;
    browser
        .click_element(".conversations a[href='/chats/lobby/world']")
        .await;
    browser.wait_for_heading("World chat").await;
    wait_for_count(&browser, "World chat", "").await;
    browser.wait_for_badge("/chats", "").await;
    browser.close(&[]).await;
}

#[tokio::test]
async fn join_room_shows_a_wrong_name_at_the_field() {
    let Some(browser) = Browser::launch().await else {
        return;
    };
    let ada = browser.app.user("ada").await;
    browser.log_in(&ada).await;
    browser.visit("/chats").await;
    browser.wait_for_heading("Chats").await;
    browser.click_on("New chat").await;
    browser.type_into("name", "no spaces!").await;
    browser.click_on("Join").await;
    let error = browser.field_error("name").await;
    assert!(error.starts_with("Lobby names have"), "{error}");
    assert_eq!(browser.path_and_query().await, "/chats");
    browser.type_into("name", "Chess").await;
    browser.click_on("Join").await;
    browser.wait_for_heading("Lobby chess").await;
    type_message(&browser, "Anybody?").await;
    browser.wait_for_text("Anybody?").await;
    browser.close(&[422]).await;
}

#[tokio::test]
async fn open_address_of_a_missing_room_does_not_create_it() {
    let Some(browser) = Browser::launch().await else {
        return;
    };
    let ada = browser.app.user("ada").await;
    browser.log_in(&ada).await;
    browser.visit("/chats/lobby/chess").await;
    browser.wait_for_heading("No such room").await;
    let path = "/api/v1/chats/lobbies/chess/";
    ada.get(path)
        .await
        .expect_error(404, "chat.lobby_not_found");
    browser.click_on("Create room").await;
    browser.wait_for_heading("Lobby chess").await;
    ada.get(path).await.expect(200);
    browser.close(&[404]).await;
}
