//! Figures and charts of a user, and leaderboards.

use serde_json::json;

use crate::{Browser, seeded};

/// The texts of the cells of a table, row by row.
const TABLE_SCRIPT: &str = "return [...document.querySelectorAll('.chart table tbody tr')]\
     .map((row) => [...row.querySelectorAll('td')].map((cell) => cell.textContent))";

#[tokio::test]
async fn rating_chart_is_told_as_a_table_too() {
    let Some(browser) = Browser::launch().await else {
        return;
    };
    let ada = browser.app.user("ada").await;
    browser.app.user("bob").await;
    seeded::rate(&browser.app, &[("ada", 1540)]);
    seeded::rate_by_day(&browser.app, "ada", &[1500, 1480, 1540]);
    seeded::finish_matches(&browser.app, ["ada", "bob"], 3);
    browser.log_in(&ada).await;
    browser.visit("/matches").await;
    browser.click_on("Statistics").await;
    browser.wait_for_heading("Your statistics").await;
    browser.wait_for_text("Won 4").await;
    browser.wait_for_text("67 %").await;
    let label = "return document.querySelector('.rating-history').getAttribute('aria-label')";
    let label = browser.execute_script(label).await;
    let label = label.as_str().unwrap();
    assert!(label.starts_with("Rating in Pong from 1500"), "{label}");
    assert!(label.contains("to 1540"), "{label}");
    browser.click_on_summary("Show as a table").await;
    browser.wait_for_text("Lowest").await;
    let expected = json!([
        ["1540", "1535", "1545"],
        ["1480", "1475", "1485"],
        ["1500", "1495", "1505"]
    ]);
    assert_eq!(browser.execute_script(TABLE_SCRIPT).await, expected);
    let form = "return document.querySelector('.form').innerText.replace(/\\s/g, '')";
    assert_eq!(browser.execute_script(form).await, json!("LWL"));
    browser.close(&[]).await;
}

#[tokio::test]
async fn leaderboard_shows_the_top_those_around_me_friends_and_seasons() {
    let Some(browser) = Browser::launch().await else {
        return;
    };
    let ada = browser.app.user("ada").await;
    let mut ratings = vec![("ada".to_owned(), 1400)];
    for number in 1..=12 {
        let name = format!("player{number}");
        let user = browser.app.user(&name).await;
        if number == 5 {
            ada.befriend(&user).await;
        }
        ratings.push((name, 1700 - number * 10));
    }
    browser.log_in(&ada).await;
    browser.visit("/leaderboards/pong?show=me").await;
    browser
        .wait_for_text("You are not on this leaderboard.")
        .await;
    browser
        .wait_for_text("10 more ranked matches this season")
        .await;
    let borrowed: Vec<(&str, i32)> = ratings
        .iter()
        .map(|(name, points)| (&**name, *points))
        .collect();
    seeded::rate(&browser.app, &borrowed);
    browser.client.refresh().await.unwrap();
    wait_for_ranks(&browser, 3, 13).await;
    let own =
        "return document.querySelector('.leaderboard [aria-current] th').innerText.includes('ada')";
    assert_eq!(browser.execute_script(own).await, json!(true));
    browser.click_on("Top").await;
    wait_for_ranks(&browser, 1, 13).await;
    browser.click_on("Friends").await;
    wait_for_ranks(&browser, 5, 13).await;
    let season = browser.field("season").await;
    season.select_by_index(1).await.unwrap();
    browser
        .wait_for_text("None of your friends is on this leaderboard.")
        .await;
    browser.close(&[404]).await;
}

/// Waits until the first and the last line of the leaderboard have these ranks.
async fn wait_for_ranks(browser: &Browser, first: usize, last: usize) {
    browser
        .wait_until(&format!("ranks {first} to {last}"), || {
            format!(
                "const ranks = [...document.querySelectorAll('.leaderboard .rank')].map((cell) => cell.innerText.trim());\
                 return ranks[0] === '{first}' && ranks.at(-1) === '{last}'"
            )
        })
        .await;
}
