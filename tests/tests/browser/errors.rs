//! Errors: an unreachable server, rate limits, server errors, unknown addresses.

use serde_json::json;

use crate::Browser;

#[tokio::test]
async fn save_profile_keeps_input_while_server_is_down() {
    let Some(browser) = Browser::launch().await else {
        return;
    };
    let ada = browser.app.user("ada").await;
    browser.log_in(&ada).await;
    browser.visit("/settings/profile").await;
    browser.wait_for_heading("Profile").await;
    browser.type_into("bio", "Not lost.").await;
    let node = &browser.app.nodes[0];
    node.signal("KILL");
    e2e::until("the end of the server", async || !node.is_running()).await;
    browser.click_on("Save").await;
    browser
        .wait_for_text("The server is unreachable right now.")
        .await;
    let bio = browser.field("bio").await;
    assert_eq!(bio.prop("value").await.unwrap().unwrap(), "Not lost.");
    // The service worker has the modules of the view, but not what it shows.
    browser.click_on("Friends").await;
    browser.wait_for_text("The page opens as soon as").await;
    browser.wait_for_text("Try again").await;
    let bio = browser.field("bio").await;
    assert_eq!(bio.prop("value").await.unwrap().unwrap(), "Not lost.");
    // The page goes on trying to reach the server: `close` would find the latest attempt in the log.
    crate::navigation::expect_network_errors_only(&browser).await;
    browser.client.clone().close().await.unwrap();
}

#[tokio::test]
async fn request_password_reset_shows_rate_limit_and_server_error() {
    let Some(browser) = Browser::launch().await else {
        return;
    };
    let url = format!("{}/api/v1/auth/password/forgot/", browser.app.url());
    // Uses up the limit of the address that the browser shares.
    let client = e2e::client();
    let mut status = 200;
    while status == 200 {
        let request = client.post(&url).json(&json!({"email": "ada@example.org"}));
        status = request.send().await.unwrap().status().as_u16();
    }
    assert_eq!(status, 429);
    browser.visit("/account/forgot-password").await;
    browser.wait_for_heading("Reset your password").await;
    browser.type_into("email", "ada@example.org").await;
    browser.click_on("Send reset link").await;
    browser
        .wait_for_text("Too many requests. Try again in")
        .await;

    browser
        .execute_script(
            "window.fetch = async () => new Response('<h1>Bad gateway</h1>', { status: 502 })",
        )
        .await;
    browser.click_on("Send reset link").await;
    browser.wait_for_text("This is a problem on our side").await;
    browser.close(&[429]).await;
}

#[tokio::test]
async fn open_unknown_address_shows_not_found() {
    let Some(browser) = Browser::launch().await else {
        return;
    };
    browser.visit("/nowhere/at/all").await;
    browser.wait_for_heading("Page not found").await;
    browser.click_on("Home").await;
    browser
        .wait_for_heading("Play, chat and watch together.")
        .await;
    browser.close(&[404]).await;
}
