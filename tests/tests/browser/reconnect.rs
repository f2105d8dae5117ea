//! Lost connections: no message is lost or duplicated.

use e2e::{App, Node};
use serde_json::json;

use crate::Browser;
use crate::chat::{
    MESSAGES_SCRIPT, ada_and_bob_as_friends, ada_in_chat_with_bob, send_message, type_message,
};
use crate::chrome_command::ChromeCommand;

/// Restarts the stopped server at the same address.
pub(crate) fn restart_server(app: &App) -> Node {
    let (_, port) = app.url().rsplit_once(':').unwrap();
    let listen = format!("--listen=127.0.0.1:{port}");
    let arguments: Vec<String> = app
        .node_arguments()
        .into_iter()
        .map(|one| {
            if one.starts_with("--listen=") {
                listen.clone()
            } else {
                one
            }
        })
        .collect();
    Node::start(&arguments)
}

/// Waits until the chat shows exactly these messages, and none is unsent.
async fn wait_for_messages(browser: &Browser, messages: &[&str]) {
    browser
        .wait_until(&format!("messages {messages:?}"), || {
            format!(
                "const all = (() => {{ {MESSAGES_SCRIPT} }})();\
                 return JSON.stringify(all) === JSON.stringify({})\
                 && !document.querySelector('.unsent')",
                json!(messages)
            )
        })
        .await;
}

#[tokio::test]
async fn reconnect_after_server_crash_keeps_each_message_once() {
    let Some(browser) = Browser::launch().await else {
        return;
    };
    let (ada, bob) = (browser.app.user("ada").await, browser.app.user("bob").await);
    ada.befriend(&bob).await;
    let bobs_browser = browser.launch_another().await;
    browser.log_in(&ada).await;
    bobs_browser.log_in(&bob).await;
    for (client, path) in [(&browser, "/chats/bob"), (&bobs_browser, "/chats/ada")] {
        client.visit(path).await;
        client.find("[name=message]").await;
    }
    type_message(&browser, "before").await;
    wait_for_messages(&bobs_browser, &["before"]).await;

    let node = &browser.app.nodes[0];
    node.signal("KILL");
    e2e::until("the end of the server", async || !node.is_running()).await;
    type_message(&browser, "while it was away").await;
    type_message(&browser, "and another").await;
    browser.wait_for_text("Sending…").await;
    browser.wait_for_text("Connection lost.").await;
    let _restarted = restart_server(&browser.app);
    let all = ["before", "while it was away", "and another"];
    wait_for_messages(&browser, &all).await;
    wait_for_messages(&bobs_browser, &all).await;
    browser.wait_for_text_gone("Connection lost.").await;

    type_message(&bobs_browser, "after").await;
    let all = ["before", "while it was away", "and another", "after"];
    wait_for_messages(&browser, &all).await;
    let history = bob.get("/api/v1/chats/ada/messages/").await.json();
    assert_eq!(history["meta"]["total"], 4);
    // Takes the browser's own errors about the unreachable server from the log.
    for client in [&browser, &bobs_browser] {
        client.chrome(ChromeCommand::console_log()).await;
    }
    bobs_browser.close(&[]).await;
    browser.close(&[]).await;
}

#[tokio::test]
async fn send_message_with_lost_response_stores_it_once() {
    let Some(browser) = Browser::launch().await else {
        return;
    };
    let (ada, bob) = ada_in_chat_with_bob(&browser).await;
    // The server stores the message, but its response and its event are lost, twice.
    browser
        .execute_script(
            "const [real, parse] = [window.fetch, JSON.parse]; window.lost = 0;\
             JSON.parse = (text) => {\
                const frame = parse(text);\
                return frame.action === 'new_message' && window.lost < 2 ? { action: 'none' } : frame;\
             };\
             window.fetch = async (address, options) => {\
                const answer = await real(address, options);\
                if (options?.method !== 'POST' || !String(address).endsWith('/messages/') || window.lost > 1) return answer;\
                window.lost += 1;\
                throw new TypeError('Failed to fetch');\
             };",
        )
        .await;
    type_message(&browser, "once").await;
    browser
        .wait_until("two lost responses", || {
            "return window.lost === 2".to_owned()
        })
        .await;
    wait_for_messages(&browser, &["once"]).await;
    let path = format!(
        "/api/v1/chats/rooms/{}/messages/",
        ada.chat_with(&bob).await
    );
    assert_eq!(bob.get(&path).await.json()["meta"]["total"], 1);
    browser.close(&[]).await;
}

#[tokio::test]
async fn reload_sends_unsent_messages() {
    let Some(browser) = Browser::launch().await else {
        return;
    };
    let (ada, bob) = ada_in_chat_with_bob(&browser).await;
    browser
        .execute_script(
            "const real = window.fetch;\
             window.fetch = async (address, options) => {\
                if (options?.method === 'POST' && String(address).endsWith('/messages/')) throw new TypeError('Failed to fetch');\
                return real(address, options);\
             };",
        )
        .await;
    type_message(&browser, "kept").await;
    browser.wait_for_text("Sending…").await;
    send_message(&bob, &ada, "from bob").await;
    browser.wait_for_text("from bob").await;
    browser.client.refresh().await.unwrap();
    browser.wait_for_heading("bob").await;
    wait_for_messages(&browser, &["from bob", "kept"]).await;
    let history = bob.get("/api/v1/chats/ada/messages/").await.json();
    assert_eq!(history["meta"]["total"], 2);
    browser.close(&[]).await;
}

#[tokio::test]
async fn resume_after_page_freeze_counts_missed_messages_once() {
    let Some(browser) = Browser::launch().await else {
        return;
    };
    let (ada, bob) = (browser.app.user("ada").await, browser.app.user("bob").await);
    ada.befriend(&bob).await;
    send_message(&bob, &ada, "before").await;
    browser.log_in(&ada).await;
    browser.visit("/chats").await;
    browser.wait_for_badge("/chats", "1").await;
    let connections = async || {
        let status = ada.get("/api/v1/users/profile/status/").await.data();
        status["connections"].as_u64().unwrap()
    };
    e2e::until("a connection", async || connections().await == 1).await;
    // A browser fires this when it freezes a page for the back button.
    browser
        .execute_script("dispatchEvent(new Event('pagehide'))")
        .await;
    e2e::until("no connection", async || connections().await == 0).await;
    for text in ["one", "two"] {
        send_message(&bob, &ada, text).await;
    }
    browser
        .execute_script("dispatchEvent(new Event('pageshow'))")
        .await;
    browser.wait_for_text("two").await;
    browser.wait_for_badge("/chats", "3").await;
    send_message(&bob, &ada, "three").await;
    browser.wait_for_text("three").await;
    browser.wait_for_badge("/chats", "4").await;
    browser.close(&[]).await;
}

/// Makes the next `count` sockets send a bad token, and counts the sockets that are opened.
fn reject_tokens_script(count: u32) -> String {
    format!(
        "window.Real ??= WebSocket; window.opened = 0;\
         window.WebSocket = class extends Real {{\
            constructor(url, protocols) {{\
                window.opened += 1;\
                super(url, window.opened > {count} ? protocols : ['courtside.v1', 'bearer.bad']);\
            }}\
         }};\
         dispatchEvent(new Event('pagehide'));\
         dispatchEvent(new Event('pageshow'));"
    )
}

#[tokio::test]
async fn reconnect_renews_rejected_token_once() {
    let Some(browser) = Browser::launch().await else {
        return;
    };
    let (ada, bob) = ada_and_bob_as_friends(&browser).await;
    browser.visit("/chats").await;
    browser.wait_for_heading("Chats").await;
    browser.execute_script(&reject_tokens_script(1)).await;
    send_message(&bob, &ada, "heard").await;
    browser.wait_for_badge("/chats", "1").await;
    assert_eq!(browser.execute_script("return opened").await, json!(2));
    browser.execute_script(&reject_tokens_script(9)).await;
    browser.wait_for_text("Live updates stopped.").await;
    assert_eq!(browser.execute_script("return opened").await, json!(2));
    browser.close(&[]).await;
}

/// Makes the next socket neither open nor fail.
const HANGING_SOCKET_SCRIPT: &str = "window.Real = WebSocket; window.opened = 0;\
     window.WebSocket = new Proxy(Real, { construct(target, options) {\
        window.opened += 1;\
        if (window.opened > 1) return new target(...options);\
        return Object.assign(new EventTarget(), { readyState: 0, close() {} });\
     } });\
     dispatchEvent(new Event('pagehide'));\
     dispatchEvent(new Event('pageshow'));";

#[tokio::test]
async fn reconnect_replaces_a_socket_that_hangs() {
    let Some(browser) = Browser::launch().await else {
        return;
    };
    let (ada, bob) = ada_and_bob_as_friends(&browser).await;
    browser.visit("/chats").await;
    browser.wait_for_heading("Chats").await;
    browser.execute_script(HANGING_SOCKET_SCRIPT).await;
    send_message(&bob, &ada, "heard").await;
    browser.wait_for_badge("/chats", "1").await;
    assert_eq!(browser.execute_script("return opened").await, json!(2));
    browser.close(&[]).await;
}
