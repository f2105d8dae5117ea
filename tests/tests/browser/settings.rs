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
    browser.visit("/settings/games").await;
    browser.wait_for_heading("Games").await;
    let settings = async || ada.get("/api/v1/users/profile/ai-settings/").await.data();
    browser.click_element("[value=hard] + label").await;
    browser.click_element(".fine-tuning summary").await;
    browser.type_into("reaction_ms", "2000").await;
    browser.click_on("Save").await;
    assert!(browser.field_error("reaction_ms").await.contains("1000"));
    browser.type_into("reaction_ms", "150").await;
    browser.click_on("Save").await;
    browser.wait_for_text("Saved.").await;
    assert_eq!(
        settings().await,
        json!({"level": "hard", "reaction_ms": 150, "accuracy": null, "adaptive": false})
    );
    // The level stays while the computer follows the user's.
    browser.click_element("[value=adaptive] + label").await;
    browser.click_on("Save").await;
    browser.wait_for_text("Saved.").await;
    assert_eq!(
        settings().await,
        json!({"level": "hard", "reaction_ms": 150, "accuracy": null, "adaptive": true})
    );

    let preview = "return document.querySelector('.pong-look canvas').toDataURL()";
    let lawn = browser.execute_script(preview).await;
    browser
        .execute_script(
            "const court = document.querySelector('[name=background]');\
             court.value = 'night';\
             court.dispatchEvent(new Event('input', { bubbles: true }))",
        )
        .await;
    assert_ne!(browser.execute_script(preview).await, lawn);
    browser.click_on("Sound").await;
    browser.click_on("Save look").await;
    browser.wait_for_text("Saved.").await;
    let preferences = ada.get("/api/v1/users/profile/preferences/").await.data();
    assert_eq!(preferences["pong"]["background"], "night");
    assert_eq!(preferences["pong"]["sound"], false);
    assert_eq!(preferences["elsewhere"]["keep"], true);
    browser.close(&[422]).await;
}

#[tokio::test]
async fn old_addresses_lead_to_the_settings() {
    let Some(browser) = Browser::launch().await else {
        return;
    };
    let ada = browser.app.user("ada").await;
    browser.visit("/account/export").await;
    browser.wait_for_heading("Log in").await;
    browser.fill_login(&ada.name, e2e::PASSWORD).await;
    browser.wait_for_heading("Your data").await;
    for (old, new, entry) in [
        ("/settings", "/settings/account", "Account"),
        ("/profile", "/settings/profile", "Profile"),
        ("/profile/games", "/settings/games", "Games"),
        ("/security", "/settings/security", "Security"),
        (
            "/notifications/preferences",
            "/settings/notifications",
            "Notifications",
        ),
        ("/account/export", "/settings/data", "Data"),
        ("/account/delete", "/settings/delete", "Account"),
    ] {
        browser.visit(old).await;
        let current = browser.find(".side-menu [aria-current=page]").await;
        assert_eq!(current.text().await.unwrap(), entry, "{old}");
        assert_eq!(browser.path_and_query().await, new);
    }
    browser.close(&[]).await;
}

#[tokio::test]
async fn side_menu_opens_every_part_of_the_settings() {
    let Some(browser) = Browser::launch().await else {
        return;
    };
    let ada = browser.app.user("ada").await;
    browser.log_in(&ada).await;
    browser.click_element(".menu-button").await;
    browser.click_on("Settings").await;
    browser.wait_for_heading("Account").await;
    for (entry, heading) in [
        ("Profile", "Profile"),
        ("Security", "Security"),
        ("Notifications", "Notifications"),
        ("Games", "Games"),
        ("Privacy", "Privacy"),
        ("Data", "Your data"),
        ("Account", "Account"),
    ] {
        browser.click_on(entry).await;
        browser.wait_for_heading(heading).await;
        let current = browser.find(".side-menu [aria-current=page]").await;
        assert_eq!(current.text().await.unwrap(), entry);
    }
    browser.close(&[]).await;
}

#[tokio::test]
async fn save_privacy_turns_off_read_receipts() {
    let Some(browser) = Browser::launch().await else {
        return;
    };
    let ada = browser.app.user("ada").await;
    browser.log_in(&ada).await;
    browser.visit("/settings/privacy").await;
    browser.wait_for_heading("Privacy").await;
    browser
        .click_on("Show others when I have read their messages")
        .await;
    browser.click_on("Save privacy settings").await;
    browser.wait_for_text("Saved.").await;
    let profile = ada.get("/api/v1/users/profile/").await.data();
    assert_eq!(profile["privacy"]["read_receipts"], false);
    browser.close(&[]).await;
}
