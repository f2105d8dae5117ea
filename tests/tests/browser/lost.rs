//! Losing the connection and getting it back: nothing is lost and nothing doubled.

use e2e::{App, Node};
use serde_json::json;

use crate::Browser;
use crate::talk::{MESSAGES, ada_and_bob, ada_with_bob, say, write};
use crate::vendor::Vendor;

/// Starts the server again that has ended, at the same address.
fn start_again(app: &App) -> Node {
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

/// Waits until these are all messages, in this order, and none is on its way.
async fn said(browser: &Browser, messages: &[&str]) {
    browser
        .settles(&format!("messages {messages:?}"), || {
            format!(
                "const all = (() => {{ {MESSAGES} }})();\
                 return JSON.stringify(all) === JSON.stringify({})\
                 && !document.querySelector('.unsent')",
                json!(messages)
            )
        })
        .await;
}

#[tokio::test]
async fn a_server_that_goes_and_comes_back_loses_and_doubles_nothing() {
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
    for (one, path) in [(&browser, "/chats/bob"), (&other, "/chats/ada")] {
        one.visit(path).await;
        one.find("[name=message]").await;
    }
    say(&browser, "before").await;
    said(&other, &["before"]).await;

    let node = &browser.app.nodes[0];
    node.signal("KILL");
    e2e::until("the end of the server", async || !node.is_running()).await;
    say(&browser, "while it was away").await;
    say(&browser, "and another").await;
    browser.says("Sending …").await;
    browser.says("The connection is lost.").await;
    let _again = start_again(&browser.app);
    let all = ["before", "while it was away", "and another"];
    said(&browser, &all).await;
    said(&other, &all).await;
    browser.says_no_more("The connection is lost.").await;

    say(&other, "after").await;
    let all = ["before", "while it was away", "and another", "after"];
    said(&browser, &all).await;
    let history = bob.get("/api/v1/chats/ada/messages/").await.json();
    assert_eq!(history["meta"]["total"], 4);
    // What the browser itself says about a server that is away.
    for one in [&browser, &other] {
        one.vendor(Vendor::console()).await;
    }
    other.close(&[]).await;
    browser.close(&[]).await;
}

#[tokio::test]
async fn an_answer_that_got_lost_doubles_nothing() {
    let Some(browser) = Browser::open().await else {
        return;
    };
    let (ada, bob) = ada_with_bob(&browser).await;
    // The server takes the message; neither its answer nor its event arrives, twice.
    browser
        .run(
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
    say(&browser, "once").await;
    browser
        .settles("two lost answers", || "return window.lost === 2".to_owned())
        .await;
    said(&browser, &["once"]).await;
    let path = format!(
        "/api/v1/chats/rooms/{}/messages/",
        ada.chat_with(&bob).await
    );
    assert_eq!(bob.get(&path).await.json()["meta"]["total"], 1);
    browser.close(&[]).await;
}

#[tokio::test]
async fn a_reload_sends_what_had_not_been_sent() {
    let Some(browser) = Browser::open().await else {
        return;
    };
    let (ada, bob) = ada_with_bob(&browser).await;
    browser
        .run(
            "const real = window.fetch;\
             window.fetch = async (address, options) => {\
                if (options?.method === 'POST' && String(address).endsWith('/messages/')) throw new TypeError('Failed to fetch');\
                return real(address, options);\
             };",
        )
        .await;
    say(&browser, "kept").await;
    browser.says("Sending …").await;
    write(&bob, &ada, "from bob").await;
    browser.says("from bob").await;
    browser.client.refresh().await.unwrap();
    browser.heading("bob").await;
    said(&browser, &["from bob", "kept"]).await;
    let history = bob.get("/api/v1/chats/ada/messages/").await.json();
    assert_eq!(history["meta"]["total"], 2);
    browser.close(&[]).await;
}

#[tokio::test]
async fn a_page_that_slept_hears_what_it_missed_and_counts_it_once() {
    let Some(browser) = Browser::open().await else {
        return;
    };
    let (ada, bob) = (
        browser.app.person("ada").await,
        browser.app.person("bob").await,
    );
    ada.befriend(&bob).await;
    write(&bob, &ada, "before").await;
    browser.log_in(&ada).await;
    browser.visit("/chats").await;
    browser.badge("/chats", "1").await;
    let connections = async || {
        let status = ada.get("/api/v1/users/profile/status/").await.data();
        status["connections"].as_u64().unwrap()
    };
    e2e::until("a connection", async || connections().await == 1).await;
    // What a browser does with a page that it keeps for the back button.
    browser.run("dispatchEvent(new Event('pagehide'))").await;
    e2e::until("no connection", async || connections().await == 0).await;
    for words in ["one", "two"] {
        write(&bob, &ada, words).await;
    }
    browser.run("dispatchEvent(new Event('pageshow'))").await;
    browser.says("two").await;
    browser.badge("/chats", "3").await;
    write(&bob, &ada, "three").await;
    browser.says("three").await;
    browser.badge("/chats", "4").await;
    browser.close(&[]).await;
}

/// Lets so many sockets carry a token that is not good, and counts how many are opened.
fn spoil(count: u32) -> String {
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
async fn a_token_that_is_refused_is_renewed_once() {
    let Some(browser) = Browser::open().await else {
        return;
    };
    let (ada, bob) = ada_and_bob(&browser).await;
    browser.visit("/chats").await;
    browser.heading("Chats").await;
    browser.run(&spoil(1)).await;
    write(&bob, &ada, "heard").await;
    browser.badge("/chats", "1").await;
    assert_eq!(browser.run("return opened").await, json!(2));
    browser.run(&spoil(9)).await;
    browser.says("News no longer come by themselves.").await;
    assert_eq!(browser.run("return opened").await, json!(2));
    browser.close(&[]).await;
}

/// Lets the next socket neither open nor fail.
const HANG: &str = "window.Real = WebSocket; window.opened = 0;\
     window.WebSocket = new Proxy(Real, { construct(target, options) {\
        window.opened += 1;\
        if (window.opened > 1) return new target(...options);\
        return Object.assign(new EventTarget(), { readyState: 0, close() {} });\
     } });\
     dispatchEvent(new Event('pagehide'));\
     dispatchEvent(new Event('pageshow'));";

#[tokio::test]
async fn a_socket_that_does_not_open_is_given_up_for_another() {
    let Some(browser) = Browser::open().await else {
        return;
    };
    let (ada, bob) = ada_and_bob(&browser).await;
    browser.visit("/chats").await;
    browser.heading("Chats").await;
    browser.run(HANG).await;
    write(&bob, &ada, "heard").await;
    browser.badge("/chats", "1").await;
    assert_eq!(browser.run("return opened").await, json!(2));
    browser.close(&[]).await;
}
