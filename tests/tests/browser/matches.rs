//! Matches between users: from an invite to the result, lost servers, second windows, spectators.

use e2e::TestUser;
use serde_json::{Value, json};

use crate::Browser;
use crate::play::{wait_for_match, wait_for_point};
use crate::reconnect::restart_server;

/// Two users in their browsers, in a match that one of them was invited to.
struct Pair {
    ada: TestUser,
    bob: TestUser,
    browser: Browser,
    bobs_browser: Browser,
    path: String,
}

impl Pair {
    /// Opens a match of this game.
    async fn play(game: &str) -> Option<Self> {
        let browser = Browser::launch().await?;
        let (ada, bob) = (browser.app.user("ada").await, browser.app.user("bob").await);
        ada.befriend(&bob).await;
        let bobs_browser = browser.launch_another().await;
        browser.log_in(&ada).await;
        bobs_browser.log_in(&bob).await;
        // Long enough for whatever a test does while nobody moves.
        let (title, options) = match game {
            "pong" => ("Pong", json!({"score_to_win": 20})),
            _ => ("Tic-tac-toe", json!({})),
        };
        let invite = json!({"username": "bob", "game": game, "options": options});
        ada.post("/api/v1/invites/", invite).await.expect(201);
        bobs_browser
            .click_named(&format!("Accept invite to {title} from ada"))
            .await;
        let path = wait_for_match(&bobs_browser).await;
        assert_eq!(wait_for_match(&browser).await, path);
        Some(Self {
            ada,
            bob,
            browser,
            bobs_browser,
            path,
        })
    }

    /// The browsers in the order of their seats.
    async fn by_seat(&self) -> [&Browser; 2] {
        let first = self.stored().await["players"][0]["user"]["username"].clone();
        if first == json!("ada") {
            [&self.browser, &self.bobs_browser]
        } else {
            [&self.bobs_browser, &self.browser]
        }
    }

    async fn stored(&self) -> Value {
        let path = format!("/api/v1{}/", self.path);
        self.ada.get(&path).await.expect(200).data()
    }

    async fn close(self) {
        self.bobs_browser.close(&[]).await;
        self.browser.close(&[]).await;
    }
}

/// Moves in tic-tac-toe, once it is this browser's turn.
pub(crate) async fn choose_field(browser: &Browser, row: u8, column: u8) {
    browser.wait_for_text("Your turn").await;
    browser
        .click_named(&format!("Row {row}, column {column}: empty"))
        .await;
}

#[tokio::test]
async fn accepted_invite_is_played_to_its_result_and_again() {
    let Some(pair) = Pair::play("tictactoe").await else {
        return;
    };
    let [first, second] = pair.by_seat().await;
    for column in 1..=2 {
        choose_field(first, 1, column).await;
        choose_field(second, 2, column).await;
    }
    choose_field(first, 1, 3).await;
    first.wait_for_text("You won!").await;
    second.wait_for_text("You lost").await;

    first.click_on("Rematch").await;
    second.wait_for_text("offers a rematch.").await;
    second.click_named("Accept the rematch").await;
    for browser in [first, second] {
        browser
            .wait_until("the rematch", || {
                format!("return location.pathname !== {}", json!(pair.path))
            })
            .await;
        wait_for_match(browser).await;
    }
    first.visit("/matches?result=won").await;
    first.wait_for_text("1 match").await;
    second.visit("/matches?result=won").await;
    second.wait_for_text("No matches like that.").await;
    second.visit("/matches?result=lost").await;
    second.wait_for_text("1 match").await;
    pair.close().await;
}

#[tokio::test]
async fn resign_shows_the_result_to_both() {
    let Some(pair) = Pair::play("pong").await else {
        return;
    };
    wait_for_point(&pair.browser).await;
    pair.browser.type_into("match-message", "good game").await;
    pair.browser.click_on("Send").await;
    pair.bobs_browser.wait_for_text("good game").await;
    pair.browser.click_on("Resign").await;
    pair.browser
        .wait_for_text("Your opponent wins the match.")
        .await;
    pair.browser
        .find("dialog .danger")
        .await
        .click()
        .await
        .unwrap();
    pair.browser.wait_for_text("You lost").await;
    pair.bobs_browser.wait_for_text("You won!").await;
    pair.bobs_browser
        .wait_for_text("Decided by resignation.")
        .await;
    pair.bobs_browser.click_on("Match details").await;
    pair.bobs_browser
        .wait_for_text("bob won by resignation.")
        .await;
    pair.bobs_browser.click_on("Download replay").await;
    let replay = pair.bobs_browser.wait_for_download(".replay").await;
    assert!(replay.len() > 20, "{} bytes", replay.len());
    pair.bobs_browser.click_on("Watch replay").await;
    pair.bobs_browser.find(".replay canvas").await;
    pair.bobs_browser
        .execute_script(
            "const slider = document.querySelector('.replay [type=range]');\
             slider.value = slider.max; slider.dispatchEvent(new Event('input'))",
        )
        .await;
    pair.bobs_browser
        .wait_for_text("Played to the end: the result is the recorded one.")
        .await;
    let stored = pair.stored().await;
    let winner = usize::try_from(stored["winner"].as_u64().unwrap()).unwrap();
    assert_eq!(
        stored["players"][winner]["user"]["username"],
        json!(pair.bob.name)
    );
    pair.close().await;
}

#[tokio::test]
async fn match_goes_on_after_server_crash() {
    let Some(browser) = Browser::launch().await else {
        return;
    };
    let ada = browser.app.user("ada").await;
    browser.log_in(&ada).await;
    browser.click_named("Play now against the computer").await;
    let path = wait_for_match(&browser).await;
    wait_for_point(&browser).await;
    let node = &browser.app.nodes[0];
    node.signal("KILL");
    e2e::until("the end of the server", async || !node.is_running()).await;
    browser.wait_for_text("Connection lost").await;
    let _restarted = restart_server(&browser.app);
    browser.wait_for_text_gone("Connection lost").await;
    browser.wait_for_text("You lost").await;
    assert_eq!(browser.path_and_query().await, path);
    browser.client.close().await.unwrap();
}

#[tokio::test]
async fn second_window_takes_the_seat() {
    let Some(pair) = Pair::play("pong").await else {
        return;
    };
    let client = &pair.browser.client;
    let first = client.window().await.unwrap();
    let second = client.new_window(true).await.unwrap().handle;
    client.switch_to_window(second).await.unwrap();
    pair.browser.visit(&pair.path).await;
    pair.browser.find("canvas").await;
    client.switch_to_window(first).await.unwrap();
    pair.browser
        .wait_for_text("You opened this match in another window.")
        .await;
    pair.browser.click_on("Play here").await;
    pair.browser.find("canvas").await;
    pair.browser
        .wait_for_text_gone("You opened this match in another window.")
        .await;
    pair.close().await;
}

#[tokio::test]
async fn friends_of_both_watch_a_live_match() {
    let Some(pair) = Pair::play("pong").await else {
        return;
    };
    let cleo = pair.browser.app.user("cleo").await;
    for friend in [&pair.ada, &pair.bob] {
        cleo.befriend(friend).await;
    }
    let cleos_browser = pair.browser.launch_another().await;
    cleos_browser.log_in(&cleo).await;
    cleos_browser.visit("/matches/live").await;
    let row = cleos_browser.find("a.live-match").await;
    row.click().await.unwrap();
    wait_for_match(&cleos_browser).await;
    cleos_browser.wait_for_text("You are watching.").await;
    pair.browser.wait_for_text("1 person watching").await;
    wait_for_point(&cleos_browser).await;
    cleos_browser.close(&[]).await;
    pair.close().await;
}

#[tokio::test]
async fn running_match_is_linked_from_other_pages() {
    let Some(pair) = Pair::play("pong").await else {
        return;
    };
    pair.browser.visit("/friends").await;
    pair.browser
        .wait_for_text("Your match of Pong against bob is on.")
        .await;
    pair.bobs_browser.wait_for_text("ada is away").await;
    pair.browser.click_on("Go to the match").await;
    assert_eq!(wait_for_match(&pair.browser).await, pair.path);
    pair.bobs_browser.wait_for_text_gone("ada is away").await;
    pair.close().await;
}
