//! Matches over real sockets, from how they begin to what is stored of them.

mod absences;
mod cheating;
mod counted_once;
mod engagements;
mod home;
mod killed_nodes;
mod matches;
mod nodes;
mod outages;
mod player;
mod record;
mod rest;
mod seasoned;
mod slow_networks;

use e2e::{App, TestUser};
use serde_json::{Value, json};

use self::player::{Log, Player, Style};

/// Opens a match of two people by an invite, and gives its id.
pub(crate) async fn invite_and_accept(
    from: &TestUser,
    to: &TestUser,
    game: &str,
    options: Value,
) -> String {
    let body = json!({"username": to.name, "game": game, "options": options});
    let sent = from.post("/api/v1/invites/", body).await.expect(201).data();
    let accept = format!("/api/v1/invites/{}/accept/", sent["id"].as_str().unwrap());
    let accepted = to.post(&accept, json!({})).await.expect(200).data();
    accepted["match_id"].as_str().unwrap().to_owned()
}

/// What is stored of a match.
async fn stored(person: &TestUser, id: &str) -> Value {
    let path = format!("/api/v1/matches/{id}/");
    person.get(&path).await.expect(200).data()
}

/// Checks that the replay of a match leads to its result.
async fn verify_replay(person: &TestUser, id: &str) {
    let path = format!("/api/v1/matches/{id}/replay/?verify=1");
    let verified = person.get(&path).await.expect(200).data();
    assert_eq!(verified["verified"], true, "{verified}");
}

/// Two people who are friends.
async fn pair(app: &App) -> [TestUser; 2] {
    let (ada, bob) = (app.user("ada").await, app.user("bob").await);
    ada.befriend(&bob).await;
    [ada, bob]
}

/// Plays a match of tic-tac-toe to its end, the second user at the last of these nodes.
async fn finish_tic_tac_toe(
    app: &App,
    [one, other]: [&TestUser; 2],
    nodes: &[usize],
    id: &str,
) -> (Log, Log) {
    let reversed: Vec<usize> = nodes.iter().rev().copied().collect();
    let at_one = Player::join(app, one, nodes, id, Style::FirstFree).await;
    let at_other = Player::join(app, other, &reversed, id, Style::FirstFree).await;
    tokio::join!(at_one.play(), at_other.play())
}

/// Plays an open match of tic-tac-toe: who begins wins. Players who lose a connection try the other nodes.
pub(crate) async fn play_open_match(app: &App, players: [&TestUser; 2], nodes: &[usize], id: &str) {
    let (one, other) = finish_tic_tac_toe(app, players, nodes, id).await;
    assert_eq!(one.end["winner"], other.end["winner"], "{}", app.name);
}

/// Plays an open match of tic-tac-toe of two local players at one keyboard: who begins wins.
pub(crate) async fn play_at_one_keyboard(app: &App, host: &TestUser, id: &str) {
    let log = Player::join(app, host, &[0], id, Style::BothFree)
        .await
        .play()
        .await;
    assert_eq!(log.end["winner"], "first", "{}", app.name);
}

/// Plays a match of tic-tac-toe from invite to result, and gives its id.
pub(crate) async fn play_tic_tac_toe(app: &App, one: &TestUser, other: &TestUser) -> String {
    let id = invite_and_accept(one, other, "tictactoe", json!({})).await;
    let nodes: Vec<usize> = (0..app.nodes.len()).collect();
    let (one, other) = finish_tic_tac_toe(app, [one, other], &nodes, &id).await;
    assert_eq!(one.end, other.end);
    // With both taking the first free field, the one who begins has 0, 2, 4 and 6: a diagonal.
    assert_eq!(
        (&one.end["winner"], &one.end["reason"]),
        (&json!("first"), &json!("board"))
    );
    id
}
