//! Moving between views: by keyboard, without a connection, and faster than they load.

use serde_json::json;

use crate::Browser;
use crate::chat::{ada_in_chat_with_bob, send_message};
use crate::chrome_command::ChromeCommand;

const ENTER: &str = "\u{e007}";

/// Holds back the responses of requests whose address contains `part`, until `release()` is called. What
/// holds them back does not see that the request is aborted.
fn hold_back_script(part: &str) -> String {
    format!(
        "const real = window.fetch;\
         const released = new Promise((resolve) => {{ window.release = resolve; }});\
         window.held = 0;\
         window.fetch = async (address, options) => {{\
            const part = {};\
            if (!String(address).includes(part)) return real(address, options);\
            const response = await real(address, {{ ...options, signal: undefined }});\
            window.held += 1;\
            await released;\
            return response;\
         }};\
         window.sockets = [];\
         window.WebSocket = new Proxy(WebSocket, {{ construct(target, parts) {{\
            const socket = new target(...parts);\
            window.sockets.push(socket);\
            return socket;\
         }} }});",
        json!(part)
    )
}

/// Takes the network away from the page, or gives it back. Open sockets stay.
async fn set_offline(browser: &Browser, is_offline: bool) {
    let enable = ChromeCommand::devtools("Network.enable", &json!({}));
    browser.chrome(enable).await;
    let conditions = json!({
        "offline": is_offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1,
    });
    let command = ChromeCommand::devtools("Network.emulateNetworkConditions", &conditions);
    browser.chrome(command).await;
}

#[tokio::test]
async fn leave_lobby_before_it_loads_opens_no_socket() {
    let Some(browser) = Browser::launch().await else {
        return;
    };
    let ada = browser.app.user("ada").await;
    browser.log_in(&ada).await;
    browser.visit("/chats").await;
    browser.wait_for_heading("Chats").await;
    browser
        .execute_script(&hold_back_script("/chats/lobbies/"))
        .await;
    browser.click_element(".conversations a").await;
    browser
        .wait_until("a lobby that loads", || "return held === 1".to_owned())
        .await;
    browser.click_on("People").await;
    browser.wait_for_heading("People").await;
    browser.execute_script("release()").await;
    // Anything that the lobby still does is done when another view has been loaded.
    browser.click_on("Invites").await;
    browser.wait_for_heading("Invites").await;
    let lobby_sockets = browser
        .execute_script("return sockets.filter(({ url }) => url.includes('/lobby/')).length")
        .await;
    assert_eq!(lobby_sockets, json!(0));
    // The same lobby opens and is left as usual.
    browser.click_on("Chats").await;
    browser.wait_for_heading("Chats").await;
    browser.click_element(".conversations a").await;
    browser.wait_for_text("1 person here").await;
    browser.click_on("People").await;
    browser.wait_for_heading("People").await;
    browser
        .wait_until("closed sockets of the lobby", || {
            "const all = sockets.filter(({ url }) => url.includes('/lobby/'));\
             return all.length === 1 && all[0].readyState >= 2"
                .to_owned()
        })
        .await;
    browser.close(&[]).await;
}

#[tokio::test]
async fn skip_to_content_keeps_what_was_typed() {
    let Some(browser) = Browser::launch().await else {
        return;
    };
    let ada = browser.app.user("ada").await;
    browser.log_in(&ada).await;
    browser.visit("/settings/profile").await;
    browser.wait_for_heading("Profile").await;
    browser.type_into("bio", "Half a sentence").await;
    browser
        .execute_script("document.querySelector('.skip').focus()")
        .await;
    let link = browser.client.active_element().await.unwrap();
    link.send_keys(ENTER).await.unwrap();
    browser
        .wait_until("the focus in the content", || {
            "return document.activeElement === document.querySelector('main h1')".to_owned()
        })
        .await;
    let bio = browser.field("bio").await;
    assert_eq!(bio.prop("value").await.unwrap().unwrap(), "Half a sentence");
    assert_eq!(browser.path_and_query().await, "/settings/profile");
    browser.close(&[]).await;
}

#[tokio::test]
async fn click_while_offline_keeps_the_view_and_opens_the_next_one_later() {
    let Some(browser) = Browser::launch().await else {
        return;
    };
    let (ada, bob) = ada_in_chat_with_bob(&browser).await;
    send_message(&bob, &ada, "Still readable").await;
    browser.wait_for_text("Still readable").await;
    // Only the connection's return may open the view, not a timer that asks.
    browser.execute_script("window.setInterval = () => 0").await;
    set_offline(&browser, true).await;
    browser.click_on("Friends").await;
    browser.wait_for_text("The page opens as soon as").await;
    browser.wait_for_text("Still readable").await;
    set_offline(&browser, false).await;
    browser.wait_for_heading("Friends").await;
    browser
        .wait_for_text_gone("The page opens as soon as")
        .await;

    set_offline(&browser, true).await;
    browser.click_on("Invites").await;
    browser.wait_for_text("The page opens as soon as").await;
    browser.client.back().await.unwrap();
    browser
        .wait_for_text_gone("The page opens as soon as")
        .await;
    browser.wait_for_heading("Friends").await;
    set_offline(&browser, false).await;
    expect_network_errors_only(&browser).await;
    browser.close(&[]).await;
}

/// Takes the browser's own errors about the missing network from its log.
pub(crate) async fn expect_network_errors_only(browser: &Browser) {
    let log = browser.chrome(ChromeCommand::console_log()).await;
    for entry in log.as_array().unwrap() {
        let line = entry["message"].as_str().unwrap();
        assert!(line.contains("net::ERR_"), "{line}");
    }
}

#[tokio::test]
async fn open_missing_person_leads_back() {
    let Some(browser) = Browser::launch().await else {
        return;
    };
    let ada = browser.app.user("ada").await;
    browser.log_in(&ada).await;
    browser.visit("/friends").await;
    browser.wait_for_heading("Friends").await;
    browser
        .execute_script(
            "const link = document.createElement('a'); link.href = '/people/nobody-here';\
             document.querySelector('main').append(link); link.click()",
        )
        .await;
    browser.wait_for_heading("Page not found").await;
    let texts = browser
        .execute_script(
            "return [...document.querySelectorAll('main .actions > *')].map((one) => one.textContent)",
        )
        .await;
    assert_eq!(texts, json!(["Home", "Go back"]));
    browser.click_on("Go back").await;
    browser.wait_for_heading("Friends").await;
    browser.close(&[404]).await;
}
