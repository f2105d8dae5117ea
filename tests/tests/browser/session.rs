//! Staying signed in: reloads, tabs, the back button.

use crate::Browser;

#[tokio::test]
async fn a_reload_and_a_second_tab_know_who_is_signed_in() {
    let Some(browser) = Browser::open().await else {
        return;
    };
    let ada = browser.app.person("ada").await;
    browser.log_in(&ada).await;
    browser.client.refresh().await.unwrap();
    browser.heading("Hello, ada").await;

    let first = browser.client.window().await.unwrap();
    let second = browser.client.new_window(true).await.unwrap().handle;
    browser
        .client
        .switch_to_window(second.clone())
        .await
        .unwrap();
    browser.visit("/profile").await;
    browser.heading("Profile").await;
    browser.log_out().await;
    // What another tab keeps may reach this one later than the news of it.
    browser.run("Storage.prototype.getItem = () => null").await;
    browser.client.switch_to_window(first).await.unwrap();
    browser.heading("Play, chat and watch together.").await;

    browser.visit("/login").await;
    browser.heading("Log in").await;
    browser.fill_login("ada", e2e::PASSWORD).await;
    browser.heading("Hello, ada").await;
    browser.client.switch_to_window(second).await.unwrap();
    browser.heading("Hello, ada").await;
    browser.close(&[]).await;
}

#[tokio::test]
async fn the_back_button_goes_back_and_the_heading_gets_the_focus() {
    let Some(browser) = Browser::open().await else {
        return;
    };
    let ada = browser.app.person("ada").await;
    browser.log_in(&ada).await;
    browser
        .run("document.documentElement.dataset.same = 'page'")
        .await;
    for (link, heading) in [("People", "People"), ("Courtside", "Hello, ada")] {
        browser.press(link).await;
        browser.heading(heading).await;
        let focused = browser
            .run("return document.activeElement.textContent")
            .await;
        assert_eq!(focused, heading);
    }
    browser.client.back().await.unwrap();
    browser.heading("People").await;
    assert_eq!(browser.address().await, "/people");
    assert_eq!(browser.client.title().await.unwrap(), "People · Courtside");
    browser.client.forward().await.unwrap();
    browser.heading("Hello, ada").await;
    let same = browser
        .run("return document.documentElement.dataset.same")
        .await;
    assert_eq!(same, "page", "the page was loaded anew");
    browser.close(&[]).await;
}

#[tokio::test]
async fn a_session_that_was_ended_elsewhere_leads_to_the_login_and_back() {
    let Some(browser) = Browser::open().await else {
        return;
    };
    let ada = browser.app.person("ada").await;
    browser.log_in(&ada).await;
    browser.press("People").await;
    browser.heading("People").await;
    // The socket is closed within a second; its page finds out why, and asks to log in again.
    ada.post("/api/v1/auth/logout-all/", serde_json::json!({}))
        .await
        .expect(200);
    browser.heading("Log in").await;
    assert!(browser.address().await.starts_with("/login?next=%2Fpeople"));
    browser.fill_login("ada", e2e::PASSWORD).await;
    browser.heading("People").await;
    browser.close(&[401]).await;
}

#[tokio::test]
async fn the_keyboard_alone_is_enough() {
    const TAB: &str = "\u{e004}";
    const ENTER: &str = "\u{e007}";
    let Some(browser) = Browser::open().await else {
        return;
    };
    browser.app.person("ada").await;
    browser.visit("/login").await;
    browser.heading("Log in").await;
    let name = browser.field("username").await;
    name.send_keys(&format!("ada{TAB}{}{ENTER}", e2e::PASSWORD))
        .await
        .unwrap();
    browser.heading("Hello, ada").await;
    let keys = async |keys: &str| {
        let focused = browser.client.active_element().await.unwrap();
        focused.send_keys(keys).await.unwrap();
    };
    browser.client.refresh().await.unwrap();
    browser.heading("Hello, ada").await;
    // Past the link to the content, the brand and the places, to the menu, into it.
    let mut path = vec![];
    for _ in 0..9 {
        browser.find("body").await;
        keys(TAB).await;
        let label = "const one = document.activeElement; return one.getAttribute('aria-label') ?? one.textContent";
        path.push(browser.run(label).await.as_str().unwrap().to_owned());
        if path.last().is_some_and(|label| label == "Your menu") {
            keys(ENTER).await;
        }
    }
    assert_eq!(
        path,
        [
            "Skip to content",
            "Courtside",
            "Friends",
            "Chats",
            "Invites",
            "People",
            "Notifications",
            "Your menu",
            "Profile"
        ]
    );
    keys(ENTER).await;
    browser.heading("Profile").await;
    browser.close(&[]).await;
}

#[tokio::test]
async fn logging_out_ends_the_session_of_the_tab_and_that_of_a_newer_cookie() {
    let Some(browser) = Browser::open().await else {
        return;
    };
    let (ada, bob) = (
        browser.app.person("ada").await,
        browser.app.person("bob").await,
    );
    browser.log_in(&ada).await;
    // Somebody else logs in within the same browser, and the news of it does not reach this page.
    let login = format!(
        "return fetch('/api/v1/auth/login/', {{ method: 'POST', \
         headers: {{ 'content-type': 'application/json' }}, \
         body: JSON.stringify({{ username: 'bob', password: '{}' }}) }}).then((it) => it.status)",
        e2e::PASSWORD
    );
    assert_eq!(browser.run(&login).await, 200);
    browser.log_out().await;
    for person in [&ada, &bob] {
        let listed = person.get("/api/v1/auth/sessions/").await.expect(200);
        assert_eq!(
            listed.json()["meta"]["total"],
            1,
            "the one of the test alone"
        );
    }
    browser.close(&[400]).await;
}
