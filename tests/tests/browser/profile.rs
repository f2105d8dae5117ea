//! Own profile, other profiles, data export and account deletion.

use std::io::Cursor;

use e2e::PASSWORD;
use serde_json::{Value, json};

use crate::Browser;

const THEME_SCRIPT: &str = "return document.documentElement.dataset.theme ?? 'system'";
const PICTURE_SCRIPT: &str = "return document.querySelector('main img.avatar').getAttribute('src')";
const BACKGROUND_SCRIPT: &str = "return getComputedStyle(document.body).backgroundColor";

fn picture() -> Vec<u8> {
    let pixels = image::RgbImage::from_fn(64, 64, |x, y| image::Rgb([x as u8, y as u8, 99]));
    let mut file = Cursor::new(vec![]);
    pixels.write_to(&mut file, image::ImageFormat::Png).unwrap();
    file.into_inner()
}

#[tokio::test]
async fn edit_profile_saves_texts_theme_and_picture() {
    let Some(browser) = Browser::launch().await else {
        return;
    };
    let ada = browser.app.user("ada").await;
    browser.log_in(&ada).await;
    browser.visit("/settings/profile").await;
    browser.wait_for_heading("Profile").await;
    browser.type_into("display_name", "Ada L.").await;
    browser
        .type_into("bio", "First on the court.\n<b>Really.</b>")
        .await;
    browser.click_on("Save").await;
    browser.wait_for_text("Saved.").await;

    let light = browser.execute_script(BACKGROUND_SCRIPT).await;
    browser
        .click_element(".side-menu a[href='/settings/account']")
        .await;
    browser.wait_for_heading("Account").await;
    browser.click_on("Dark").await;
    assert_eq!(browser.execute_script(THEME_SCRIPT).await, "dark");
    assert_ne!(browser.execute_script(BACKGROUND_SCRIPT).await, light);

    browser
        .click_element(".side-menu a[href='/settings/profile']")
        .await;
    browser.wait_for_heading("Profile").await;
    let file = browser.app.data().join("picture.png");
    std::fs::write(&file, picture()).unwrap();
    let before = browser.execute_script(PICTURE_SCRIPT).await;
    let input = browser
        .client
        .find(fantoccini::Locator::Css("[type=file]"))
        .await
        .unwrap();
    input.send_keys(file.to_str().unwrap()).await.unwrap();
    browser.click_on("Use this picture").await;
    browser.wait_for_text("Profile picture updated.").await;
    assert_ne!(browser.execute_script(PICTURE_SCRIPT).await, before);
    browser.wait_until("the picture in the bar", || {
        "return document.querySelector('.menu-button img').src === document.querySelector('main img.avatar').src\
         && document.querySelector('.menu-button img').naturalWidth > 0".to_owned()
    }).await;

    browser.click_on("View your public profile").await;
    browser.wait_for_heading("Ada L.").await;
    browser.wait_for_text("<b>Really.</b>").await;
    browser.client.refresh().await.unwrap();
    browser.wait_for_heading("Ada L.").await;
    assert_eq!(browser.execute_script(THEME_SCRIPT).await, "dark");

    browser.visit("/settings/profile").await;
    browser.click_on("Remove").await;
    browser.wait_for_text("Profile picture removed.").await;
    assert_eq!(browser.execute_script(PICTURE_SCRIPT).await, before);
    let profile = ada.get("/api/v1/users/profile/").await.data();
    assert_eq!(
        (&profile["theme"], &profile["display_name"]),
        (&json!("dark"), &json!("Ada L."))
    );
    browser.close(&[]).await;
}

#[tokio::test]
async fn search_people_finds_while_typing() {
    let Some(browser) = Browser::launch().await else {
        return;
    };
    let ada = browser.app.user("ada").await;
    browser.app.user("adam").await;
    let ming = browser.app.user("ming_zhou").await;
    let name = json!({"display_name": "李 明"});
    ming.patch("/api/v1/users/profile/", name).await.expect(200);
    browser.log_in(&ada).await;
    browser.click_on("People").await;
    browser.wait_for_heading("People").await;
    browser.type_into("search", "ada").await;
    // Each letter searches anew, and the results of the last one replace those of the others.
    browser
        .wait_until("address with the whole word", || {
            "return location.pathname + location.search === '/people?search=ada'".to_owned()
        })
        .await;
    browser.wait_for_text("2 people found.").await;
    browser.click_element("a[href='/people/adam']").await;
    browser.wait_for_heading("adam").await;
    browser.client.back().await.unwrap();
    browser.wait_for_heading("People").await;
    browser.wait_for_text("2 people found.").await;
    for word in ["李", "明", "z"] {
        browser.type_into("search", word).await;
        browser.wait_for_text("1 person found.").await;
        browser.find("a[href='/people/ming_zhou']").await;
    }
    browser.visit("/people/nobody-of-that-name").await;
    browser.wait_for_heading("Page not found").await;
    browser.close(&[404]).await;
}

#[tokio::test]
async fn export_data_and_delete_account() {
    let Some(browser) = Browser::launch().await else {
        return;
    };
    let ada = browser.app.user("ada").await;
    browser.log_in(&ada).await;
    browser.visit("/account/export").await;
    browser.click_on("Request export").await;
    browser.wait_for_text("Your export is ready").await;
    browser.click_on("Download").await;
    browser.wait_for_text("Your download has started.").await;
    let data: Value = serde_json::from_slice(&browser.wait_for_download(".json").await).unwrap();
    assert!(data.to_string().contains("ada@example.org"), "{data}");

    browser.visit("/account/delete").await;
    browser.wait_for_heading("Delete your account").await;
    browser.type_into("password", PASSWORD).await;
    browser.click_on("Delete account").await;
    assert_eq!(
        browser.field_error("confirmation").await,
        "Please confirm first."
    );
    browser
        .click_on("I understand that this cannot be undone")
        .await;
    browser.click_on("Delete account").await;
    browser
        .wait_for_heading("Play, chat and watch together.")
        .await;
    browser.wait_for_text("Your account is deleted.").await;
    ada.get("/api/v1/users/profile/").await.expect(401);
    browser.close(&[]).await;
}
