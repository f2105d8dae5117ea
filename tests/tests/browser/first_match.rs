//! From strangers to a rated match, in which one of them loses the network for a while.

use serde_json::{Value, json};

use crate::Browser;
use crate::chrome_command::ChromeCommand;
use crate::matches::choose_field;
use crate::network::Network;
use crate::play::wait_for_match;

#[tokio::test]
async fn two_become_friends_and_finish_a_rated_match_over_a_lost_network() {
    let Some(browser) = Browser::launch().await else {
        return;
    };
    let (ada, bob) = (browser.app.user("ada").await, browser.app.user("bob").await);
    let network = Network::in_front_of(browser.app.url()).await;
    let bobs_browser = browser.launch_behind(&network).await;
    browser.log_in(&ada).await;
    bobs_browser.log_in(&bob).await;

    browser.visit("/people/bob").await;
    browser.click_on("Add friend").await;
    bobs_browser.click_named("Accept request from ada").await;
    browser.visit("/play?game=tictactoe&opponent=friend").await;
    browser.click_element("[data-username=bob]").await;
    browser.find("details summary").await.click().await.unwrap();
    browser.click_on("Ranked").await;
    browser.click_on("Send invite").await;
    bobs_browser
        .click_named("Accept invite to Tic-tac-toe from ada")
        .await;
    let path = wait_for_match(&browser).await;
    assert_eq!(wait_for_match(&bobs_browser).await, path);

    let path = format!("/api/v1{path}/");
    let players = ada.get(&path).await.expect(200).data()["players"].clone();
    let is_ada_first = players[0]["user"]["username"] == json!("ada");
    let [first, second] = if is_ada_first {
        [&browser, &bobs_browser]
    } else {
        [&bobs_browser, &browser]
    };
    choose_field(first, 1, 1).await;
    choose_field(second, 2, 1).await;
    lose_the_network(&network, &browser, &bobs_browser).await;
    win_both_games(first, second).await;
    first.wait_for_text("You won!").await;
    second.wait_for_text("You lost").await;
    for one in [first, second] {
        one.wait_for_text("2 – 0").await;
        one.wait_for_text("Rating ").await;
    }
    let stored = ada.get(&path).await.expect(200).data();
    assert_eq!(rating_change(&stored, 0), -rating_change(&stored, 1));
    assert!(rating_change(&stored, 0) > 0, "{stored}");
    // Takes the browser's own errors about the unreachable server from the log.
    bobs_browser.chrome(ChromeCommand::console_log()).await;
    bobs_browser.close(&[]).await;
    browser.close(&[]).await;
}

/// The network of one is gone until the other has seen it.
async fn lose_the_network(network: &Network, other: &Browser, lost: &Browser) {
    network.unplug();
    lost.wait_until("the lost connection", || {
        "return document.querySelector('.overlay:not([hidden])')?.innerText.includes('Connection lost')"
            .to_owned()
    })
    .await;
    other.wait_for_text("bob is away").await;
    network.plug_in();
    lost.wait_until("the match again", || {
        "return document.querySelector('.overlay').hidden".to_owned()
    })
    .await;
    other.wait_for_text_gone("bob is away").await;
}

/// Both games go to the first player, who has one field of the first game already.
async fn win_both_games(first: &Browser, second: &Browser) {
    choose_field(first, 1, 2).await;
    choose_field(second, 2, 2).await;
    choose_field(first, 1, 3).await;
    first.wait_for_text("Game 2 of 2.").await;
    for (row, column, field) in [(2, 1, 1), (3, 2, 2), (2, 3, 3)] {
        choose_field(second, row, column).await;
        choose_field(first, 1, field).await;
    }
}

fn rating_change(stored: &Value, seat: usize) -> i64 {
    let rating = &stored["players"][seat]["rating"];
    rating["after"].as_i64().unwrap() - rating["before"].as_i64().unwrap()
}
