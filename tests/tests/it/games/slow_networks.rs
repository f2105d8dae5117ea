//! Players with slow connections.

use e2e::{App, DelayProxy, DelayRange};
use futures_util::future::join_all;
use serde_json::json;

use super::player::{Log, Player, SentInput, Style};
use super::record::PongRecord;
use super::{invite_and_accept, pair, stored, verify_replay};

/// How late and how early an input may be, in ticks, to count where it belongs.
const IN_TIME: std::ops::RangeInclusive<i64> = -5..=12;

/// The inputs that were reported as in time, and that no later one replaced.
fn inputs_in_time(log: &Log) -> Vec<SentInput> {
    let is_in_time = |pair: &&[SentInput]| {
        let lead = log.leads.get(&pair[0].seq);
        lead.is_some_and(|lead| IN_TIME.contains(lead)) && pair[1].tick > pair[0].tick
    };
    let pairs = log.sent.windows(2).filter(is_in_time);
    pairs.map(|pair| pair[0]).collect()
}

/// Checks that the record holds the inputs of a player in their ticks.
fn assert_inputs_count(record: &PongRecord, log: &Log) {
    let seat = log.joined[0]["seat"].as_str().unwrap();
    let directions = record.directions(seat);
    let held_at = |input: &SentInput| directions.get(usize::try_from(input.tick - 1).ok()?);
    let mut in_time = inputs_in_time(log);
    in_time.retain(|input| held_at(input).is_some());
    let is_held = |input: &&SentInput| held_at(input) == Some(&input.direction);
    let held = in_time.iter().filter(is_held).count();
    assert!(
        !in_time.is_empty(),
        "no input came in time: {:?}",
        log.leads
    );
    // A lead may be that of the next input, which is in no frame.
    assert!(
        held * 10 >= in_time.len() * 8,
        "{:?} {:?}",
        log.sent,
        log.leads
    );
}

/// Plays a match in which one player has a slow connection.
async fn play_with_delay(app: &App, range: DelayRange) {
    let [ada, bob] = pair(app).await;
    let options = json!({"score_to_win": 3, "game_speed": "fast", "ranked": true});
    let id = invite_and_accept(&ada, &bob, "pong", options).await;
    let proxy = DelayProxy::start(app.nodes[0].url(), range, 1).await;
    let last = app.nodes.len() - 1;
    let ada_player = Player::join_through(app, &ada, proxy.url(), &id, Style::Follow).await;
    let bob_player = Player::join(app, &bob, &[last], &id, Style::Corner).await;
    let (slow, fast) = tokio::join!(ada_player.play(), bob_player.play());
    assert_eq!(slow.result(), fast.result(), "{}", app.name);
    assert_eq!(slow.end["reason"], "score");
    let (newest, acknowledged) = (slow.sent.last().unwrap().seq, slow.leads.keys().max());
    // The last ones are on their way when the match ends.
    assert!(
        acknowledged.is_some_and(|seq| seq + 15 >= newest),
        "{slow:?}"
    );
    verify_replay(&bob, &id).await;
    let record = PongRecord::download(&ada, &id).await;
    assert_inputs_count(&record, &slow);
    assert_inputs_count(&record, &fast);
    assert_eq!(stored(&bob, &id).await["reason"], "score");
}

async fn play_everywhere(range: DelayRange) {
    let apps = e2e::deployments().await;
    join_all(apps.iter().map(|app| play_with_delay(app, range))).await;
}

#[tokio::test]
async fn inputs_of_a_player_100_ms_away_count() {
    play_everywhere(DelayRange {
        min_ms: 100,
        max_ms: 100,
    })
    .await;
}

#[tokio::test]
async fn inputs_of_a_player_150_to_250_ms_away_count() {
    play_everywhere(DelayRange {
        min_ms: 150,
        max_ms: 250,
    })
    .await;
}
