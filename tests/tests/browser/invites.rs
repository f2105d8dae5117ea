//! Game invites, seen by both users.

use serde_json::json;

use crate::Browser;
use crate::play::wait_for_match;

#[tokio::test]
async fn send_invite_appears_for_both_and_can_be_answered() {
    let Some(browser) = Browser::launch().await else {
        return;
    };
    let (ada, bob) = (browser.app.user("ada").await, browser.app.user("bob").await);
    ada.befriend(&bob).await;
    let bobs_browser = browser.launch_another().await;
    browser.log_in(&ada).await;
    bobs_browser.log_in(&bob).await;
    bobs_browser.visit("/invites").await;
    bobs_browser.wait_for_text("No invites.").await;
    browser.visit("/friends").await;
    browser.click_named("Invite bob to a game").await;
    browser.wait_for_heading("Play").await;
    browser.click_on("Send invite").await;
    browser.wait_for_text("Invite sent to bob.").await;
    browser.wait_for_text("Waiting for an answer").await;
    browser.click_on("Send invite").await;
    browser.wait_for_text("already").await;

    bobs_browser.wait_for_badge("/invites", "1").await;
    bobs_browser
        .wait_for_text("Pong, medium speed, first to 5, 5 min")
        .await;
    bobs_browser.click_named("Decline invite from ada").await;
    bobs_browser.wait_for_badge("/invites", "").await;
    browser.wait_for_text("bob declined your invite.").await;
    browser.wait_for_text_gone("Waiting for an answer").await;

    browser.find("details summary").await.click().await.unwrap();
    browser.click_on("Cool mode").await;
    browser.click_on("Send invite").await;
    bobs_browser.wait_for_text("cool mode").await;
    browser.click_named("Cancel invite to bob").await;
    bobs_browser
        .wait_for_text("Your invite with ada was canceled.")
        .await;

    bob.post(
        "/api/v1/invites/",
        json!({"username": "ada", "game": "tictactoe"}),
    )
    .await
    .expect(201);
    browser.wait_for_badge("/invites", "1").await;
    browser.visit("/invites").await;
    browser
        .click_named("Accept invite to Tic-tac-toe from bob")
        .await;
    let path = wait_for_match(&browser).await;
    assert_eq!(wait_for_match(&bobs_browser).await, path);
    bobs_browser.close(&[]).await;
    browser.close(&[409]).await;
}

#[tokio::test]
async fn friend_to_invite_is_picked_by_face() {
    let Some(browser) = Browser::launch().await else {
        return;
    };
    let [ada, bob, cleo] = ["ada", "bob", "cleo"].map(|name| browser.app.user(name));
    let (ada, bob, cleo) = (ada.await, bob.await, cleo.await);
    for friend in [&bob, &cleo] {
        ada.befriend(friend).await;
    }
    browser.log_in(&ada).await;
    browser.visit("/invites").await;
    browser.click_on("Invite a friend").await;
    let search = browser.find("dialog input[type=search]").await;
    search.send_keys("cl").await.unwrap();
    browser
        .wait_until("one friend", || {
            "return document.querySelectorAll('dialog .people li').length === 1".to_owned()
        })
        .await;
    browser
        .click_element("dialog .people button:has(img)")
        .await;
    browser.wait_for_heading("Play").await;
    assert_eq!(
        browser.path_and_query().await,
        "/play?game=pong&opponent=friend&to=cleo"
    );
    browser.close(&[]).await;
}

#[tokio::test]
async fn send_invite_shows_refusal() {
    let Some(browser) = Browser::launch().await else {
        return;
    };
    let (ada, bob) = (browser.app.user("ada").await, browser.app.user("bob").await);
    bob.patch(
        "/api/v1/users/profile/",
        json!({"privacy": {"game_invites": "friends"}}),
    )
    .await
    .expect(200);
    browser.log_in(&ada).await;
    browser.visit("/play?opponent=friend&to=bob").await;
    browser.wait_for_heading("Play").await;
    browser.click_on("Send invite").await;
    browser
        .wait_until("a refusal", || {
            "const alert = document.querySelector('main [role=alert]:not([hidden])');\
             const problem = document.querySelector('main .problem:not([hidden])');\
             return Boolean((alert ?? problem)?.textContent)"
                .to_owned()
        })
        .await;
    browser.close(&[403]).await;
}

#[tokio::test]
async fn send_invite_that_crosses_accepts_both() {
    let Some(browser) = Browser::launch().await else {
        return;
    };
    let (ada, bob) = (browser.app.user("ada").await, browser.app.user("bob").await);
    ada.befriend(&bob).await;
    browser.log_in(&ada).await;
    browser.visit("/play?opponent=friend&to=bob").await;
    browser.wait_for_heading("Play").await;
    let fast = json!({"username": "ada", "options": {"game_speed": "fast"}});
    let sent = bob.post("/api/v1/invites/", fast).await.expect(201).data();
    browser.wait_for_badge("/invites", "1").await;
    browser.click_on("Send invite").await;
    browser.wait_for_text("Answer that invite first").await;
    let path = format!("/api/v1/invites/{}/cancel/", sent["id"].as_str().unwrap());
    bob.post(&path, json!({})).await.expect(200);
    browser.wait_for_badge("/invites", "").await;
    let same = json!({"username": "ada"});
    bob.post("/api/v1/invites/", same).await.expect(201);
    browser.wait_for_badge("/invites", "1").await;
    browser.click_on("Send invite").await;
    wait_for_match(&browser).await;
    browser.wait_for_badge("/invites", "").await;
    browser.close(&[409]).await;
}
