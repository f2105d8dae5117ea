//! The list of one's matches: filters, pages, and showing a match to others.

use serde_json::json;

use crate::chrome_command::ChromeCommand;
use crate::{Browser, seeded};

/// Chooses an option of a select by its text.
async fn choose(browser: &Browser, name: &str, text: &str) {
    let select = browser.field(name).await;
    select.select_by_label(text).await.unwrap();
}

#[tokio::test]
async fn filters_narrow_the_list_and_stay_in_the_address() {
    let Some(browser) = Browser::launch().await else {
        return;
    };
    let ada = browser.app.user("ada").await;
    browser.app.user("bob").await;
    browser.app.user("cleo").await;
    seeded::finish_matches(&browser.app, ["ada", "bob"], 24);
    browser.log_in(&ada).await;
    browser.visit("/matches").await;
    browser.wait_for_text("24 matches").await;
    choose(&browser, "game", "Tic-tac-toe").await;
    browser.wait_for_text("8 matches").await;
    choose(&browser, "mode", "Ranked").await;
    browser.wait_for_text("4 matches").await;
    choose(&browser, "result", "Lost").await;
    browser.wait_for_text("No matches like that.").await;
    choose(&browser, "result", "Won").await;
    browser.wait_for_text("4 matches").await;
    let address = "/matches?game=tictactoe&mode=ranked&result=won";
    assert_eq!(browser.path_and_query().await, address);
    browser.client.refresh().await.unwrap();
    browser.wait_for_text("4 matches").await;
    browser.click_on("Clear filters").await;
    browser.wait_for_text("24 matches").await;

    browser.type_into("opponent", "@cleo\n").await;
    browser.wait_for_text("No matches like that.").await;
    browser.type_into("opponent", "bob\n").await;
    browser.wait_for_text("24 matches").await;
    browser.type_into("opponent", "nobody\n").await;
    browser.wait_for_text("Nobody is called nobody.").await;
    browser.close(&[404]).await;
}

#[tokio::test]
async fn pages_are_reached_and_left_by_links() {
    let Some(browser) = Browser::launch().await else {
        return;
    };
    let ada = browser.app.user("ada").await;
    browser.app.user("bob").await;
    seeded::finish_matches(&browser.app, ["ada", "bob"], 24);
    let rows = |count: usize| {
        move || format!("return document.querySelectorAll('.match-row').length === {count}")
    };
    browser.log_in(&ada).await;
    browser.visit("/matches").await;
    browser.wait_until("20 rows", rows(20)).await;
    browser.click_on("Next").await;
    browser.wait_for_text("Page 2 of 2").await;
    browser.wait_until("4 rows", rows(4)).await;
    browser.click_element("a.match-row").await;
    browser.wait_for_text("All matches").await;
    browser.client.back().await.unwrap();
    browser.wait_for_text("Page 2 of 2").await;
    browser.click_on("Previous").await;
    browser.wait_until("20 rows", rows(20)).await;
    browser.close(&[]).await;
}

#[tokio::test]
async fn share_copies_the_link_or_asks_the_device() {
    let Some(browser) = Browser::launch().await else {
        return;
    };
    let ada = browser.app.user("ada").await;
    browser.app.user("bob").await;
    seeded::finish_matches(&browser.app, ["ada", "bob"], 2);
    let permissions = json!({"permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"]});
    let grant = ChromeCommand::devtools("Browser.grantPermissions", &permissions);
    browser.chrome(grant).await;
    browser.log_in(&ada).await;
    browser.visit("/matches?result=won").await;
    browser.click_element("a.match-row").await;
    browser.wait_for_text("ada won.").await;
    let url = browser.client.current_url().await.unwrap();
    browser.click_on("Share").await;
    browser.wait_for_text("Link copied.").await;
    let copied = "return navigator.clipboard.readText()";
    assert_eq!(browser.execute_script(copied).await, json!(url.as_str()));

    browser
        .execute_script(
            "Object.assign(navigator, { canShare: () => true, share: async (link) => { window.shared = link; } })",
        )
        .await;
    browser.click_on("Share").await;
    browser
        .wait_until("what is shared", || {
            "return Boolean(window.shared)".to_owned()
        })
        .await;
    let shared = browser.execute_script("return shared").await;
    assert_eq!(shared["url"], json!(url.as_str()));
    assert_eq!(shared["text"], json!("Pong: ada 5 – 3 bob"));
    browser.close(&[]).await;
}
