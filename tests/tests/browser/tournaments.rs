//! Tournaments: creating, entering, brackets on wide windows and phones, cups at one keyboard.

use e2e::TestUser;
use fantoccini::elements::Element;
use serde_json::{Value, json};

use crate::Browser;
use crate::accessibility::check_page;
use crate::chrome_command::ChromeCommand;
use crate::play::wait_for_match;

const TOURNAMENTS: &str = "/api/v1/tournaments/";

/// Creates a tournament of tic-tac-toe, which an organizer starts, over HTTP. Returns the path of its page.
async fn create(organizer: &TestUser, name: &str, format: &str, capacity: usize) -> String {
    let body = json!({
        "name": name, "game": "tictactoe", "format": format, "capacity": capacity, "visibility": "public",
    });
    let created = organizer.post(TOURNAMENTS, body).await.expect(201).data();
    format!("/tournaments/{}", created["id"].as_str().unwrap())
}

async fn act(user: &TestUser, page: &str, action: &str, body: Value) {
    let path = format!("/api/v1{page}/{action}/");
    user.post(&path, body).await.expect(200);
}

async fn register(user: &TestUser, page: &str, alias: &str) {
    act(user, page, "register", json!({ "alias": alias })).await;
}

/// Registers so many players at the keyboard of a user: “Local 1”, “Local 2” and so on.
async fn register_locals(host: &TestUser, page: &str, count: usize) {
    for number in 1..=count {
        let body = json!({"alias": format!("{} {number}", host.name), "local": true});
        act(host, page, "register", body).await;
    }
}

/// Starts a tournament whose matches are not called: one that is opens by itself, wherever its player is.
async fn start_paused(organizer: &TestUser, page: &str) {
    act(organizer, page, "start", json!({})).await;
    act(organizer, page, "pause", json!({})).await;
}

async fn open_part(browser: &Browser, part: &str) {
    browser.click_element(&format!("[data-tab={part}]")).await;
}

async fn select(field: Element, value: &str) {
    field.select_by_value(value).await.unwrap();
}

#[tokio::test]
async fn create_tournament_register_and_start_it_live() {
    let Some(browser) = Browser::launch().await else {
        return;
    };
    let (ada, bob) = (browser.app.user("ada").await, browser.app.user("bob").await);
    let bobs_browser = browser.launch_another().await;
    browser.log_in(&ada).await;
    bobs_browser.log_in(&bob).await;
    browser.visit("/tournaments").await;
    browser
        .wait_for_text("No tournament is open right now.")
        .await;
    browser.click_on("Create tournament").await;
    browser.wait_for_heading("Create tournament").await;
    select(browser.field("game").await, "tictactoe").await;
    browser.type_into("name", "Spring Cup").await;
    browser
        .execute_script("document.querySelector('[name=visibility][value=public]').click()")
        .await;
    browser.click_element("main form button[type=submit]").await;
    browser.wait_for_heading("Spring Cup").await;
    browser.type_into("alias", "The Hammer").await;
    browser.click_on("Register").await;
    browser.wait_for_text("You are in as The Hammer").await;

    bobs_browser.visit("/tournaments").await;
    bobs_browser.click_element(".tournament-card").await;
    bobs_browser.wait_for_heading("Spring Cup").await;
    bobs_browser.type_into("alias", "the hammer").await;
    bobs_browser.click_on("Register").await;
    let taken = bobs_browser.field_error("alias").await;
    assert!(taken.contains("registered"), "{taken}");
    bobs_browser.type_into("alias", "Nail").await;
    bobs_browser.click_on("Register").await;
    bobs_browser.wait_for_text("You are in as Nail").await;
    browser.wait_for_text("2 of 16 entrants").await;

    open_part(&browser, "organize").await;
    browser.click_on("Start now").await;
    browser.click_on("Start").await;
    let path = wait_for_match(&browser).await;
    assert_eq!(wait_for_match(&bobs_browser).await, path);
    for one in [&browser, &bobs_browser] {
        one.visit("/tournaments?show=mine").await;
        one.click_element(".tournament-card").await;
        one.wait_for_heading("Spring Cup").await;
        one.find(".bracket-slot[data-path=been] .slot-side[data-own]")
            .await;
        one.wait_for_text("Your match is ready").await;
    }
    browser.close(&[]).await;
    bobs_browser.close(&[409]).await;
}

#[tokio::test]
async fn bracket_of_a_phone_has_rounds_to_swipe_and_follows_results() {
    let Some(browser) = Browser::launch().await else {
        return;
    };
    let ada = browser.app.user("ada").await;
    let page = create(&ada, "Office Cup", "single_elimination", 8).await;
    register_locals(&ada, &page, 8).await;
    start_paused(&ada, &page).await;
    browser.log_in(&ada).await;
    browser.chrome(ChromeCommand::set_width(390)).await;
    browser.visit(&page).await;
    let shown = "return document.querySelector('.bracket-round[data-shown] h3')?.textContent";
    wait_for_value(&browser, shown, "Quarter-finals").await;
    browser.click_on("Final").await;
    wait_for_value(&browser, shown, "Final").await;
    let pressed =
        "return document.querySelector('.round-tabs [aria-pressed=true]').textContent.trim()";
    wait_for_value(&browser, pressed, "Final").await;
    let reason = json!({"reason": "Left the room."});
    act(&ada, &page, "entrants/1/disqualify", reason).await;
    browser
        .wait_until("the result", || {
            "return document.querySelector('[data-slot=upper-1-1] [data-won=true]') !== null"
                .to_owned()
        })
        .await;
    browser
        .execute_script("document.querySelector('[data-slot=upper-1-1]').click()")
        .await;
    browser.wait_for_text("as the opponent had left").await;
    browser.click_named("Cancel").await;
    open_part(&browser, "audit").await;
    browser.wait_for_text("“Left the room.”").await;
    browser.close(&[]).await;
}

/// Waits until a script returns this text.
async fn wait_for_value(browser: &Browser, script: &str, expected: &str) {
    let script = script.strip_prefix("return ").unwrap();
    browser
        .wait_until(expected, || {
            format!("return ({script}) === {}", json!(expected))
        })
        .await;
}

#[tokio::test]
async fn large_bracket_begins_with_the_section_of_the_user() {
    let Some(browser) = Browser::launch().await else {
        return;
    };
    let (ada, bob) = (browser.app.user("ada").await, browser.app.user("bob").await);
    let page = create(&ada, "Big Cup", "single_elimination", 64).await;
    register_locals(&ada, &page, 31).await;
    register_locals(&bob, &page, 10).await;
    register(&bob, &page, "Bob").await;
    start_paused(&ada, &page).await;
    browser.log_in(&bob).await;
    browser.visit(&page).await;
    browser.find(".slot-side[data-own]").await;
    let sections = "return [...document.querySelectorAll('[name=section] option')].map((one) => one.textContent)";
    let expected = json!(["Section 1 of 2", "Section 2 of 2", "Last rounds"]);
    assert_eq!(browser.execute_script(sections).await, expected);
    let slots = "return document.querySelectorAll('.slot').length";
    assert_eq!(browser.execute_script(slots).await, json!(31));
    select(browser.field("section").await, "upper-last").await;
    browser.wait_for_text("Semi-finals").await;
    browser.close(&[]).await;
}

#[tokio::test]
async fn cup_at_one_keyboard_is_played_in_turns() {
    let Some(browser) = Browser::launch().await else {
        return;
    };
    let ada = browser.app.user("ada").await;
    browser.log_in(&ada).await;
    browser.visit("/play?game=tictactoe&opponent=cup").await;
    browser.click_on("Start the cup").await;
    browser.wait_for_text("Type at least 3 names.").await;
    for (index, name) in ["Ada", "Grace", "Linus"].into_iter().enumerate() {
        let fields = browser
            .client
            .find_all(fantoccini::Locator::Css("[name=player]"))
            .await
            .unwrap();
        fields[index].clear().await.unwrap();
        fields[index].send_keys(name).await.unwrap();
    }
    browser.click_on("Start the cup").await;
    wait_for_match(&browser).await;
    play_for_both(&browser).await;
    let own = format!("{TOURNAMENTS}?organizes=true");
    let own = ada.get(&own).await.expect(200).data();
    let page = format!("/tournaments/{}", own[0]["id"].as_str().unwrap());
    act(&ada, &page, "pause", json!({})).await;
    browser.click_on("Back to the tournament").await;
    browser.wait_for_heading("Local tournament").await;
    open_part(&browser, "table").await;
    browser.find(".score-table [data-rank='1']").await;
    open_part(&browser, "matches").await;
    browser.find("a.recap-row").await;
    browser.close(&[]).await;
}

/// Plays tic-tac-toe for both players of a keyboard: who begins takes the left column.
async fn play_for_both(browser: &Browser) {
    for (position, mark) in [(0, "X"), (1, "O"), (3, "X"), (2, "O"), (6, "X")] {
        browser
            .wait_until(&format!("a turn of {mark}"), || {
                format!("return document.body.innerText.includes('to move ({mark})')")
            })
            .await;
        browser
            .execute_script(&format!(
                "document.querySelectorAll('.board button')[{position}].click()"
            ))
            .await;
    }
    browser.wait_for_text("won!").await;
}

#[tokio::test]
async fn invitation_to_a_tournament_leads_to_it() {
    let Some(browser) = Browser::launch().await else {
        return;
    };
    let (ada, bob) = (browser.app.user("ada").await, browser.app.user("bob").await);
    let page = create(&ada, "Spring Cup", "swiss", 8).await;
    browser.log_in(&bob).await;
    act(&ada, &page, "invite", json!({"usernames": ["bob"]})).await;
    let text = "ada invited you to the tournament Spring Cup.";
    browser.wait_for_text(text).await;
    browser.click_named(&format!("View: {text}")).await;
    browser.wait_for_heading("Spring Cup").await;
    browser.visit("/tournaments?show=mine").await;
    browser.wait_for_text("You are invited").await;
    browser.close(&[]).await;
}

#[tokio::test]
async fn tournament_pages_are_accessible_and_fit_a_phone() {
    let Some(browser) = Browser::launch().await else {
        return;
    };
    let (ada, bob) = (browser.app.user("ada").await, browser.app.user("bob").await);
    let open = create(&ada, "Open Cup", "double_elimination", 16).await;
    register(&bob, &open, "A rather long alias here").await;
    let knockout = create(&ada, "Knockout", "double_elimination", 16).await;
    register(&ada, &knockout, "Ada").await;
    register_locals(&bob, &knockout, 6).await;
    start_paused(&ada, &knockout).await;
    let swiss = create(&ada, "Swiss", "swiss", 16).await;
    register_locals(&bob, &swiss, 5).await;
    start_paused(&ada, &swiss).await;
    browser.chrome(ChromeCommand::set_width(360)).await;
    browser.log_in(&ada).await;
    let parts = ["entrants", "about", "organize", "audit"];
    let parts = parts.map(|part| format!("{open}?show={part}"));
    let pages = [
        "/tournaments".to_owned(),
        "/tournaments?show=mine".to_owned(),
        "/tournaments?show=finished".to_owned(),
        "/tournaments/new".to_owned(),
        "/people/ada/tournaments".to_owned(),
        "/people/ada".to_owned(),
        "/play?opponent=cup".to_owned(),
        "/play?opponent=tournament".to_owned(),
        knockout.clone(),
        format!("{knockout}?show=matches"),
        format!("{swiss}?show=table"),
        format!("{swiss}?show=rounds"),
    ];
    for page in pages.iter().chain(&parts) {
        check_page(&browser, page).await;
    }
    browser.close(&[]).await;
}
