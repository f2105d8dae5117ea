//! Choosing a game and an opponent: the computer, a friend, anyone, two at one keyboard.

use serde_json::json;

use crate::Browser;

/// Waits until a match has begun and somebody has scored.
pub(crate) async fn wait_for_point(browser: &Browser) {
    browser.find("canvas").await;
    browser
        .wait_until("a point", || {
            "return /[1-9]/.test(document.querySelector('.scoreboard .score')?.textContent)"
                .to_owned()
        })
        .await;
}

/// Waits until the page of a live match is open; returns its path.
pub(crate) async fn wait_for_match(browser: &Browser) -> String {
    browser
        .wait_until("a match", || {
            "return location.pathname.startsWith('/matches/') && document.querySelector('.stage') !== null".to_owned()
        })
        .await;
    browser.path_and_query().await
}

#[tokio::test]
async fn play_now_on_the_home_page_begins_a_rally() {
    let Some(browser) = Browser::launch().await else {
        return;
    };
    let ada = browser.app.user("ada").await;
    browser.log_in(&ada).await;
    browser.click_named("Play now against the computer").await;
    wait_for_match(&browser).await;
    wait_for_point(&browser).await;
    browser.click_on("Pause").await;
    browser.wait_for_text("Paused").await;
    browser.click_on("Resume").await;
    browser.wait_for_text_gone("Paused").await;
    browser.click_on("End match").await;
    browser.wait_for_text("You lost").await;
    browser.click_on("Match details").await;
    browser.wait_for_text("Points").await;
    browser.wait_for_text("Computer").await;
    browser.visit("/matches").await;
    browser.wait_for_heading("Your matches").await;
    browser.wait_for_text("1 match").await;
    browser.close(&[]).await;
}

#[tokio::test]
async fn practice_again_plays_the_same_level() {
    let Some(browser) = Browser::launch().await else {
        return;
    };
    let ada = browser.app.user("ada").await;
    browser.log_in(&ada).await;
    browser.click_on("Play").await;
    browser.wait_for_heading("Play").await;
    browser.click_on("Tic-tac-toe").await;
    browser.click_on("Hard").await;
    browser.click_on("Start").await;
    let first = wait_for_match(&browser).await;
    browser.wait_for_text("Your turn (X).").await;
    browser.click_on("End match").await;
    browser.click_on("Play again").await;
    browser
        .wait_until("another match", || {
            format!("return location.pathname !== {}", json!(first))
        })
        .await;
    let path = format!("/api/v1{}/", wait_for_match(&browser).await);
    let again = ada.get(&path).await.expect(200).data();
    assert_eq!(again["players"][1]["skill"], json!(900), "{again}");
    browser.close(&[]).await;
}

#[tokio::test]
async fn two_at_one_keyboard_play_with_the_keyboard_alone() {
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
    browser.wait_for_text("ada to move (X).").await;
    let keys = "\u{e007}";
    let left = "\u{e012}";
    let (right, up, down) = ("\u{e014}", "\u{e013}", "\u{e015}");
    // The focus begins in the middle: X takes the middle row, O the top left and the top.
    let moves = [
        (keys.to_owned(), "Grace to move (O)."),
        (format!("{up}{left}{keys}"), "ada to move (X)."),
        (format!("{down}{keys}"), "Grace to move (O)."),
        (format!("{up}{right}{keys}"), "ada to move (X)."),
        (format!("{down}{right}{keys}"), "ada won!"),
    ];
    browser
        .execute_script("document.querySelector('.board [tabindex=\"0\"]').focus()")
        .await;
    for (typed, text) in moves {
        browser
            .client
            .active_element()
            .await
            .unwrap()
            .send_keys(&typed)
            .await
            .unwrap();
        browser.wait_for_text(text).await;
    }
    browser.close(&[]).await;
}

#[tokio::test]
async fn queue_brings_two_users_together() {
    let Some(browser) = Browser::launch().await else {
        return;
    };
    let (ada, bob) = (browser.app.user("ada").await, browser.app.user("bob").await);
    let bobs_browser = browser.launch_another().await;
    browser.log_in(&ada).await;
    bobs_browser.log_in(&bob).await;
    browser.visit("/play?game=pong&opponent=random").await;
    browser.click_on("Find an opponent").await;
    browser
        .wait_for_text("Looking for an opponent in Pong")
        .await;
    browser.wait_for_text("Others looking").await;
    browser.click_on("Friends").await;
    browser.wait_for_heading("Friends").await;
    browser
        .wait_for_text("Looking for an opponent in Pong")
        .await;

    bobs_browser.visit("/play?game=pong&opponent=random").await;
    bobs_browser.click_on("Find an opponent").await;
    let paths = [
        wait_for_match(&browser).await,
        wait_for_match(&bobs_browser).await,
    ];
    assert_eq!(paths[0], paths[1]);
    browser.wait_for_text("bob").await;
    wait_for_point(&browser).await;
    bobs_browser.close(&[]).await;
    browser.close(&[]).await;
}

#[tokio::test]
async fn cancel_search_leaves_the_queue() {
    let Some(browser) = Browser::launch().await else {
        return;
    };
    let ada = browser.app.user("ada").await;
    browser.log_in(&ada).await;
    browser.visit("/play?game=tictactoe&opponent=random").await;
    browser.click_on("Find an opponent").await;
    browser
        .wait_for_text("Looking for an opponent in Tic-tac-toe")
        .await;
    browser.click_named("Stop looking").await;
    browser
        .wait_for_text_gone("Looking for an opponent in Tic-tac-toe")
        .await;
    browser.click_on("Find an opponent").await;
    browser
        .wait_for_text("Looking for an opponent in Tic-tac-toe")
        .await;
    browser.close(&[]).await;
}

#[tokio::test]
async fn landing_page_has_a_court_to_play_on() {
    let Some(browser) = Browser::launch().await else {
        return;
    };
    browser.visit("/").await;
    browser.wait_for_text("Play right here").await;
    browser.click_on("Start").await;
    browser
        .wait_until("a point", || {
            "return /[1-9]/.test(document.querySelector('.landing-score')?.textContent)".to_owned()
        })
        .await;
    browser.close(&[]).await;
}

#[tokio::test]
async fn search_goes_on_after_a_reload() {
    let Some(browser) = Browser::launch().await else {
        return;
    };
    let ada = browser.app.user("ada").await;
    browser.log_in(&ada).await;
    browser.visit("/play?game=pong&opponent=random").await;
    browser.click_on("Casual").await;
    browser.find("details summary").await.click().await.unwrap();
    let speed = browser.field("game_speed").await;
    speed.select_by_label("Fast").await.unwrap();
    browser.click_on("Find an opponent").await;
    browser
        .wait_for_text("Looking for an opponent in Pong")
        .await;
    for path in ["/play?game=pong&opponent=random", "/friends"] {
        browser.visit(path).await;
        browser
            .wait_for_text("Looking for an opponent in Pong")
            .await;
    }
    // What was wanted goes on, too: only somebody who wants the same is found.
    let bob = browser.app.user("bob").await;
    let casual = |speed: &str| json!({"options": {"ranked": false, "game_speed": speed}});
    bob.post("/api/v1/games/pong/queue/", casual("slow"))
        .await
        .expect(200);
    let cleo = browser.app.user("cleo").await;
    cleo.post("/api/v1/games/pong/queue/", casual("fast"))
        .await
        .expect(200);
    let path = format!("/api/v1{}/", wait_for_match(&browser).await);
    let found = ada.get(&path).await.expect(200).data();
    assert_eq!(found["options"]["game_speed"], json!("fast"), "{found}");
    browser.close(&[]).await;
}

#[tokio::test]
async fn mute_is_remembered() {
    let Some(browser) = Browser::launch().await else {
        return;
    };
    let ada = browser.app.user("ada").await;
    let is_muted = |muted: bool| {
        move || {
            format!(
                "return document.querySelector('[aria-label=Mute]')?.getAttribute('aria-pressed') === '{muted}'"
            )
        }
    };
    browser.log_in(&ada).await;
    browser.click_named("Play now against the computer").await;
    wait_for_match(&browser).await;
    browser.wait_until("sounds", is_muted(false)).await;
    browser.click_named("Mute").await;
    browser.wait_until("no sounds", is_muted(true)).await;
    browser.client.refresh().await.unwrap();
    browser
        .wait_until("no sounds after a reload", is_muted(true))
        .await;
    browser.click_named("Mute").await;
    browser.wait_until("sounds again", is_muted(false)).await;
    browser.close(&[]).await;
}

#[tokio::test]
async fn own_settings_decide_how_the_computer_plays() {
    let Some(browser) = Browser::launch().await else {
        return;
    };
    let ada = browser.app.user("ada").await;
    let settings = json!({"level": "hard", "adaptive": false, "accuracy": 70});
    ada.put("/api/v1/users/profile/ai-settings/", settings)
        .await
        .expect(200);
    browser.log_in(&ada).await;
    browser.visit("/play").await;
    browser.click_on("My settings").await;
    browser
        .wait_for_text("As in your settings: hard, 70 % accurate.")
        .await;
    browser.click_on("Start").await;
    let path = format!("/api/v1{}/", wait_for_match(&browser).await);
    let practice = ada.get(&path).await.expect(200).data();
    let games = ada.get("/api/v1/games/").await.expect(200).data();
    let levels = games[0]["levels"].as_array().unwrap();
    let hard = levels.iter().find(|level| level["name"] == json!("hard"));
    assert_eq!(practice["players"][1]["skill"], hard.unwrap()["skill"]);
    browser.close(&[]).await;
}
