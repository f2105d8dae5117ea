//! Direct conversations: sending, live updates, history, keyboard use.

use e2e::TestUser;
use reqwest::Method;
use serde_json::json;

use crate::Browser;

/// Script that returns the contents of all messages.
pub(crate) const MESSAGES_SCRIPT: &str =
    "return [...document.querySelectorAll('.message .content')].map((one) => one.textContent)";

/// Expression for the text of the last message, with its footer and quote.
const LAST_MESSAGE: &str = "[...document.querySelectorAll('.message')].at(-1).textContent";

/// Creates ada and bob as friends and logs ada in.
pub(crate) async fn ada_and_bob_as_friends(browser: &Browser) -> (TestUser, TestUser) {
    let (ada, bob) = (browser.app.user("ada").await, browser.app.user("bob").await);
    ada.befriend(&bob).await;
    browser.log_in(&ada).await;
    (ada, bob)
}

/// Does the same and opens their conversation.
pub(crate) async fn ada_in_chat_with_bob(browser: &Browser) -> (TestUser, TestUser) {
    let (ada, bob) = ada_and_bob_as_friends(browser).await;
    browser.visit("/chats/bob").await;
    browser.wait_for_heading("bob").await;
    (ada, bob)
}

/// Sends a message over HTTP, as another client.
pub(crate) async fn send_message(sender: &TestUser, friend: &TestUser, content: &str) {
    let path = format!(
        "/api/v1/chats/rooms/{}/messages/",
        sender.chat_with(friend).await
    );
    sender
        .post(&path, json!({"content": content}))
        .await
        .expect(201);
}

/// Types a message into the composer and sends it with Enter.
pub(crate) async fn type_message(browser: &Browser, text: &str) {
    let field = browser.field("message").await;
    field.send_keys(&format!("{text}\u{e007}")).await.unwrap();
}

/// Waits until no message is unsent and the last one contains this text.
async fn wait_for_last_message(browser: &Browser, text: &str) {
    browser
        .wait_until(&format!("last message with “{text}”"), || {
            format!(
                "return !document.querySelector('.message:last-child.unsent:not(:has(.problem))')\
                 && {LAST_MESSAGE}.includes({})",
                json!(text)
            )
        })
        .await;
}

/// Opens the menu of the last message and clicks one of its items.
async fn act_on_last_message(browser: &Browser, action: &str) {
    browser
        .execute_script("[...document.querySelectorAll('.more')].at(-1).click()")
        .await;
    browser.click_on(action).await;
}

#[tokio::test]
async fn send_message_appears_live_for_both_friends() {
    let Some(browser) = Browser::launch().await else {
        return;
    };
    let (ada, bob) = (browser.app.user("ada").await, browser.app.user("bob").await);
    ada.befriend(&bob).await;
    let bobs_browser = browser.launch_another().await;
    browser.log_in(&ada).await;
    bobs_browser.log_in(&bob).await;
    browser.visit("/friends").await;
    browser.click_named("Chat with bob").await;
    browser.wait_for_heading("bob").await;
    type_message(&browser, "Ready, @bob? <b>Really</b>").await;

    bobs_browser.wait_for_badge("/chats", "1").await;
    bobs_browser
        .find("#nav a[href='/chats']")
        .await
        .click()
        .await
        .unwrap();
    bobs_browser.wait_for_heading("Chats").await;
    bobs_browser
        .wait_for_text("Ready, @bob? <b>Really</b>")
        .await;
    bobs_browser
        .find(".conversations a")
        .await
        .click()
        .await
        .unwrap();
    bobs_browser.wait_for_heading("ada").await;
    let mention = "return document.querySelector('mark.me').textContent";
    assert_eq!(bobs_browser.execute_script(mention).await, "@bob");
    bobs_browser.wait_for_badge("/chats", "").await;
    wait_for_last_message(&browser, "read").await;

    let field = bobs_browser.field("message").await;
    field.send_keys("When you are").await.unwrap();
    browser.wait_for_text("bob is typing").await;
    field.send_keys("\u{e007}").await.unwrap();
    wait_for_last_message(&browser, "When you are").await;
    browser.wait_for_text_gone("bob is typing").await;
    // Its tools appear with the focus.
    browser
        .execute_script("document.querySelector('.message:last-child').focus()")
        .await;
    browser.click_named("Like").await;
    wait_for_last_message(&bobs_browser, "1 like").await;
    act_on_last_message(&browser, "Reply").await;
    type_message(&browser, "Now").await;
    wait_for_last_message(&bobs_browser, "Replying to you: When you are").await;
    wait_for_last_message(&browser, "read").await;
    act_on_last_message(&browser, "Edit").await;
    type_message(&browser, ", then").await;
    wait_for_last_message(&bobs_browser, "Now, then").await;
    wait_for_last_message(&bobs_browser, "edited").await;
    act_on_last_message(&browser, "Delete").await;
    browser.wait_for_text("Delete this message?").await;
    browser.click_on("Delete").await;
    wait_for_last_message(&bobs_browser, "Message deleted").await;
    bobs_browser.close(&[]).await;
    browser.close(&[]).await;
}

#[tokio::test]
async fn scroll_up_loads_older_messages_and_keeps_position() {
    let Some(browser) = Browser::launch().await else {
        return;
    };
    let (ada, bob) = (browser.app.user("ada").await, browser.app.user("bob").await);
    ada.befriend(&bob).await;
    let path = format!(
        "/api/v1/chats/rooms/{}/messages/",
        ada.chat_with(&bob).await
    );
    for number in 0..70 {
        let writer = if number % 2 == 0 { &ada } else { &bob };
        let message = json!({"content": format!("message {number}")});
        writer.post(&path, message).await.expect(201);
    }
    browser.log_in(&ada).await;
    browser.visit("/chats/bob").await;
    browser.wait_for_heading("bob").await;
    let at_end = "const at = document.querySelector('.scroller');\
        return at.scrollHeight - at.scrollTop - at.clientHeight < 2";
    browser.wait_until("the end", || at_end.to_owned()).await;
    for count in [60, 70] {
        browser
            .execute_script("document.querySelector('.scroller').scrollTo(0, 0)")
            .await;
        browser
            .wait_until("older messages", || {
                format!("return document.querySelectorAll('.message').length === {count}")
            })
            .await;
    }
    let contents = browser.execute_script(MESSAGES_SCRIPT).await;
    let expected: Vec<String> = (0..70).map(|number| format!("message {number}")).collect();
    assert_eq!(contents, json!(expected));
    // A new message does not scroll the reader away from older ones.
    send_message(&bob, &ada, "the newest").await;
    browser.click_on("New messages ↓").await;
    browser.wait_until("the end", || at_end.to_owned()).await;
    wait_for_last_message(&browser, "the newest").await;
    browser.close(&[]).await;
}

#[tokio::test]
async fn send_message_shows_refusal_and_can_be_discarded() {
    let Some(browser) = Browser::launch().await else {
        return;
    };
    let (_, bob) = ada_in_chat_with_bob(&browser).await;
    bob.send(bob.authenticated_request(Method::DELETE, "/api/v1/friends/ada/"))
        .await
        .expect(200);
    type_message(&browser, "Still there?").await;
    wait_for_last_message(&browser, "Not sent.").await;
    browser.click_on("Discard").await;
    browser.wait_for_text_gone("Not sent.").await;
    browser.visit("/chats/bob").await;
    browser.wait_for_text("no longer friends").await;
    browser.click_named("More about this conversation").await;
    browser.click_on("Delete conversation").await;
    browser.click_on("Delete").await;
    browser.wait_for_heading("Chats").await;
    browser.wait_for_text("No conversations yet.").await;
    browser.close(&[403]).await;
}

#[tokio::test]
async fn read_messages_updates_badges_in_all_tabs() {
    let Some(browser) = Browser::launch().await else {
        return;
    };
    let (ada, bob) = (browser.app.user("ada").await, browser.app.user("bob").await);
    ada.befriend(&bob).await;
    send_message(&bob, &ada, "one").await;
    browser.log_in(&ada).await;
    browser.wait_for_badge("/chats", "1").await;
    let first = browser.client.window().await.unwrap();
    let second = browser.client.new_window(true).await.unwrap().handle;
    browser
        .client
        .switch_to_window(second.clone())
        .await
        .unwrap();
    browser.visit("/friends").await;
    browser.wait_for_badge("/chats", "1").await;
    send_message(&bob, &ada, "two").await;
    browser.wait_for_badge("/chats", "2").await;
    browser.click_named("Chat with bob").await;
    browser.wait_for_heading("bob").await;
    browser.wait_for_badge("/chats", "").await;
    browser.client.back().await.unwrap();
    browser.wait_for_heading("Friends").await;
    browser.client.forward().await.unwrap();
    browser.wait_for_heading("bob").await;
    assert_eq!(
        browser.execute_script(MESSAGES_SCRIPT).await,
        json!(["one", "two"])
    );
    browser.client.switch_to_window(first).await.unwrap();
    browser.wait_for_badge("/chats", "").await;
    browser.close(&[]).await;
}

#[tokio::test]
async fn reply_edit_and_delete_work_by_keyboard() {
    const TAB: &str = "\u{e004}";
    const ENTER: &str = "\u{e007}";
    const ESCAPE: &str = "\u{e00c}";
    const DOWN: &str = "\u{e015}";
    const END: &str = "\u{e010}";
    let Some(browser) = Browser::launch().await else {
        return;
    };
    let (ada, bob) = (browser.app.user("ada").await, browser.app.user("bob").await);
    ada.befriend(&bob).await;
    send_message(&bob, &ada, "Ready?").await;
    browser.log_in(&ada).await;
    browser.visit("/chats/bob").await;
    browser.wait_for_heading("bob").await;
    let press = async |keys: &str| {
        let focused = browser.client.active_element().await.unwrap();
        focused.send_keys(keys).await.unwrap();
    };
    let focused = async |label: &str| {
        browser
            .wait_until(&format!("focus on {label:?}"), || {
                format!(
                    "const one = document.activeElement;\
                     return (one.getAttribute('aria-label') ?? one.textContent).trim().startsWith({})",
                    json!(label)
                )
            })
            .await;
    };
    // Shift+Tab from the message field to the last message's actions.
    let back = format!("\u{e008}{TAB}\u{e008}");
    browser
        .field("message")
        .await
        .send_keys(&back)
        .await
        .unwrap();
    focused("More actions for: Ready?").await;
    press(ENTER).await;
    focused("Reply").await;
    press(ENTER).await;
    browser.wait_for_text("Replying to bob: Ready?").await;
    press(&format!("Always{ENTER}")).await;
    wait_for_last_message(&browser, "Always").await;
    press(&back).await;
    focused("More actions for: Always").await;
    press(ENTER).await;
    focused("Reply").await;
    press(DOWN).await;
    focused("Edit").await;
    press(ENTER).await;
    browser.wait_for_text("Editing message").await;
    press(ESCAPE).await;
    browser.wait_for_text_gone("Editing message").await;
    press(&back).await;
    focused("More actions for: Always").await;
    // The menu of a message opens from the message itself, too.
    press(&back).await;
    press(ENTER).await;
    focused("Reply").await;
    press(END).await;
    focused("Delete").await;
    press(ENTER).await;
    browser.wait_for_text("Delete this message?").await;
    press(ENTER).await;
    wait_for_last_message(&browser, "Message deleted").await;
    let focus_lost = browser
        .execute_script("return document.activeElement === document.body")
        .await;
    assert_eq!(focus_lost, false, "the focus was lost");
    browser.close(&[]).await;
}
