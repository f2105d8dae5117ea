//! What one has written but not sent.

use serde_json::json;

use crate::Browser;
use crate::chat::{MESSAGES_SCRIPT, ada_and_bob_as_friends, ada_in_chat_with_bob, type_message};
use crate::navigation::expect_network_errors_only;
use crate::reconnect::restart_server;

/// Lets no message reach the server while `window.isCut` is true.
const CUT_OFF_SCRIPT: &str = "const real = window.fetch; window.isCut = true;\
     window.fetch = async (address, options) => {\
        const isMessage = options?.method === 'POST' && String(address).endsWith('/messages/');\
        if (isCut && isMessage) throw new TypeError('Failed to fetch');\
        return real(address, options);\
     };";

/// Waits until the messages of the chat are these, all of them confirmed.
async fn wait_for_confirmed(browser: &Browser, messages: &[&str]) {
    browser
        .wait_until(&format!("{messages:?}"), || {
            format!(
                "const all = (() => {{ {MESSAGES_SCRIPT} }})();\
                 return JSON.stringify(all) === JSON.stringify({}) && !document.querySelector('.unsent')",
                json!(messages)
            )
        })
        .await;
}

#[tokio::test]
async fn session_end_keeps_unsent_message_and_draft() {
    let Some(browser) = Browser::launch().await else {
        return;
    };
    let (ada, _) = ada_in_chat_with_bob(&browser).await;
    browser.execute_script(CUT_OFF_SCRIPT).await;
    type_message(&browser, "written before").await;
    browser.wait_for_text("Sending…").await;
    let field = browser.field("message").await;
    field.send_keys("and begun").await.unwrap();
    ada.post("/api/v1/auth/logout-all/", json!({}))
        .await
        .expect(200);
    browser.wait_for_heading("Log in").await;
    browser.execute_script("isCut = false").await;
    browser.fill_login("ada", e2e::PASSWORD).await;
    browser.wait_for_heading("bob").await;
    wait_for_confirmed(&browser, &["written before"]).await;
    let field = browser.field("message").await;
    assert_eq!(field.prop("value").await.unwrap().unwrap(), "and begun");
    browser.close(&[401]).await;
}

#[tokio::test]
async fn another_user_in_the_same_tab_sends_nothing_of_the_first() {
    let Some(browser) = Browser::launch().await else {
        return;
    };
    let (_, bob) = ada_in_chat_with_bob(&browser).await;
    browser.execute_script(CUT_OFF_SCRIPT).await;
    type_message(&browser, "by ada").await;
    browser.wait_for_text("Sending…").await;
    browser.log_out().await;
    browser.execute_script("isCut = false").await;
    browser.click_on("Log in").await;
    browser.fill_login("bob", e2e::PASSWORD).await;
    browser.wait_for_heading("Hello, bob").await;
    browser.visit("/chats/ada").await;
    browser.wait_for_heading("ada").await;
    type_message(&browser, "by bob").await;
    wait_for_confirmed(&browser, &["by bob"]).await;
    let history = bob.get("/api/v1/chats/ada/messages/").await.json();
    assert_eq!(history["meta"]["total"], 1);
    browser.close(&[]).await;
}

#[tokio::test]
async fn draft_is_kept_per_chat() {
    let Some(browser) = Browser::launch().await else {
        return;
    };
    let (ada, _) = ada_and_bob_as_friends(&browser).await;
    let cleo = browser.app.user("cleo").await;
    ada.befriend(&cleo).await;
    let draft_in = async |name: &str| {
        browser.visit("/friends").await;
        browser.click_named(&format!("Chat with {name}")).await;
        browser.wait_for_heading(name).await;
        browser.field("message").await
    };
    let field = draft_in("bob").await;
    field.send_keys("for bob").await.unwrap();
    let field = draft_in("cleo").await;
    assert_eq!(field.prop("value").await.unwrap().unwrap(), "");
    field.send_keys("for cleo").await.unwrap();
    let field = draft_in("bob").await;
    assert_eq!(field.prop("value").await.unwrap().unwrap(), "for bob");
    field.send_keys("\u{e007}").await.unwrap();
    wait_for_confirmed(&browser, &["for bob"]).await;
    draft_in("cleo").await;
    let field = draft_in("bob").await;
    assert_eq!(field.prop("value").await.unwrap().unwrap(), "");
    browser.close(&[]).await;
}

#[tokio::test]
async fn unsent_message_does_not_wait_longer_the_longer_the_server_is_away() {
    let Some(browser) = Browser::launch().await else {
        return;
    };
    ada_in_chat_with_bob(&browser).await;
    // Shorter timers run faster, and longer ones never.
    browser
        .execute_script(
            "const [wait, real] = [window.setTimeout, window.fetch];\
             window.setTimeout = (run, delay, ...rest) => (delay > 5000 ? 0 : wait(run, delay / 10, ...rest));\
             window.attempts = 0;\
             window.fetch = (address, options) => {\
                if (options?.method === 'POST' && String(address).endsWith('/messages/')) attempts += 1;\
                return real(address, options);\
             };",
        )
        .await;
    let node = &browser.app.nodes[0];
    node.signal("KILL");
    e2e::until("the end of the server", async || !node.is_running()).await;
    type_message(&browser, "while it was away").await;
    browser
        .wait_until("many attempts", || "return attempts >= 8".to_owned())
        .await;
    let _restarted = restart_server(&browser.app);
    wait_for_confirmed(&browser, &["while it was away"]).await;
    browser.wait_for_text_gone("Connection lost.").await;
    expect_network_errors_only(&browser).await;
    browser.close(&[]).await;
}
