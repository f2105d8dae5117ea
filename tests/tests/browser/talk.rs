//! Conversations: what one writes, the other sees at once.

use e2e::Person;
use reqwest::Method;
use serde_json::json;

use crate::Browser;

/// The messages on the page, one string each.
pub(crate) const MESSAGES: &str =
    "return [...document.querySelectorAll('.message .said')].map((one) => one.textContent)";

/// The last message with all that stands at it.
const LAST: &str = "[...document.querySelectorAll('.message')].at(-1).textContent";

/// Ada, who is logged in, and bob, her friend.
pub(crate) async fn ada_and_bob(browser: &Browser) -> (Person, Person) {
    let (ada, bob) = (
        browser.app.person("ada").await,
        browser.app.person("bob").await,
    );
    ada.befriend(&bob).await;
    browser.log_in(&ada).await;
    (ada, bob)
}

/// The same, and she looks at their conversation.
pub(crate) async fn ada_with_bob(browser: &Browser) -> (Person, Person) {
    let (ada, bob) = ada_and_bob(browser).await;
    browser.visit("/chats/bob").await;
    browser.heading("bob").await;
    (ada, bob)
}

/// Somebody writes a message with another client.
pub(crate) async fn write(one: &Person, other: &Person, content: &str) {
    let path = format!(
        "/api/v1/chats/rooms/{}/messages/",
        one.chat_with(other).await
    );
    one.post(&path, json!({"content": content}))
        .await
        .expect(201);
}

/// Writes a message and sends it with Enter.
pub(crate) async fn say(browser: &Browser, words: &str) {
    let field = browser.field("message").await;
    field.send_keys(&format!("{words}\u{e007}")).await.unwrap();
}

/// Waits until all is sent, and the last message, with all that stands at it, has these words.
async fn last_has(browser: &Browser, words: &str) {
    browser
        .settles(&format!("last message with “{words}”"), || {
            format!(
                "return !document.querySelector('.message:last-child.unsent:not(:has(.problem))')\
                 && {LAST}.includes({})",
                json!(words)
            )
        })
        .await;
}

/// Shows what can be done with the last message, and does one of these things.
async fn with_last(browser: &Browser, what: &str) {
    browser
        .run("[...document.querySelectorAll('.more')].at(-1).click()")
        .await;
    browser.press(what).await;
}

#[tokio::test]
async fn two_friends_talk_and_all_of_it_is_live() {
    let Some(browser) = Browser::open().await else {
        return;
    };
    let (ada, bob) = (
        browser.app.person("ada").await,
        browser.app.person("bob").await,
    );
    ada.befriend(&bob).await;
    let other = browser.beside().await;
    browser.log_in(&ada).await;
    other.log_in(&bob).await;
    browser.visit("/friends").await;
    browser.press_named("Chat with bob").await;
    browser.heading("bob").await;
    say(&browser, "Ready, @bob? <b>Really</b>").await;

    other.badge("/chats", "1").await;
    other
        .find("#nav a[href='/chats']")
        .await
        .click()
        .await
        .unwrap();
    other.heading("Chats").await;
    other.says("Ready, @bob? <b>Really</b>").await;
    other.find(".conversations a").await.click().await.unwrap();
    other.heading("ada").await;
    let called = "return document.querySelector('mark.me').textContent";
    assert_eq!(other.run(called).await, "@bob");
    other.badge("/chats", "").await;
    last_has(&browser, "read").await;

    let field = other.field("message").await;
    field.send_keys("When you are").await.unwrap();
    browser.says("bob is typing").await;
    field.send_keys("\u{e007}").await.unwrap();
    last_has(&browser, "When you are").await;
    browser.says_no_more("bob is typing").await;
    browser.press_named("Like").await;
    last_has(&other, "1 like").await;
    with_last(&browser, "Reply").await;
    say(&browser, "Now").await;
    last_has(&other, "In answer to you: When you are").await;
    last_has(&browser, "read").await;
    with_last(&browser, "Edit").await;
    say(&browser, ", then").await;
    last_has(&other, "Now, then").await;
    last_has(&other, "edited").await;
    with_last(&browser, "Delete").await;
    browser.says("Delete this message?").await;
    browser.press("Delete").await;
    last_has(&other, "Message deleted").await;
    other.close(&[]).await;
    browser.close(&[]).await;
}

#[tokio::test]
async fn history_is_read_upwards_and_stays_where_it_is_looked_at() {
    let Some(browser) = Browser::open().await else {
        return;
    };
    let (ada, bob) = (
        browser.app.person("ada").await,
        browser.app.person("bob").await,
    );
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
    browser.heading("bob").await;
    let gap = "const at = document.querySelector('.scroller');\
        return at.scrollHeight - at.scrollTop - at.clientHeight < 2";
    browser.settles("the end", || gap.to_owned()).await;
    for count in [60, 70] {
        browser
            .run("document.querySelector('.scroller').scrollTo(0, 0)")
            .await;
        browser
            .settles("older messages", || {
                format!("return document.querySelectorAll('.message').length === {count}")
            })
            .await;
    }
    let said = browser.run(MESSAGES).await;
    let expected: Vec<String> = (0..70).map(|number| format!("message {number}")).collect();
    assert_eq!(said, json!(expected));
    // Somebody who reads what was is not torn away from it.
    write(&bob, &ada, "the newest").await;
    browser.press("New messages ↓").await;
    browser.settles("the end", || gap.to_owned()).await;
    last_has(&browser, "the newest").await;
    browser.close(&[]).await;
}

#[tokio::test]
async fn what_cannot_be_sent_says_why_and_can_be_discarded() {
    let Some(browser) = Browser::open().await else {
        return;
    };
    let (_, bob) = ada_with_bob(&browser).await;
    bob.send(bob.signed(Method::DELETE, "/api/v1/friends/ada/"))
        .await
        .expect(200);
    say(&browser, "Still there?").await;
    last_has(&browser, "Not sent.").await;
    browser.press("Discard").await;
    browser.says_no_more("Not sent.").await;
    browser.visit("/chats/bob").await;
    browser.says("no longer friends").await;
    browser.press_named("Delete this conversation").await;
    browser.press("Delete").await;
    browser.heading("Chats").await;
    browser.says("No conversation yet.").await;
    browser.close(&[403]).await;
}

#[tokio::test]
async fn a_second_tab_has_the_same_badges_and_the_back_button_works() {
    let Some(browser) = Browser::open().await else {
        return;
    };
    let (ada, bob) = (
        browser.app.person("ada").await,
        browser.app.person("bob").await,
    );
    ada.befriend(&bob).await;
    write(&bob, &ada, "one").await;
    browser.log_in(&ada).await;
    browser.badge("/chats", "1").await;
    let first = browser.client.window().await.unwrap();
    let second = browser.client.new_window(true).await.unwrap().handle;
    browser
        .client
        .switch_to_window(second.clone())
        .await
        .unwrap();
    browser.visit("/friends").await;
    browser.badge("/chats", "1").await;
    write(&bob, &ada, "two").await;
    browser.badge("/chats", "2").await;
    browser.press_named("Chat with bob").await;
    browser.heading("bob").await;
    browser.badge("/chats", "").await;
    browser.client.back().await.unwrap();
    browser.heading("Friends").await;
    browser.client.forward().await.unwrap();
    browser.heading("bob").await;
    assert_eq!(browser.run(MESSAGES).await, json!(["one", "two"]));
    browser.client.switch_to_window(first).await.unwrap();
    browser.badge("/chats", "").await;
    browser.close(&[]).await;
}

#[tokio::test]
async fn the_keyboard_alone_answers_changes_and_deletes() {
    const TAB: &str = "\u{e004}";
    const ENTER: &str = "\u{e007}";
    const ESCAPE: &str = "\u{e00c}";
    let Some(browser) = Browser::open().await else {
        return;
    };
    let (ada, bob) = (
        browser.app.person("ada").await,
        browser.app.person("bob").await,
    );
    ada.befriend(&bob).await;
    write(&bob, &ada, "Ready?").await;
    browser.log_in(&ada).await;
    browser.visit("/chats/bob").await;
    browser.heading("bob").await;
    let keys = async |keys: &str| {
        let focused = browser.client.active_element().await.unwrap();
        focused.send_keys(keys).await.unwrap();
    };
    let focused = async |label: &str| {
        browser
            .settles(&format!("focus on {label:?}"), || {
                format!(
                    "const one = document.activeElement;\
                     return (one.getAttribute('aria-label') ?? one.textContent).startsWith({})",
                    json!(label)
                )
            })
            .await;
    };
    // Back from the field to the last message, and into what can be done with it.
    let back = format!("\u{e008}{TAB}\u{e008}");
    browser
        .field("message")
        .await
        .send_keys(&back)
        .await
        .unwrap();
    focused("What to do with: Ready?").await;
    keys(ENTER).await;
    keys(TAB).await;
    focused("Reply").await;
    keys(ENTER).await;
    browser.says("In answer to bob: Ready?").await;
    keys(&format!("Always{ENTER}")).await;
    last_has(&browser, "Always").await;
    keys(&back).await;
    focused("What to do with: Always").await;
    keys(ENTER).await;
    keys(TAB).await;
    keys(TAB).await;
    focused("Edit").await;
    keys(ENTER).await;
    browser.says("You are changing a message.").await;
    keys(ESCAPE).await;
    browser.says_no_more("You are changing a message.").await;
    keys(&back).await;
    keys(ENTER).await;
    for _ in 0..3 {
        keys(TAB).await;
    }
    focused("Delete").await;
    keys(ENTER).await;
    browser.says("Delete this message?").await;
    keys(ENTER).await;
    last_has(&browser, "Message deleted").await;
    let lost = browser
        .run("return document.activeElement === document.body")
        .await;
    assert_eq!(lost, false, "the focus is nowhere");
    browser.close(&[]).await;
}
