//! Friends, requests, presence and blocks, as two people see them.

use e2e::Person;
use serde_json::json;

use crate::Browser;

/// Asks somebody to be friends.
pub(crate) async fn ask(one: &Person, other: &Person) -> String {
    let asked = one
        .post("/api/v1/friends/requests/", json!({"username": other.name}))
        .await
        .expect(201);
    let request = asked.data()["request"].clone();
    request["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn two_people_become_friends_and_see_each_other_come_and_go() {
    let Some(browser) = Browser::open().await else {
        return;
    };
    let (ada, bob) = (
        browser.app.person("ada").await,
        browser.app.person("bob").await,
    );
    let other = browser.beside().await;
    browser.log_in(&ada).await;
    other.log_in(&bob).await;
    browser.press("Friends").await;
    browser.heading("Friends").await;
    browser.type_into("username", "nobody-here").await;
    browser.press("Send request").await;
    browser.says("There is no such user.").await;
    browser.type_into("username", "@bob").await;
    browser.press("Send request").await;
    browser.says("Your request is on its way to bob.").await;
    browser.says("Take back").await;

    other.badge("/friends", "1").await;
    other
        .find("#nav a[href='/friends']")
        .await
        .click()
        .await
        .unwrap();
    other.heading("Friends").await;
    other.press_named("Accept the request of ada").await;
    other.says("1 friend, 1 online.").await;
    other.badge("/friends", "").await;
    browser.says("1 friend, 1 online.").await;
    browser.says_no_more("Take back").await;

    other.press("Away").await;
    browser.says("1 friend, 1 online.\n\nbob\nAway").await;
    other.press("Invisible").await;
    browser.says("1 friend, 0 online.").await;
    other.press("Online").await;
    browser.says("1 friend, 1 online.").await;
    other.log_out().await;
    browser.says("1 friend, 0 online.").await;
    other.close(&[]).await;
    browser.close(&[404]).await;
}

#[tokio::test]
async fn requests_are_declined_and_taken_back_and_friendships_end() {
    let Some(browser) = Browser::open().await else {
        return;
    };
    let [ada, bob, cleo] = ["ada", "bob", "cleo"].map(|name| browser.app.person(name));
    let (ada, bob, cleo) = (ada.await, bob.await, cleo.await);
    ask(&bob, &ada).await;
    browser.log_in(&ada).await;
    browser.visit("/friends").await;
    browser.heading("Friends").await;
    browser.press_named("Decline the request of bob").await;
    browser.says_no_more("Requests to you").await;
    ask(&cleo, &ada).await;
    browser.says("Requests to you").await;
    browser.visit("/people/cleo").await;
    browser.says("cleo wants to be your friend.").await;
    browser.press("Accept").await;
    browser.says("Your friend.").await;
    browser.press("Remove friend").await;
    browser.press("Remove").await;
    browser.press("Ask to be friends").await;
    browser.says("Your request waits for an answer.").await;
    browser.press("Take the request back").await;
    browser.press("Ask to be friends").await;
    browser.says("Your request waits for an answer.").await;

    browser.press("Block").await;
    browser.says("Block cleo?").await;
    browser.press("Block").await;
    browser.heading("Friends").await;
    browser.says("Blocked").await;
    browser.visit("/people/cleo").await;
    browser.heading("Not found").await;
    browser.visit("/friends").await;
    browser.press_named("Unblock cleo").await;
    browser.says_no_more("Blocked").await;
    browser.close(&[404]).await;
}

#[tokio::test]
async fn friends_of_friends_are_suggested() {
    let Some(browser) = Browser::open().await else {
        return;
    };
    let [ada, bob, cleo] = ["ada", "bob", "cleo"].map(|name| browser.app.person(name));
    let (ada, bob, cleo) = (ada.await, bob.await, cleo.await);
    ada.befriend(&bob).await;
    bob.befriend(&cleo).await;
    browser.log_in(&ada).await;
    browser.visit("/friends").await;
    browser.says("1 friend in common").await;
    browser.press_named("Ask cleo to be friends").await;
    browser.says("Your requests").await;
    browser.says_no_more("1 friend in common").await;
    browser.close(&[]).await;
}
