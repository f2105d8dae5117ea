//! Settings of games, and what may be known about one.

use serde_json::json;

use crate::Browser;

#[tokio::test]
async fn the_computer_and_the_look_of_games_are_kept() {
    let Some(browser) = Browser::open().await else {
        return;
    };
    let ada = browser.app.person("ada").await;
    let kept = json!({"elsewhere": {"keep": true}});
    ada.put("/api/v1/users/profile/preferences/", kept)
        .await
        .expect(200);
    browser.log_in(&ada).await;
    browser.visit("/profile/games").await;
    browser.heading("Games").await;
    browser
        .run("document.querySelector('[name=level]').value = 'hard'")
        .await;
    browser.type_into("reaction_ms", "2000").await;
    browser.press("Save the computer").await;
    assert!(browser.problem_at("reaction_ms").await.contains("1000"));
    browser.type_into("reaction_ms", "150").await;
    browser.press("It plays as well as I do").await;
    browser.press("Save the computer").await;
    browser.says("Saved.").await;
    let settings = ada.get("/api/v1/users/profile/ai-settings/").await.data();
    assert_eq!(
        settings,
        json!({"level": "hard", "reaction_ms": 150, "accuracy": null, "adaptive": true})
    );

    browser
        .run("document.querySelector('[name=background]').value = 'night'")
        .await;
    browser.press("With sound").await;
    browser.press("Save the look").await;
    browser
        .settles("the night in all preferences", || {
            "return document.querySelector('[name=preferences]').value.includes('\"night\"')"
                .to_owned()
        })
        .await;
    let preferences = ada.get("/api/v1/users/profile/preferences/").await.data();
    assert_eq!(preferences["pong"]["background"], "night");
    assert_eq!(preferences["pong"]["sound"], false);
    assert_eq!(preferences["elsewhere"]["keep"], true);

    browser.type_into("preferences", "[1]").await;
    browser.press("Save all").await;
    assert_eq!(
        browser.problem_at("preferences").await,
        "This is no JSON object."
    );
    browser.type_into("preferences", "{\"pong\": {}}").await;
    browser.press("Save all").await;
    browser.settles("the usual court", || {
        "return document.querySelector('main:not([aria-busy]) [name=background]')?.value === 'lawn'".to_owned()
    }).await;
    browser.close(&[422]).await;
}

#[tokio::test]
async fn receipts_of_reading_can_be_kept_to_oneself() {
    let Some(browser) = Browser::open().await else {
        return;
    };
    let ada = browser.app.person("ada").await;
    browser.log_in(&ada).await;
    browser.visit("/profile").await;
    browser.heading("Profile").await;
    browser
        .press("Others see that I have read their messages")
        .await;
    browser.press("Save privacy").await;
    browser.says("Saved.").await;
    let profile = ada.get("/api/v1/users/profile/").await.data();
    assert_eq!(profile["privacy"]["read_receipts"], false);
    browser.close(&[]).await;
}

#[tokio::test]
async fn an_address_where_nothing_is_says_so_kindly() {
    let Some(browser) = Browser::open().await else {
        return;
    };
    browser.visit("/nowhere/at/all").await;
    browser.heading("There is no such page").await;
    browser.press("To the start").await;
    browser.heading("Play, chat and watch together.").await;
    browser.close(&[404]).await;
}
