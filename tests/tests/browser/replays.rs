//! Watching matches again.

use serde_json::json;

use crate::Browser;
use crate::play::{wait_for_match, wait_for_point};

/// The place of the slider, from 0 to its end.
const POSITION_SCRIPT: &str = "const slider = document.querySelector('.replay [type=range]');\
     return [Number(slider.value), Number(slider.max)]";

async fn position(browser: &Browser) -> [i64; 2] {
    let found = browser.execute_script(POSITION_SCRIPT).await;
    [0, 1].map(|index| found[index].as_i64().unwrap())
}

async fn scrub(browser: &Browser, share: f64) {
    let script = format!(
        "const slider = document.querySelector('.replay [type=range]');\
         slider.value = Math.round(slider.max * {share}); slider.dispatchEvent(new Event('input'))"
    );
    browser.execute_script(&script).await;
}

#[tokio::test]
async fn replay_is_scrubbed_and_jumps_to_points() {
    let Some(browser) = Browser::launch().await else {
        return;
    };
    let ada = browser.app.user("ada").await;
    browser.log_in(&ada).await;
    browser.click_named("Play now against the computer").await;
    wait_for_match(&browser).await;
    wait_for_point(&browser).await;
    browser.click_on("End match").await;
    browser.click_on("Match details").await;
    browser.click_on("Watch replay").await;
    browser.find(".replay canvas").await;
    browser.click_on("Pause").await;
    scrub(&browser, 1.0).await;
    browser
        .wait_for_text("Played to the end: the result is the recorded one.")
        .await;
    let [at, length] = position(&browser).await;
    assert_eq!(at, length);

    scrub(&browser, 0.5).await;
    let [before, _] = position(&browser).await;
    assert!(
        (length / 2 - 1..=length / 2 + 1).contains(&before),
        "{before} of {length}"
    );
    let slider = browser.find(".replay [type=range]").await;
    slider.send_keys("\u{e012}").await.unwrap();
    let [earlier, _] = position(&browser).await;
    assert_eq!(before - earlier, 60);
    browser.click_on("4×").await;
    browser.click_on("0–1").await;
    browser
        .wait_until("the point", || {
            "return document.querySelector('.replay .score').innerText === '0 – 1'".to_owned()
        })
        .await;
    browser.close(&[]).await;
}

#[tokio::test]
async fn tictactoe_is_replayed_move_by_move() {
    let Some(browser) = Browser::launch().await else {
        return;
    };
    let ada = browser.app.user("ada").await;
    browser.log_in(&ada).await;
    browser
        .visit("/play?game=tictactoe&opponent=keyboard")
        .await;
    browser.type_into("second", "Grace").await;
    browser.click_on("Start").await;
    wait_for_match(&browser).await;
    let moves = [
        ("ada", 1, 1),
        ("Grace", 2, 1),
        ("ada", 1, 2),
        ("Grace", 2, 2),
        ("ada", 1, 3),
    ];
    for (name, row, column) in moves {
        browser.wait_for_text(&format!("{name} to move")).await;
        browser
            .click_named(&format!("Row {row}, column {column}: empty"))
            .await;
    }
    browser.wait_for_text("ada won!").await;
    browser.click_on("Match details").await;
    browser.click_on("Watch replay").await;
    browser.click_on("Pause").await;
    scrub(&browser, 0.4).await;
    browser.wait_for_text("Grace (O)").await;
    let board = "return [...document.querySelectorAll('.board span')].map((one) => one.dataset.mark || '_').join('')";
    assert_eq!(browser.execute_script(board).await, json!("X__O_____"));
    scrub(&browser, 1.0).await;
    browser.wait_for_text("ada (X) wins").await;
    browser.close(&[]).await;
}
