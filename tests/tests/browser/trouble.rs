//! When the server is away, or has had enough.

use serde_json::json;

use crate::Browser;

#[tokio::test]
async fn a_server_that_is_away_is_told_kindly_and_nothing_typed_is_lost() {
    let Some(browser) = Browser::open().await else {
        return;
    };
    let ada = browser.app.person("ada").await;
    browser.log_in(&ada).await;
    browser.visit("/profile").await;
    browser.heading("Profile").await;
    browser.type_into("bio", "Not lost.").await;
    let node = &browser.app.nodes[0];
    node.signal("KILL");
    e2e::until("the end of the server", async || !node.is_running()).await;
    browser.press("Save").await;
    browser
        .says("The server cannot be reached right now.")
        .await;
    let bio = browser.field("bio").await;
    assert_eq!(bio.prop("value").await.unwrap().unwrap(), "Not lost.");
    browser.press("People").await;
    browser.heading("That did not work").await;
    browser.says("Try again").await;
    let told = browser.vendor(crate::vendor::Vendor::console()).await;
    let lines = told.as_array().unwrap().iter();
    for line in lines.map(|entry| entry["message"].as_str().unwrap()) {
        assert!(line.contains("net::ERR_"), "{line}");
    }
    browser.close(&[]).await;
}

#[tokio::test]
async fn too_many_requests_and_failures_are_told_kindly() {
    let Some(browser) = Browser::open().await else {
        return;
    };
    let url = format!("{}/api/v1/auth/password/forgot/", browser.app.url());
    // From the address that the browser comes from, too.
    let client = e2e::client();
    let mut status = 200;
    while status == 200 {
        let request = client.post(&url).json(&json!({"email": "ada@example.org"}));
        status = request.send().await.unwrap().status().as_u16();
    }
    assert_eq!(status, 429);
    browser.visit("/account/forgot-password").await;
    browser.heading("Forgotten password").await;
    browser.type_into("email", "ada@example.org").await;
    browser.press("Send me the link").await;
    browser
        .says("Too many requests; wait a little. Try again in")
        .await;

    browser
        .run("window.fetch = async () => new Response('<h1>Bad gateway</h1>', { status: 502 })")
        .await;
    browser.press("Send me the link").await;
    browser.says("This is not your fault").await;
    browser.close(&[429]).await;
}
