//! How much the client loads, and what happens when the server has another release.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::Browser;
use crate::chat::ada_in_chat_with_bob;
use crate::chrome_command::ChromeCommand;

/// Notes when the first view is open, and which sockets were opened until then.
const RECORD_VIEW_SCRIPT: &str = "window.sockets = 0; window.viewAt = null;\
    window.WebSocket = new Proxy(WebSocket, { construct(target, options) {\
        if (viewAt === null) sockets += 1;\
        return new target(...options);\
    } });\
    addEventListener('DOMContentLoaded', () => {\
        const main = document.getElementById('main');\
        const record = () => { if (!main.hasAttribute('aria-busy')) viewAt ??= performance.now(); };\
        new MutationObserver(record).observe(main, { attributes: true });\
    });";

/// The requests that reached the network before the view was open.
const REQUESTS_SCRIPT: &str = "return performance.getEntriesByType('resource')\
    .filter((one) => one.startTime < viewAt && (one.transferSize > 0 || one.decodedBodySize === 0))\
    .map((one) => new URL(one.name).pathname)\
    .concat(Array(sockets).fill('socket'), 'page')";

/// The compressed size of everything that the page has loaded, from the network or not, by address.
const SIZES_SCRIPT: &str = "return Object.fromEntries(\
    [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]\
        .map((one) => [new URL(one.name).pathname, one.encodedBodySize]))";

const NO_SERVICE_WORKER_SCRIPT: &str = "delete Navigator.prototype.serviceWorker";

async fn sizes(browser: &Browser) -> BTreeMap<String, u64> {
    serde_json::from_value(browser.execute_script(SIZES_SCRIPT).await).unwrap()
}

async fn run_on_new_documents(browser: &Browser, script: &str) {
    let command = "Page.addScriptToEvaluateOnNewDocument";
    let script = json!({"source": script});
    let command = ChromeCommand::devtools(command, &script);
    browser.chrome(command).await;
}

#[tokio::test]
async fn reload_of_a_chat_makes_at_most_six_requests_before_the_view() {
    let Some(browser) = Browser::launch().await else {
        return;
    };
    ada_in_chat_with_bob(&browser).await;
    run_on_new_documents(&browser, RECORD_VIEW_SCRIPT).await;
    browser.client.refresh().await.unwrap();
    browser.wait_for_heading("bob").await;
    let requests = browser.execute_script(REQUESTS_SCRIPT).await;
    assert!(requests.as_array().unwrap().len() <= 6, "{requests}");
    browser.close(&[]).await;
}

#[tokio::test]
async fn first_page_loads_at_most_60_kilobytes_with_a_playable_court() {
    let Some(browser) = Browser::launch().await else {
        return;
    };
    browser.visit("/").await;
    browser
        .wait_until("a court to play on", || {
            "return performance.getEntriesByType('resource').some(({ name }) => name.endsWith('.wasm'))\
             && document.querySelector('main canvas') !== null"
                .to_owned()
        })
        .await;
    let sizes = sizes(&browser).await;
    let total: u64 = sizes.values().sum();
    assert!(total <= 60_000 && sizes.len() > 10, "{total}: {sizes:#?}");
    browser.close(&[]).await;
}

#[tokio::test]
async fn home_loads_at_most_100_kilobytes() {
    let Some(browser) = Browser::launch().await else {
        return;
    };
    let ada = browser.app.user("ada").await;
    // Sizes of what a service worker serves are those before compression.
    run_on_new_documents(&browser, NO_SERVICE_WORKER_SCRIPT).await;
    browser.log_in(&ada).await;
    browser.visit("/").await;
    browser.wait_for_heading("Hello, ada").await;
    let sizes = sizes(&browser).await;
    let total: u64 = sizes.values().sum();
    assert!(total <= 100_000 && sizes.len() > 10, "{total}: {sizes:#?}");
    browser.close(&[]).await;
}

/// Makes the page believe that its files are gone from the server.
const OUTDATED_SCRIPT: &str = "const real = fetch;\
    window.fetch = async (address, options) => String(address).endsWith('/files.json')\
        ? new Response('', { status: 404 }) : real(address, options);";

async fn block(browser: &Browser, addresses: Value) {
    let parameters = json!({ "urls": addresses });
    let command = ChromeCommand::devtools("Network.setBlockedURLs", &parameters);
    browser.chrome(command).await;
}

#[tokio::test]
async fn page_of_a_release_that_is_gone_reloads_once_and_then_says_so() {
    let Some(browser) = Browser::launch().await else {
        return;
    };
    let ada = browser.app.user("ada").await;
    // Without the files that the service worker keeps.
    run_on_new_documents(&browser, NO_SERVICE_WORKER_SCRIPT).await;
    browser.log_in(&ada).await;
    let enable = ChromeCommand::devtools("Network.enable", &json!({}));
    browser.chrome(enable).await;
    block(&browser, json!(["*/views/people/people.js"])).await;
    browser.execute_script(OUTDATED_SCRIPT).await;
    browser.execute_script("window.isOld = true").await;
    browser.click_on("People").await;
    browser
        .wait_until("a new page", || "return !window.isOld".to_owned())
        .await;
    assert_eq!(browser.path_and_query().await, "/people");
    browser.wait_for_heading("No connection").await;
    browser.execute_script(OUTDATED_SCRIPT).await;
    browser.click_on("Try again").await;
    browser.wait_for_heading("Courtside was updated").await;
    block(&browser, json!([])).await;
    browser.click_on("Reload").await;
    browser.wait_for_heading("People").await;
    // Takes the browser's own errors about what was blocked from the log.
    browser.chrome(ChromeCommand::console_log()).await;
    browser.close(&[]).await;
}

#[tokio::test]
async fn page_that_cannot_start_reloads_once_and_then_says_so() {
    let Some(browser) = Browser::launch().await else {
        return;
    };
    let enable = ChromeCommand::devtools("Network.enable", &json!({}));
    browser.chrome(enable).await;
    let count = "sessionStorage.setItem('pages', Number(sessionStorage.getItem('pages')) + 1)";
    run_on_new_documents(&browser, count).await;
    block(&browser, json!(["*/router.js"])).await;
    browser.visit("/login").await;
    browser
        .wait_for_text("It may be in the middle of an update.")
        .await;
    let pages = browser.execute_script("return sessionStorage.getItem('pages')");
    assert_eq!(pages.await, json!("2"));
    block(&browser, json!([])).await;
    browser.click_on("Reload the page").await;
    browser.wait_for_heading("Log in").await;
    browser.chrome(ChromeCommand::console_log()).await;
    browser.close(&[]).await;
}

/// A release as another node would have stored it: the client under another name.
const OTHER: &str = "0011223344556677";

#[tokio::test]
async fn page_of_another_release_is_served_as_a_whole() {
    let Some(browser) = Browser::launch().await else {
        return;
    };
    e2e::store_release(&browser.app, OTHER).await;
    browser.visit(&format!("/web/{OTHER}/index.html")).await;
    browser.wait_for_heading("Page not found").await;
    let foreign = browser
        .execute_script(&format!(
            "return performance.getEntriesByType('resource').map(({{ name }}) => new URL(name).pathname)\
             .filter((path) => !path.startsWith('/web/{OTHER}/'))"
        ))
        .await;
    assert_eq!(foreign, json!([]));
    browser.click_on("Home").await;
    browser
        .wait_for_heading("Play, chat and watch together.")
        .await;
    browser.close(&[]).await;
}
