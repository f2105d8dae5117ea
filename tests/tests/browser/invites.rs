//! Invitations to games, seen from both sides.

use serde_json::json;

use crate::Browser;

#[tokio::test]
async fn an_invite_is_sent_seen_and_answered() {
    let Some(browser) = Browser::open().await else {
        return;
    };
    let (ada, bob) = (
        browser.app.person("ada").await,
        browser.app.person("bob").await,
    );
    ada.befriend(&bob).await;
    let other = browser.beside().await;
    browser.log_in(&ada).await;
    other.log_in(&bob).await;
    other.visit("/invites").await;
    other.says("Nobody is waiting for you.").await;
    browser.visit("/friends").await;
    browser.press_named("Invite bob to a game").await;
    browser.heading("Invites").await;
    browser.press("Invite").await;
    browser.says("Your invite is on its way to bob.").await;
    browser.says("9:").await;
    browser.press("Invite").await;
    browser.says("already").await;

    other.badge("/invites", "1").await;
    other.says("Pong, medium ball, to 11, 5 min").await;
    other.press_named("Decline the invite of ada").await;
    other.badge("/invites", "").await;
    browser.says("bob does not want to play now.").await;
    browser.says_no_more("Take back").await;

    browser.press("With extras").await;
    browser.press("Invite").await;
    other.says("with extras").await;
    browser.press_named("Take back the invite to bob").await;
    other.says("The invite with ada was taken back.").await;

    bob.post(
        "/api/v1/invites/",
        json!({"username": "ada", "game": "tictactoe"}),
    )
    .await
    .expect(201);
    browser.badge("/invites", "1").await;
    browser.press_named("Play Tic-tac-toe with bob").await;
    for one in [&browser, &other] {
        one.says("want to play Tic-tac-toe.").await;
        one.says("open in a coming version").await;
    }
    other.close(&[]).await;
    browser.close(&[409]).await;
}

#[tokio::test]
async fn an_invite_that_is_not_welcome_says_so_at_its_field() {
    let Some(browser) = Browser::open().await else {
        return;
    };
    let (ada, bob) = (
        browser.app.person("ada").await,
        browser.app.person("bob").await,
    );
    bob.patch(
        "/api/v1/users/profile/",
        json!({"privacy": {"game_invites": "friends"}}),
    )
    .await
    .expect(200);
    browser.log_in(&ada).await;
    browser.visit("/invites?to=bob").await;
    browser.heading("Invites").await;
    browser.press("Invite").await;
    browser
        .settles("a refusal", || {
            "const alert = document.querySelector('main [role=alert]:not([hidden])');\
             const problem = document.querySelector('main .problem:not([hidden])');\
             return Boolean((alert ?? problem)?.textContent)"
                .to_owned()
        })
        .await;
    browser.close(&[403]).await;
}

#[tokio::test]
async fn invites_that_cross_lead_both_to_one_match() {
    let Some(browser) = Browser::open().await else {
        return;
    };
    let (ada, bob) = (
        browser.app.person("ada").await,
        browser.app.person("bob").await,
    );
    ada.befriend(&bob).await;
    browser.log_in(&ada).await;
    browser.visit("/invites?to=bob").await;
    browser.heading("Invites").await;
    let fast = json!({"username": "ada", "options": {"game_speed": "fast"}});
    let sent = bob.post("/api/v1/invites/", fast).await.expect(201).data();
    browser.badge("/invites", "1").await;
    browser.press("Invite").await;
    browser.says("answer that invite first").await;
    let path = format!("/api/v1/invites/{}/cancel/", sent["id"].as_str().unwrap());
    bob.post(&path, json!({})).await.expect(200);
    browser.badge("/invites", "").await;
    let same = json!({"username": "ada"});
    bob.post("/api/v1/invites/", same).await.expect(201);
    browser.badge("/invites", "1").await;
    browser.press("Invite").await;
    browser.says("You and bob want to play Pong.").await;
    browser.badge("/invites", "").await;
    browser.close(&[409]).await;
}
