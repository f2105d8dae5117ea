//! One's profile, other people's, one's data, and leaving.

use std::io::Cursor;

use e2e::PASSWORD;
use serde_json::{Value, json};

use crate::Browser;

const THEME: &str = "return document.documentElement.dataset.theme ?? 'system'";
const PICTURE: &str = "return document.querySelector('main img.avatar').getAttribute('src')";
const GROUND: &str = "return getComputedStyle(document.body).backgroundColor";

fn picture() -> Vec<u8> {
    let pixels = image::RgbImage::from_fn(64, 64, |x, y| image::Rgb([x as u8, y as u8, 99]));
    let mut file = Cursor::new(vec![]);
    pixels.write_to(&mut file, image::ImageFormat::Png).unwrap();
    file.into_inner()
}

#[tokio::test]
async fn words_colours_and_a_picture_are_kept() {
    let Some(browser) = Browser::open().await else {
        return;
    };
    let ada = browser.app.person("ada").await;
    browser.log_in(&ada).await;
    browser.visit("/profile").await;
    browser.heading("Profile").await;
    browser.type_into("display_name", "Ada L.").await;
    browser
        .type_into("bio", "First on the court.\n<b>Really.</b>")
        .await;
    browser.press("Save").await;
    browser.says("Saved.").await;

    let light = browser.run(GROUND).await;
    browser.press("Dark").await;
    assert_eq!(browser.run(THEME).await, "dark");
    assert_ne!(browser.run(GROUND).await, light);

    let file = browser.app.data().join("picture.png");
    std::fs::write(&file, picture()).unwrap();
    let before = browser.run(PICTURE).await;
    let input = browser
        .client
        .find(fantoccini::Locator::Css("[type=file]"))
        .await
        .unwrap();
    input.send_keys(file.to_str().unwrap()).await.unwrap();
    browser.press("Use this picture").await;
    browser.says("Your picture is changed.").await;
    assert_ne!(browser.run(PICTURE).await, before);
    browser.settles("the picture in the bar", || {
        "return document.querySelector('.opener img').src === document.querySelector('main img.avatar').src\
         && document.querySelector('.opener img').naturalWidth > 0".to_owned()
    }).await;

    browser.press("See it as others do").await;
    browser.heading("Ada L.").await;
    browser.says("<b>Really.</b>").await;
    browser.client.refresh().await.unwrap();
    browser.heading("Ada L.").await;
    assert_eq!(browser.run(THEME).await, "dark");

    browser.visit("/profile").await;
    browser.press("Remove").await;
    browser.says("Your picture is removed.").await;
    assert_eq!(browser.run(PICTURE).await, before);
    let profile = ada.get("/api/v1/users/profile/").await.data();
    assert_eq!(
        (&profile["theme"], &profile["display_name"]),
        (&json!("dark"), &json!("Ada L."))
    );
    browser.close(&[]).await;
}

#[tokio::test]
async fn people_are_found_while_typing() {
    let Some(browser) = Browser::open().await else {
        return;
    };
    let ada = browser.app.person("ada").await;
    browser.app.person("adam").await;
    let ming = browser.app.person("ming_zhou").await;
    let name = json!({"display_name": "李 明"});
    ming.patch("/api/v1/users/profile/", name).await.expect(200);
    browser.log_in(&ada).await;
    browser.press("People").await;
    browser.heading("People").await;
    browser.type_into("search", "ada").await;
    browser.says("2 people found.").await;
    assert_eq!(browser.address().await, "/people?search=ada");
    browser
        .find("a[href='/people/adam']")
        .await
        .click()
        .await
        .unwrap();
    browser.heading("adam").await;
    browser.client.back().await.unwrap();
    browser.heading("People").await;
    browser.says("2 people found.").await;
    for word in ["李", "明", "z"] {
        browser.type_into("search", word).await;
        browser.says("1 person found.").await;
        browser.find("a[href='/people/ming_zhou']").await;
    }
    browser.visit("/people/nobody-of-that-name").await;
    browser.heading("Not found").await;
    browser.close(&[404]).await;
}

#[tokio::test]
async fn who_leaves_takes_their_data_along() {
    let Some(browser) = Browser::open().await else {
        return;
    };
    let ada = browser.app.person("ada").await;
    browser.log_in(&ada).await;
    browser.visit("/account/export").await;
    browser.press("Gather my data").await;
    browser.says("Your data is ready").await;
    browser.press("Download").await;
    browser.says("on its way to this device").await;
    let data: Value = serde_json::from_slice(&browser.saved(".json").await).unwrap();
    assert!(data.to_string().contains("ada@example.org"), "{data}");

    browser.visit("/account/delete").await;
    browser.heading("Delete your account").await;
    browser.type_into("password", PASSWORD).await;
    browser.press("Delete my account").await;
    assert_eq!(browser.problem_at("sure").await, "Please tick this first.");
    browser.press("I know that this cannot be undone").await;
    browser.press("Delete my account").await;
    browser.heading("Play, chat and watch together.").await;
    browser.says("Your account is deleted.").await;
    ada.get("/api/v1/users/profile/").await.expect(401);
    browser.close(&[]).await;
}
