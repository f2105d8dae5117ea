//! Game settings and privacy.

use serde_json::json;

use crate::Browser;

#[tokio::test]
async fn save_game_settings_keeps_other_preferences() {
    let Some(browser) = Browser::launch().await else {
        return;
    };
    let ada = browser.app.user("ada").await;
    let kept = json!({"elsewhere": {"keep": true}});
    ada.put("/api/v1/users/profile/preferences/", kept)
        .await
        .expect(200);
    browser.log_in(&ada).await;
    browser.visit("/profile/games").await;
    browser.wait_for_heading("Games").await;
    browser
        .execute_script("document.querySelector('[name=level]').value = 'hard'")
        .await;
    browser.type_into("reaction_ms", "2000").await;
    browser.click_on("Save").await;
    assert!(browser.field_error("reaction_ms").await.contains("1000"));
    browser.type_into("reaction_ms", "150").await;
    browser.click_on("Match my level").await;
    browser.click_on("Save").await;
    browser.wait_for_text("Saved.").await;
    let settings = ada.get("/api/v1/users/profile/ai-settings/").await.data();
    assert_eq!(
        settings,
        json!({"level": "hard", "reaction_ms": 150, "accuracy": null, "adaptive": true})
    );

    browser
        .execute_script("document.querySelector('[name=background]').value = 'night'")
        .await;
    browser.click_on("Sound").await;
    browser.click_on("Save look").await;
    browser
        .wait_until("the night court in all preferences", || {
            "return document.querySelector('[name=preferences]').value.includes('\"night\"')"
                .to_owned()
        })
        .await;
    let preferences = ada.get("/api/v1/users/profile/preferences/").await.data();
    assert_eq!(preferences["pong"]["background"], "night");
    assert_eq!(preferences["pong"]["sound"], false);
    assert_eq!(preferences["elsewhere"]["keep"], true);

    browser.type_into("preferences", "[1]").await;
    browser.click_on("Save all").await;
    assert_eq!(
        browser.field_error("preferences").await,
        "This is not a JSON object."
    );
    browser.type_into("preferences", "{\"pong\": {}}").await;
    browser.click_on("Save all").await;
    browser.wait_until("the default court", || {
        "return document.querySelector('main:not([aria-busy]) [name=background]')?.value === 'lawn'".to_owned()
    }).await;
    browser.close(&[422]).await;
}

#[tokio::test]
async fn save_privacy_turns_off_read_receipts() {
    let Some(browser) = Browser::launch().await else {
        return;
    };
    let ada = browser.app.user("ada").await;
    browser.log_in(&ada).await;
    browser.visit("/profile").await;
    browser.wait_for_heading("Profile").await;
    browser
        .click_on("Show others when I have read their messages")
        .await;
    browser.click_on("Save privacy settings").await;
    browser.wait_for_text("Saved.").await;
    let profile = ada.get("/api/v1/users/profile/").await.data();
    assert_eq!(profile["privacy"]["read_receipts"], false);
    browser.close(&[]).await;
}
