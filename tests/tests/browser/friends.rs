//! Friends, requests, presence and blocks, seen by two users.

use e2e::TestUser;
use serde_json::json;

use crate::Browser;

/// Sends a friend request over HTTP and returns its id.
pub(crate) async fn send_friend_request(sender: &TestUser, receiver: &TestUser) -> String {
    let response = sender
        .post(
            "/api/v1/friends/requests/",
            json!({"username": receiver.name}),
        )
        .await
        .expect(201);
    let request = response.data()["request"].clone();
    request["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn accept_friend_request_shows_presence_live() {
    let Some(browser) = Browser::launch().await else {
        return;
    };
    let (ada, bob) = (browser.app.user("ada").await, browser.app.user("bob").await);
    let bobs_browser = browser.launch_another().await;
    browser.log_in(&ada).await;
    bobs_browser.log_in(&bob).await;
    browser.click_on("Friends").await;
    browser.wait_for_heading("Friends").await;
    browser.type_into("username", "nobody-here").await;
    browser.click_on("Send request").await;
    browser.wait_for_text("User not found.").await;
    browser.type_into("username", "@bob").await;
    browser.click_on("Send request").await;
    browser.wait_for_text("Friend request sent to bob.").await;
    browser.click_element("[data-tab=requests]").await;
    browser.wait_for_text("Cancel request").await;

    bobs_browser.wait_for_badge("/friends", "1").await;
    bobs_browser
        .find("#nav a[href='/friends']")
        .await
        .click()
        .await
        .unwrap();
    bobs_browser.wait_for_heading("Friends").await;
    bobs_browser.click_named("Accept request from ada").await;
    bobs_browser.wait_for_text("1 friend, 1 online.").await;
    bobs_browser.wait_for_badge("/friends", "").await;
    browser.wait_for_text_gone("Cancel request").await;
    browser.click_element("[data-tab=all]").await;
    browser.wait_for_text("1 friend, 1 online.").await;

    set_status(&bobs_browser, "away").await;
    browser
        .wait_for_text("1 friend, 1 online.\n\nbob\nAway")
        .await;
    set_status(&bobs_browser, "invisible").await;
    browser.wait_for_text("1 friend, 0 online.").await;
    browser.click_element("[data-tab=online]").await;
    browser.wait_for_text("No friends are online").await;
    set_status(&bobs_browser, "online").await;
    browser.click_named("Invite bob to a game").await;
    browser.wait_for_heading("Play").await;
    browser.client.back().await.unwrap();
    // The tab is part of the address.
    browser.wait_for_heading("Friends").await;
    assert_eq!(browser.path_and_query().await, "/friends?show=online");
    browser.click_element("[data-tab=all]").await;
    browser.wait_for_text("1 friend, 1 online.").await;
    bobs_browser.log_out().await;
    browser.wait_for_text("1 friend, 0 online.").await;
    bobs_browser.close(&[]).await;
    browser.close(&[404]).await;
}

/// Sets the user's own status in the account menu.
async fn set_status(browser: &Browser, status: &str) {
    browser.click_element(".menu-button").await;
    browser
        .click_element(&format!("#menu [value={status}] + label"))
        .await;
    browser.click_element(".menu-button").await;
}

#[tokio::test]
async fn tabs_of_friends_move_with_the_arrow_keys() {
    const ARROW_LEFT: &str = "\u{e012}";
    let Some(browser) = Browser::launch().await else {
        return;
    };
    let (ada, bob) = (browser.app.user("ada").await, browser.app.user("bob").await);
    send_friend_request(&bob, &ada).await;
    browser.log_in(&ada).await;
    browser.visit("/friends?show=blocked").await;
    browser.wait_for_text("You have blocked nobody.").await;
    let tab = browser.find("[role=tab][aria-selected=true]").await;
    assert_eq!(tab.text().await.unwrap(), "Blocked");
    tab.send_keys(ARROW_LEFT).await.unwrap();
    browser
        .wait_until("the tab of requests with its count", || {
            "const tab = document.activeElement;\
             return tab.textContent.replaceAll(/\\s/g, '') === 'Requests1' && tab.getAttribute('aria-selected') === 'true'\
                && document.getElementById(tab.getAttribute('aria-controls')).innerText.includes('bob')\
                && document.querySelectorAll('[role=tab][tabindex=\"0\"]').length === 1\
                && location.search === '?show=requests'"
                .to_owned()
        })
        .await;
    browser.close(&[]).await;
}

#[tokio::test]
async fn decline_cancel_remove_and_block_update_the_lists() {
    let Some(browser) = Browser::launch().await else {
        return;
    };
    let [ada, bob, cleo] = ["ada", "bob", "cleo"].map(|name| browser.app.user(name));
    let (ada, bob, cleo) = (ada.await, bob.await, cleo.await);
    send_friend_request(&bob, &ada).await;
    browser.log_in(&ada).await;
    browser.visit("/friends").await;
    browser.wait_for_heading("Friends").await;
    browser.click_named("Decline request from bob").await;
    browser.wait_for_text_gone("Friend requests").await;
    send_friend_request(&cleo, &ada).await;
    browser.wait_for_text("Friend requests").await;
    browser.visit("/people/cleo").await;
    browser
        .wait_for_text("cleo sent you a friend request.")
        .await;
    browser.click_on("Accept").await;
    browser.wait_for_text("Your friend.").await;
    browser.click_named("More actions for cleo").await;
    browser.click_on("Remove friend").await;
    browser.click_on("Remove").await;
    browser.click_on("Add friend").await;
    browser.wait_for_text("Friend request sent.").await;
    browser.click_on("Cancel request").await;
    browser.click_on("Add friend").await;
    browser.wait_for_text("Friend request sent.").await;

    browser.click_named("More actions for cleo").await;
    browser.click_on("Block").await;
    browser.wait_for_text("Block cleo?").await;
    browser.click_on("Block").await;
    browser.wait_for_heading("Friends").await;
    browser.wait_for_text("Blocked just now").await;
    browser.visit("/people/cleo").await;
    browser.wait_for_heading("Page not found").await;
    browser.visit("/friends?show=blocked").await;
    browser.click_named("Unblock cleo").await;
    browser.wait_for_text("You have blocked nobody.").await;
    browser.close(&[404]).await;
}

#[tokio::test]
async fn list_suggestions_shows_friends_of_friends() {
    let Some(browser) = Browser::launch().await else {
        return;
    };
    let [ada, bob, cleo] = ["ada", "bob", "cleo"].map(|name| browser.app.user(name));
    let (ada, bob, cleo) = (ada.await, bob.await, cleo.await);
    ada.befriend(&bob).await;
    bob.befriend(&cleo).await;
    browser.log_in(&ada).await;
    browser.visit("/friends").await;
    browser.wait_for_text("1 mutual friend").await;
    browser.click_named("Add cleo as a friend").await;
    browser.wait_for_text_gone("1 mutual friend").await;
    browser.click_element("[data-tab=requests]").await;
    browser.click_named("Cancel request to cleo").await;
    browser.wait_for_text("No friend requests.").await;
    browser.close(&[]).await;
}
