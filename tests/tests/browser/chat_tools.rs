//! What stands around the messages: their tools, the people, the counter in the title, toasts.

use serde_json::json;

use crate::Browser;
use crate::chat::{ada_and_bob_as_friends, ada_in_chat_with_bob, send_message};
use crate::chat_layout::set_viewport;
use crate::chrome_command::ChromeCommand;

/// Holds a finger on the last message for this time.
async fn hold_finger_on_last_message(browser: &Browser, milliseconds: u64) {
    let place = browser
        .execute_script(
            "const { left, top, width, height } = document.querySelector('.message:last-child .bubble').getBoundingClientRect();\
             return [{ x: left + width / 2, y: top + height / 2 }]",
        )
        .await;
    let touch = async |kind: &str, points: serde_json::Value| {
        let event = json!({"type": kind, "touchPoints": points});
        let command = ChromeCommand::devtools("Input.dispatchTouchEvent", &event);
        browser.chrome(command).await;
    };
    touch("touchStart", place).await;
    // Only the duration makes the difference between a tap and a long press.
    tokio::time::sleep(std::time::Duration::from_millis(milliseconds)).await;
    touch("touchEnd", json!([])).await;
}

#[tokio::test]
async fn long_press_opens_the_menu_of_a_message() {
    let Some(browser) = Browser::launch().await else {
        return;
    };
    let (ada, bob) = ada_in_chat_with_bob(&browser).await;
    send_message(&bob, &ada, "Touch me").await;
    browser.wait_for_text("Touch me").await;
    let command = "Emulation.setTouchEmulationEnabled";
    let enabled = json!({"enabled": true});
    browser
        .chrome(ChromeCommand::devtools(command, &enabled))
        .await;
    let open = "return document.querySelector('.message-menu').matches(':popover-open')";
    hold_finger_on_last_message(&browser, 50).await;
    assert_eq!(browser.execute_script(open).await, json!(false));
    hold_finger_on_last_message(&browser, 800).await;
    assert_eq!(browser.execute_script(open).await, json!(true));
    browser.click_on("Like").await;
    browser
        .wait_until("a like", || {
            "return document.querySelector('.likes')?.textContent.includes('1 like')".to_owned()
        })
        .await;
    assert_eq!(browser.execute_script(open).await, json!(false));
    browser.close(&[]).await;
}

#[tokio::test]
async fn tools_appear_at_full_contrast_and_are_one_tab_stop() {
    const TAB: &str = "\u{e004}";
    const LEFT: &str = "\u{e012}";
    let Some(browser) = Browser::launch().await else {
        return;
    };
    let (ada, bob) = ada_in_chat_with_bob(&browser).await;
    send_message(&bob, &ada, "Ready?").await;
    browser.wait_for_text("Ready?").await;
    browser
        .execute_script("document.querySelector('.message:last-child').focus()")
        .await;
    let opacity = "return getComputedStyle(document.querySelector('.message-tools')).opacity";
    browser
        .wait_until("visible tools", || {
            format!("return (() => {{ {opacity} }})() === '1'")
        })
        .await;
    let label = "return document.activeElement.getAttribute('aria-label')";
    let press = async |keys: &str| {
        let focused = browser.client.active_element().await.unwrap();
        focused.send_keys(keys).await.unwrap();
        browser.execute_script(label).await
    };
    assert_eq!(press(TAB).await, "More actions for: Ready?");
    assert_eq!(press(LEFT).await, "Reply");
    assert_eq!(press(LEFT).await, "Like");
    press("\u{e007}").await;
    browser
        .wait_until("a like", || {
            "return document.querySelector('.likes')?.textContent.includes('1 like')".to_owned()
        })
        .await;
    assert_eq!(
        browser.execute_script(label).await,
        "Unlike",
        "the focus stays on the button"
    );
    browser.close(&[]).await;
}

#[tokio::test]
async fn people_stand_at_the_side_or_behind_a_button() {
    let Some(browser) = Browser::launch().await else {
        return;
    };
    let ada = browser.app.user("ada").await;
    browser.log_in(&ada).await;
    let shown = "const place = document.querySelector('.chats-people');\
         return place.checkVisibility() && place.innerText.includes('Here now') && place.innerText.includes('ada')";
    set_viewport(&browser, 1280, 800).await;
    browser.visit("/chats/lobby/world").await;
    browser.wait_for_text("1 person here").await;
    browser.wait_until("the people", || shown.to_owned()).await;
    set_viewport(&browser, 360, 740).await;
    assert_eq!(browser.execute_script(shown).await, json!(false));
    browser.click_named("People").await;
    browser.wait_until("the people", || shown.to_owned()).await;
    let focused = browser.client.active_element().await.unwrap();
    focused.send_keys("\u{e00c}").await.unwrap();
    browser
        .wait_until("no people", || format!("return !(() => {{ {shown} }})()"))
        .await;
    browser.close(&[]).await;
}

#[tokio::test]
async fn title_counts_unread_messages() {
    let Some(browser) = Browser::launch().await else {
        return;
    };
    let (ada, bob) = ada_and_bob_as_friends(&browser).await;
    let wait_for_title = async |title: &str| {
        browser
            .wait_until(&format!("the title {title:?}"), || {
                format!("return document.title === {}", json!(title))
            })
            .await;
    };
    browser.visit("/friends").await;
    wait_for_title("Friends · Courtside").await;
    send_message(&bob, &ada, "one").await;
    wait_for_title("(1) Friends · Courtside").await;
    send_message(&bob, &ada, "two").await;
    wait_for_title("(2) Friends · Courtside").await;
    browser.click_named("Chat with bob").await;
    wait_for_title("bob · Courtside").await;
    browser.close(&[]).await;
}

#[tokio::test]
async fn toasts_do_not_cover_the_composer() {
    let Some(browser) = Browser::launch().await else {
        return;
    };
    let (_, bob) = ada_in_chat_with_bob(&browser).await;
    for (width, height) in [(1280, 800), (360, 640)] {
        set_viewport(&browser, width, height).await;
        let sent = bob
            .post("/api/v1/invites/", json!({"username": "ada"}))
            .await
            .expect(201)
            .data();
        browser.find(".toast").await;
        let is_covered = browser
            .execute_script(
                "const [toast, composer] = ['.toast', '.composer'].map((css) => document.querySelector(css).getBoundingClientRect());\
                 return toast.bottom > composer.top && toast.top < composer.bottom",
            )
            .await;
        assert_eq!(is_covered, json!(false), "{width} pixels wide");
        let path = format!("/api/v1/invites/{}/cancel/", sent["id"].as_str().unwrap());
        bob.post(&path, json!({})).await.expect(200);
        browser.click_named("Close this message").await;
    }
    browser.close(&[]).await;
}
