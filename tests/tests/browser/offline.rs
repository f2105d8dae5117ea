//! The client without a connection, and as an installed application.

use serde_json::json;

use crate::Browser;
use crate::chrome_command::ChromeCommand;
use crate::reconnect::restart_server;

/// Waits until the service worker keeps the client.
async fn wait_for_service_worker(browser: &Browser) {
    browser
        .wait_until("a service worker", || {
            "return navigator.serviceWorker.controller !== null".to_owned()
        })
        .await;
}

async fn set_offline(browser: &Browser, offline: bool) {
    let conditions = json!({
        "offline": offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1
    });
    for (name, parameters) in [
        ("Network.enable", json!({})),
        ("Network.emulateNetworkConditions", conditions),
    ] {
        let command = ChromeCommand::devtools(name, &parameters);
        browser.chrome(command).await;
    }
}

#[tokio::test]
async fn reload_without_a_connection_opens_the_client() {
    let Some(browser) = Browser::launch().await else {
        return;
    };
    let ada = browser.app.user("ada").await;
    browser.log_in(&ada).await;
    browser.visit("/friends").await;
    browser.wait_for_heading("Friends").await;
    wait_for_service_worker(&browser).await;
    let node = &browser.app.nodes[0];
    node.signal("KILL");
    e2e::until("the end of the server", async || !node.is_running()).await;
    set_offline(&browser, true).await;
    browser.client.refresh().await.unwrap();
    browser.wait_for_text("You’re offline.").await;
    browser.wait_for_heading("No connection").await;
    set_offline(&browser, false).await;
    let _restarted = restart_server(&browser.app);
    browser.wait_for_heading("Friends").await;
    // Takes the browser's own errors about the unreachable server from the log.
    browser.chrome(ChromeCommand::console_log()).await;
    browser.close(&[]).await;
}

/// The addresses of everything that the service worker keeps.
const KEPT_SCRIPT: &str = "return (async () => {\
    const kept = await Promise.all((await caches.keys()).map(async (name) => (await caches.open(name)).keys()));\
    return kept.flat().map(({ url }) => new URL(url).pathname);\
})()";

#[tokio::test]
async fn service_worker_keeps_the_files_of_the_client_only() {
    let Some(browser) = Browser::launch().await else {
        return;
    };
    let ada = browser.app.user("ada").await;
    browser.log_in(&ada).await;
    wait_for_service_worker(&browser).await;
    for path in ["/people", "/profile", "/"] {
        browser.visit(path).await;
        browser
            .wait_until("a view", || {
                "return document.querySelector('main:not([aria-busy]) h1') !== null".to_owned()
            })
            .await;
    }
    let kept = browser.execute_script(KEPT_SCRIPT).await;
    let kept: Vec<String> = serde_json::from_value(kept).unwrap();
    assert!(
        kept.iter()
            .any(|path| path.ends_with("/views/chat/chat.js"))
    );
    assert!(
        kept.iter().all(|path| path.starts_with("/web/")),
        "{kept:?}"
    );
    // Errors of the server itself reach those who open its pages.
    browser.visit("/docs/nothing").await;
    browser.wait_for_heading("Page not found").await;
    browser.close(&[404]).await;
}

#[tokio::test]
async fn service_worker_of_a_new_release_replaces_the_old_one_and_keeps_its_files() {
    let Some(browser) = Browser::launch().await else {
        return;
    };
    // What the worker of an older release, and of one before, have left. No page of the client is open yet,
    // which would start the worker.
    browser.visit("/api/v1/online/").await;
    browser
        .execute_script(
            "return (async () => {\
                for (const release of ['first', 'second']) {\
                    const cache = await caches.open(`courtside-web-${release}`);\
                    await cache.put(`/web/${release}/app.js`, new Response('kept'));\
                }\
                await caches.open('other');\
            })()",
        )
        .await;
    browser.visit("/login").await;
    wait_for_service_worker(&browser).await;
    browser
        .wait_until("the caches of two releases", || {
            "return caches.keys().then((names) => JSON.stringify(names.map((name) =>\
                name.replace(/[0-9a-f]{16}/, 'current')))\
             === '[\"courtside-web-second\",\"other\",\"courtside-web-current\"]')"
                .to_owned()
        })
        .await;
    let kept = "return fetch('/web/second/app.js').then((response) => response.text())";
    assert_eq!(browser.execute_script(kept).await, json!("kept"));
    browser.close(&[]).await;
}

#[tokio::test]
async fn client_can_be_installed() {
    let Some(browser) = Browser::launch().await else {
        return;
    };
    browser.visit("/").await;
    wait_for_service_worker(&browser).await;
    let command = ChromeCommand::devtools("Page.getInstallabilityErrors", &json!({}));
    let errors = browser.chrome(command).await;
    let errors = errors["installabilityErrors"].as_array().unwrap().clone();
    // A browser of a test has no window that could install.
    assert!(errors.is_empty(), "{errors:?}");
    let command = ChromeCommand::devtools("Page.getAppManifest", &json!({}));
    let manifest = browser.chrome(command).await;
    assert_eq!(manifest["errors"], json!([]));
    browser.close(&[]).await;
}
