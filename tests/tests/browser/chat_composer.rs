//! What helps with writing a message: emoji, mentions, greetings.

use e2e::PASSWORD;
use serde_json::json;

use crate::Browser;
use crate::chat::ada_in_chat_with_bob;

const ENTER: &str = "\u{e007}";
const ESCAPE: &str = "\u{e00c}";
const RIGHT: &str = "\u{e014}";

/// The text in the message field.
async fn written(browser: &Browser) -> String {
    let field = browser.field("message").await;
    field.prop("value").await.unwrap().unwrap()
}

/// Types into whatever has the focus.
async fn press(browser: &Browser, keys: &str) {
    let focused = browser.client.active_element().await.unwrap();
    focused.send_keys(keys).await.unwrap();
}

#[tokio::test]
async fn emoji_is_found_by_name_and_inserted_at_the_caret() {
    let Some(browser) = Browser::launch().await else {
        return;
    };
    ada_in_chat_with_bob(&browser).await;
    let field = browser.field("message").await;
    field.send_keys("Well ").await.unwrap();
    browser.click_named("Insert emoji").await;
    browser
        .wait_until("the focus in the search field", || {
            "return document.activeElement.type === 'search'".to_owned()
        })
        .await;
    press(&browser, "troph").await;
    browser
        .wait_until("one emoji", || {
            "return document.querySelectorAll('.emoji-grid [role=option]').length === 1".to_owned()
        })
        .await;
    press(&browser, ENTER).await;
    assert_eq!(written(&browser).await, "Well \u{1f3c6}");
    press(&browser, " done").await;
    assert_eq!(written(&browser).await, "Well \u{1f3c6} done");
    // The one used last comes first, and arrow keys move on from it.
    browser.click_named("Insert emoji").await;
    let first = "return document.querySelector('.emoji-grid [aria-selected=true]')?.textContent";
    browser
        .wait_until("the trophy", || {
            format!("return (() => {{ {first} }})() === '\u{1f3c6}'")
        })
        .await;
    press(&browser, RIGHT).await;
    browser
        .wait_until("another emoji", || {
            format!("return (() => {{ {first} }})() !== '\u{1f3c6}'")
        })
        .await;
    press(&browser, ESCAPE).await;
    browser
        .wait_until("a closed picker", || {
            "return !document.querySelector('.emoji-picker').matches(':popover-open')".to_owned()
        })
        .await;
    assert_eq!(written(&browser).await, "Well \u{1f3c6} done");
    browser.close(&[]).await;
}

#[tokio::test]
async fn mention_is_completed_from_the_people_of_the_chat() {
    let Some(browser) = Browser::launch().await else {
        return;
    };
    let (ada, bob) = (browser.app.user("ada").await, browser.app.user("bob").await);
    bob.patch(
        "/api/v1/users/profile/",
        json!({"display_name": "Robert Tables"}),
    )
    .await
    .expect(200);
    let bobs_browser = browser.launch_another().await;
    browser.log_in(&ada).await;
    bobs_browser.visit("/login").await;
    bobs_browser.fill_login(&bob.name, PASSWORD).await;
    bobs_browser.wait_for_heading("Hello, Robert Tables").await;
    bobs_browser.visit("/chats/lobby/world").await;
    bobs_browser.wait_for_text("1 person here").await;
    browser.visit("/chats/lobby/world").await;
    browser.wait_for_text("2 people here").await;
    let field = browser.field("message").await;
    field.send_keys("Ready, @Tab").await.unwrap();
    browser.find(".mentions [role=option]").await;
    let shown = browser
        .execute_script(
            "const field = document.querySelector('[name=message]');\
             const option = document.getElementById(field.getAttribute('aria-activedescendant'));\
             return [option.getAttribute('aria-selected'), option.textContent.includes('@bob')]",
        )
        .await;
    assert_eq!(shown, json!(["true", true]));
    // Enter completes the mention and sends nothing yet.
    field.send_keys(ENTER).await.unwrap();
    assert_eq!(written(&browser).await, "Ready, @bob ");
    field.send_keys("?").await.unwrap();
    field.send_keys(ENTER).await.unwrap();
    bobs_browser.wait_for_text("Ready, @bob ?").await;
    let mention = "return document.querySelector('mark.me').textContent";
    assert_eq!(bobs_browser.execute_script(mention).await, "@bob");
    // Escape closes the suggestions, and an address is no mention.
    let field = browser.field("message").await;
    field.send_keys("@b").await.unwrap();
    browser.find(".mentions [role=option]").await;
    field.send_keys(ESCAPE).await.unwrap();
    let hidden = "return document.querySelector('.mentions').hidden";
    assert_eq!(browser.execute_script(hidden).await, json!(true));
    field.send_keys(" me@b").await.unwrap();
    assert_eq!(browser.execute_script(hidden).await, json!(true));
    bobs_browser.close(&[]).await;
    browser.close(&[]).await;
}

#[tokio::test]
async fn empty_conversation_offers_a_greeting() {
    let Some(browser) = Browser::launch().await else {
        return;
    };
    ada_in_chat_with_bob(&browser).await;
    browser
        .wait_for_text("This is the start of your conversation with bob.")
        .await;
    browser.click_on("Say hello").await;
    press(&browser, ENTER).await;
    browser
        .wait_for_text_gone("This is the start of your conversation")
        .await;
    browser.wait_for_text("Hello!").await;
    browser.close(&[]).await;
}
