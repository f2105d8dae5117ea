//! The layout of chats: what scrolls, how messages are grouped, and how one gets around by keyboard.

use e2e::TestUser;
use serde_json::{Value, json};

use crate::Browser;
use crate::chat::{ada_and_bob_as_friends, ada_in_chat_with_bob, send_message};
use crate::chrome_command::ChromeCommand;

/// Fills the conversation with more messages than fit on a screen.
async fn fill_conversation(ada: &TestUser, bob: &TestUser) {
    for number in 0..40 {
        let (sender, receiver) = if number % 2 == 0 {
            (ada, bob)
        } else {
            (bob, ada)
        };
        send_message(sender, receiver, &format!("message {number}")).await;
    }
}

/// Opens the conversation with bob, scrolled to its end.
async fn open_conversation(browser: &Browser) {
    browser.visit("/chats/bob").await;
    browser.wait_for_heading("bob").await;
    browser.wait_for_text("message 39").await;
    browser
        .wait_until("the end", || {
            "const at = document.querySelector('.scroller');\
             return at.scrollHeight - at.scrollTop - at.clientHeight < 2"
                .to_owned()
        })
        .await;
}

pub(crate) async fn set_viewport(browser: &Browser, width: u32, height: u32) {
    let device = json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false});
    let command = "Emulation.setDeviceMetricsOverride";
    browser
        .chrome(ChromeCommand::devtools(command, &device))
        .await;
}

#[tokio::test]
async fn typing_in_a_long_chat_does_not_scroll_the_page() {
    let Some(browser) = Browser::launch().await else {
        return;
    };
    let (ada, bob) = ada_and_bob_as_friends(&browser).await;
    fill_conversation(&ada, &bob).await;
    for width in [1280, 360] {
        set_viewport(&browser, width, 800).await;
        open_conversation(&browser).await;
        let field = browser.field("message").await;
        field.send_keys("typed").await.unwrap();
        let measured = browser
            .execute_script("return [document.documentElement.scrollHeight - innerHeight, scrollY]")
            .await;
        assert_eq!(measured, json!([0, 0]), "{width} pixels wide");
    }
    browser.close(&[]).await;
}

#[tokio::test]
async fn messages_are_readable_at_high_zoom() {
    let Some(browser) = Browser::launch().await else {
        return;
    };
    let (ada, bob) = ada_and_bob_as_friends(&browser).await;
    fill_conversation(&ada, &bob).await;
    // 1280 by 900 at 400 %.
    set_viewport(&browser, 320, 225).await;
    open_conversation(&browser).await;
    let height = "return document.querySelector('.scroller').clientHeight";
    let height = browser.execute_script(height).await;
    assert!(height.as_i64().unwrap() >= 100, "{height} pixels");
    let field = browser.field("message").await;
    field.send_keys("still works\u{e007}").await.unwrap();
    browser.wait_for_text("still works").await;
    let width = "return document.documentElement.scrollWidth <= innerWidth";
    assert_eq!(browser.execute_script(width).await, json!(true));
    browser.close(&[]).await;
}

#[tokio::test]
async fn composer_is_a_few_tab_stops_away_and_arrows_move_in_lists() {
    const TAB: &str = "\u{e004}";
    const UP: &str = "\u{e013}";
    let Some(browser) = Browser::launch().await else {
        return;
    };
    let (ada, bob) = ada_and_bob_as_friends(&browser).await;
    for name in ["cleo", "dora", "emil", "finn"] {
        let friend = browser.app.user(name).await;
        ada.befriend(&friend).await;
        send_message(&friend, &ada, "Hi").await;
    }
    fill_conversation(&ada, &bob).await;
    open_conversation(&browser).await;
    let press = async |keys: &str| {
        let focused = browser.client.active_element().await.unwrap();
        focused.send_keys(keys).await.unwrap();
    };
    browser
        .execute_script("document.querySelector('.skip').focus()")
        .await;
    let mut stops = 1;
    while browser
        .execute_script("return document.activeElement.name")
        .await
        != json!("message")
    {
        assert!(stops <= 15, "the composer is too far away");
        press(TAB).await;
        stops += 1;
    }
    let focused = "return document.activeElement.textContent";
    browser
        .execute_script("document.querySelector('.message:last-child').focus()")
        .await;
    press(UP).await;
    let text = browser.execute_script(focused).await;
    assert!(text.as_str().unwrap().contains("message 38"), "{text}");
    browser
        .execute_script("document.querySelector('.conversations a[aria-current]').focus()")
        .await;
    press("\u{e015}").await;
    let text = browser.execute_script(focused).await;
    assert!(text.as_str().unwrap().contains("finn"), "{text}");
    browser.close(&[]).await;
}

#[tokio::test]
async fn messages_are_grouped_and_anchored_and_links_are_safe() {
    let Some(browser) = Browser::launch().await else {
        return;
    };
    let (ada, bob) = ada_in_chat_with_bob(&browser).await;
    let own = format!("{}/people", browser.app.url());
    let texts = [
        "See https://example.org/a_(b), or (https://example.org/c).",
        "javascript:alert(1) https://ada:secret@example.org/ <https://example.org/d>",
        own.as_str(),
    ];
    for text in texts {
        send_message(&bob, &ada, text).await;
    }
    send_message(&ada, &bob, "Thanks").await;
    browser.wait_for_text("Thanks").await;
    let groups = browser
        .execute_script(
            "return [...document.querySelectorAll('.message')].map((one) => one.classList.contains('continued'))",
        )
        .await;
    assert_eq!(groups, json!([false, true, true, false]));
    let links = browser
        .execute_script(
            "return [...document.querySelectorAll('.content a')].map((one) => [one.href, one.target, one.relList.contains('noopener') && one.relList.contains('noreferrer')])",
        )
        .await;
    let other = |href: &str| json!([href, "_blank", true]);
    assert_eq!(
        links,
        json!([
            other("https://example.org/a_(b)"),
            other("https://example.org/c"),
            other("https://example.org/d"),
            [own, "", false],
        ])
    );
    let gap = browser
        .execute_script(
            "const [scroller, last] = ['.scroller', '.message:last-child'].map((css) => document.querySelector(css).getBoundingClientRect());\
             return Math.round(scroller.bottom - last.bottom)",
        )
        .await;
    assert!(
        (0..20).contains(&gap.as_i64().unwrap()),
        "{gap} pixels below"
    );
    browser.close(&[]).await;
}

#[tokio::test]
async fn long_names_do_not_break_the_list() {
    let Some(browser) = Browser::launch().await else {
        return;
    };
    let (ada, bob) = ada_and_bob_as_friends(&browser).await;
    let cleo = browser.app.user("cleo").await;
    ada.befriend(&cleo).await;
    let long = "W".repeat(50);
    cleo.send(
        cleo.authenticated_request(reqwest::Method::PATCH, "/api/v1/users/profile/")
            .json(&json!({"display_name": long})),
    )
    .await
    .expect(200);
    send_message(&bob, &ada, "from bob").await;
    send_message(&cleo, &ada, "from cleo").await;
    for width in [1280, 360] {
        set_viewport(&browser, width, 800).await;
        browser.visit("/chats").await;
        browser.wait_for_heading("Chats").await;
        browser.wait_for_text("from cleo").await;
        let rows = browser
            .execute_script(
                "return [...document.querySelectorAll('.conversations:first-of-type li')].map((row) => {\
                    const inside = [...row.querySelectorAll('time, .count')].every((one) => one.getBoundingClientRect().right <= row.getBoundingClientRect().right + 10);\
                    return [Math.round(row.getBoundingClientRect().height), inside];\
                 })",
            )
            .await;
        let rows: Vec<Value> = serde_json::from_value(rows).unwrap();
        assert_eq!(rows.len(), 2);
        assert_eq!(rows[0], rows[1], "{width} pixels wide");
        assert_eq!(rows[0][1], json!(true), "{width} pixels wide");
    }
    browser.close(&[]).await;
}
