//! Sessions across reloads and tabs, history and keyboard navigation.

use crate::Browser;

#[tokio::test]
async fn restore_session_after_reload_and_in_second_tab() {
    let Some(browser) = Browser::launch().await else {
        return;
    };
    let ada = browser.app.user("ada").await;
    browser.log_in(&ada).await;
    browser.client.refresh().await.unwrap();
    browser.wait_for_heading("Hello, ada").await;

    let first = browser.client.window().await.unwrap();
    let second = browser.client.new_window(true).await.unwrap().handle;
    browser
        .client
        .switch_to_window(second.clone())
        .await
        .unwrap();
    browser.visit("/settings/profile").await;
    browser.wait_for_heading("Profile").await;
    browser.log_out().await;
    // Storage written by another tab may arrive later than its message.
    browser
        .execute_script("Storage.prototype.getItem = () => null")
        .await;
    browser.client.switch_to_window(first).await.unwrap();
    browser
        .wait_for_heading("Play, chat and watch together.")
        .await;

    browser.visit("/login").await;
    browser.wait_for_heading("Log in").await;
    browser.fill_login("ada", e2e::PASSWORD).await;
    browser.wait_for_heading("Hello, ada").await;
    browser.client.switch_to_window(second).await.unwrap();
    browser.wait_for_heading("Hello, ada").await;
    browser.close(&[]).await;
}

#[tokio::test]
async fn navigate_back_restores_view_and_focuses_heading() {
    let Some(browser) = Browser::launch().await else {
        return;
    };
    let ada = browser.app.user("ada").await;
    browser.log_in(&ada).await;
    browser
        .execute_script("document.documentElement.dataset.same = 'page'")
        .await;
    for (link, heading) in [("People", "People"), ("Courtside", "Hello, ada")] {
        browser.click_on(link).await;
        browser.wait_for_heading(heading).await;
        let focused = browser
            .execute_script("return document.activeElement.textContent")
            .await;
        assert_eq!(focused, heading);
    }
    browser.client.back().await.unwrap();
    browser.wait_for_heading("People").await;
    assert_eq!(browser.path_and_query().await, "/people");
    assert_eq!(browser.client.title().await.unwrap(), "People · Courtside");
    browser.client.forward().await.unwrap();
    browser.wait_for_heading("Hello, ada").await;
    let same = browser
        .execute_script("return document.documentElement.dataset.same")
        .await;
    assert_eq!(same, "page", "the page was loaded anew");
    browser.close(&[]).await;
}

#[tokio::test]
async fn revoked_session_redirects_to_login_and_back() {
    let Some(browser) = Browser::launch().await else {
        return;
    };
    let ada = browser.app.user("ada").await;
    browser.log_in(&ada).await;
    browser.click_on("People").await;
    browser.wait_for_heading("People").await;
    // The socket is closed within a second; its page finds out why, and asks to log in again.
    ada.post("/api/v1/auth/logout-all/", serde_json::json!({}))
        .await
        .expect(200);
    browser.wait_for_heading("Log in").await;
    assert!(
        browser
            .path_and_query()
            .await
            .starts_with("/login?next=%2Fpeople")
    );
    browser.fill_login("ada", e2e::PASSWORD).await;
    browser.wait_for_heading("People").await;
    browser.close(&[401]).await;
}

#[tokio::test]
async fn log_in_and_navigate_by_keyboard() {
    const TAB: &str = "\u{e004}";
    const ENTER: &str = "\u{e007}";
    let Some(browser) = Browser::launch().await else {
        return;
    };
    browser.app.user("ada").await;
    browser.visit("/login").await;
    browser.wait_for_heading("Log in").await;
    let name = browser.field("username").await;
    name.send_keys(&format!("ada{TAB}{}{ENTER}", e2e::PASSWORD))
        .await
        .unwrap();
    browser.wait_for_heading("Hello, ada").await;
    let keys = async |keys: &str| {
        let focused = browser.client.active_element().await.unwrap();
        focused.send_keys(keys).await.unwrap();
    };
    browser.client.refresh().await.unwrap();
    browser.wait_for_heading("Hello, ada").await;
    // Tabs through the skip link, the brand and the navigation to the menu, and into it.
    let mut path = vec![];
    for _ in 0..10 {
        browser.find("body").await;
        keys(TAB).await;
        let label = "const one = document.activeElement; return one.getAttribute('aria-label') ?? one.textContent";
        path.push(
            browser
                .execute_script(label)
                .await
                .as_str()
                .unwrap()
                .to_owned(),
        );
        if path.last().is_some_and(|label| label == "Your menu") {
            keys(ENTER).await;
        }
    }
    assert_eq!(
        path,
        [
            "Skip to content",
            "Courtside",
            "Play",
            "Friends",
            "Chats",
            "Invites",
            "People",
            "Notifications",
            "Your menu",
            "Your profile"
        ]
    );
    keys(ENTER).await;
    browser.wait_for_heading("ada").await;
    browser.close(&[]).await;
}

#[tokio::test]
async fn log_out_ends_sessions_of_token_and_newer_cookie() {
    let Some(browser) = Browser::launch().await else {
        return;
    };
    let (ada, bob) = (browser.app.user("ada").await, browser.app.user("bob").await);
    browser.log_in(&ada).await;
    // Another user logs in within the same browser without a message to this page.
    let login = format!(
        "return fetch('/api/v1/auth/login/', {{ method: 'POST', \
         headers: {{ 'content-type': 'application/json' }}, \
         body: JSON.stringify({{ username: 'bob', password: '{}' }}) }}).then((it) => it.status)",
        e2e::PASSWORD
    );
    assert_eq!(browser.execute_script(&login).await, 200);
    browser.log_out().await;
    for user in [&ada, &bob] {
        let listed = user.get("/api/v1/auth/sessions/").await.expect(200);
        assert_eq!(
            listed.json()["meta"]["total"],
            1,
            "only the test's own session is left"
        );
    }
    browser.close(&[400]).await;
}
