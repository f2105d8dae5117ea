use std::time::Duration;

use contract::match_frames::MatchPhase;
use games::catalogue::Catalog;
use games::port::{SavedMatchViews, TableSeat};
use games::{MatchHead, MatchMode, MatchStore, Seat};
use serde_json::json;
use testkit::Database;

use crate::fixture::{Fixture, finished};

testkit::database_tests!(
    claim_continues_with_what_was_saved,
    claim_waits_for_the_end_of_the_owner,
    claim_fences_the_earlier_owner,
    claim_concurrently_has_one_winner,
    release_lets_any_node_claim_at_once,
    orphans_are_live_matches_without_living_owner,
    view_shows_a_live_match_as_it_was_saved,
);

fn head(claimed: &games::ClaimedMatch, tick: u32, tail: &[u8]) -> MatchHead {
    MatchHead {
        id: claimed.id,
        epoch: claimed.epoch,
        tick,
        snapshot: vec![1, 2, 3],
        tail: tail.to_vec(),
        lifecycle: "playing".to_owned(),
        points: "[]".to_owned(),
        seqs: [7, 9],
        chunk: None,
        chunks: 0,
    }
}

async fn claim_continues_with_what_was_saved(database: Database) {
    // The clock of a database server does not follow that of the test.
    let has_own_clock = database.url().starts_with("postgres");
    let fixture = Fixture::new(database).await;
    let [ada, bob] = ["ada", "bob"].map(|name| fixture.user(name));
    let claimed = fixture.start(MatchMode::Ranked, &ada, &bob).await;
    assert_eq!(claimed.head, None, "never run before");
    let save = |head| fixture.matches.save_heads(vec![head]);
    assert_eq!(save(head(&claimed, 60, b"ab")).await.unwrap(), []);
    let first = MatchHead {
        chunk: Some(b"abc".to_vec()),
        ..head(&claimed, 90, b"d")
    };
    assert_eq!(save(first).await.unwrap(), []);
    let second = MatchHead {
        chunk: Some(b"def".to_vec()),
        chunks: 1,
        ..head(&claimed, 120, b"gh")
    };
    assert_eq!(save(second).await.unwrap(), []);
    fixture.advance(Duration::from_secs(3));
    let again = fixture.matches.claim(claimed.id).await.unwrap().unwrap();
    assert!(has_own_clock || again.ownerless == Duration::from_secs(3));
    assert_eq!(again.seed, claimed.seed);
    assert_eq!(again.epoch, claimed.epoch + 1);
    let saved = again.head.unwrap();
    assert_eq!((saved.tick, saved.chunks), (120, 2));
    assert_eq!(saved.record, b"abcdefgh");
    assert_eq!(saved.tail_len, 2);
    assert_eq!(saved.snapshot, [1, 2, 3]);
    assert_eq!(saved.seqs, [7, 9]);
    assert_eq!((&*saved.lifecycle, &*saved.points), ("playing", "[]"));
}

async fn claim_waits_for_the_end_of_the_owner(database: Database) {
    let fixture = Fixture::new(database).await;
    let [ada, bob] = ["ada", "bob"].map(|name| fixture.user(name));
    let (node, other) = fixture.other_node();
    let id = fixture
        .try_open(MatchMode::Invite, &ada, &bob)
        .await
        .unwrap();
    let claimed = other.claim(id).await.unwrap().unwrap();
    assert_eq!(
        fixture.matches.claim(id).await.unwrap(),
        None,
        "its owner lives"
    );
    fixture.nodes.0.lock().unwrap().remove(&node);
    let taken = fixture.matches.claim(id).await.unwrap().unwrap();
    assert_eq!(taken.epoch, claimed.epoch + 1);
    let ended = finished(&taken, None, [1, 1]);
    fixture.matches.end(ended).await.unwrap().unwrap();
    assert_eq!(fixture.matches.claim(id).await.unwrap(), None, "it is over");
}

async fn claim_fences_the_earlier_owner(database: Database) {
    let fixture = Fixture::new(database).await;
    let [ada, bob] = ["ada", "bob"].map(|name| fixture.user(name));
    let claimed = fixture.start(MatchMode::Ranked, &ada, &bob).await;
    fixture.nodes.0.lock().unwrap().clear();
    let (_, other) = fixture.other_node();
    let taken = other.claim(claimed.id).await.unwrap().unwrap();
    other
        .save_heads(vec![head(&taken, 70, b"new")])
        .await
        .unwrap();

    let late = MatchHead {
        chunk: Some(b"old".to_vec()),
        ..head(&claimed, 60, b"old")
    };
    let lost = fixture
        .matches
        .save_heads(vec![late.clone()])
        .await
        .unwrap();
    assert_eq!(lost, [claimed.id]);
    fixture.matches.release(vec![late]).await.unwrap();
    let now = fixture.store.env().now();
    let started = fixture.matches.note_start(claimed.id, claimed.epoch, now);
    assert!(!started.await.unwrap());
    let result = fixture.matches.end(finished(&claimed, None, [1, 1])).await;
    assert_eq!(result.unwrap(), None);

    assert!(other.note_start(taken.id, taken.epoch, now).await.unwrap());
    let again = other.claim(claimed.id).await.unwrap().unwrap();
    assert_eq!(
        again.head.unwrap().record,
        b"new",
        "nothing of the earlier owner"
    );
    assert!(fixture.events(&ada).await.is_empty());
}

async fn claim_concurrently_has_one_winner(database: Database) {
    let fixture = Fixture::new(database).await;
    let [ada, bob] = ["ada", "bob"].map(|name| fixture.user(name));
    let id = fixture
        .try_open(MatchMode::Invite, &ada, &bob)
        .await
        .unwrap();
    let nodes: Vec<_> = (0..8).map(|_| fixture.other_node().1).collect();
    let claims = nodes.iter().map(|node| node.claim(id));
    let claims = futures_util::future::join_all(claims).await;
    let won = claims.into_iter().filter_map(Result::unwrap);
    assert_eq!(won.count(), 1);
}

async fn release_lets_any_node_claim_at_once(database: Database) {
    let fixture = Fixture::new(database).await;
    let [ada, bob] = ["ada", "bob"].map(|name| fixture.user(name));
    let claimed = fixture.start(MatchMode::Ranked, &ada, &bob).await;
    let (_, other) = fixture.other_node();
    assert_eq!(other.claim(claimed.id).await.unwrap(), None);
    let last = head(&claimed, 99, b"xyz");
    fixture.matches.release(vec![last]).await.unwrap();
    let taken = other.claim(claimed.id).await.unwrap().unwrap();
    assert_eq!(taken.head.unwrap().tick, 99);
}

async fn orphans_are_live_matches_without_living_owner(database: Database) {
    let fixture = Fixture::new(database).await;
    let users: Vec<_> = (0..8).map(|n| fixture.user(&format!("user{n}"))).collect();
    let (node, other) = fixture.other_node();
    let own = fixture.start(MatchMode::Ranked, &users[0], &users[1]).await;
    let [free, living, ended] = [2, 4, 6].map(|n| (&users[n], &users[n + 1]));
    let free = fixture
        .try_open(MatchMode::Invite, free.0, free.1)
        .await
        .unwrap();
    let theirs = fixture
        .try_open(MatchMode::Invite, living.0, living.1)
        .await
        .unwrap();
    other.claim(theirs).await.unwrap().unwrap();
    fixture
        .play(MatchMode::Ranked, ended.0, ended.1, false)
        .await;
    let orphans = async || fixture.matches.orphans().await.unwrap();
    assert_eq!(orphans().await, [own.id, free], "its own may be dropped");
    fixture.nodes.0.lock().unwrap().remove(&node);
    assert_eq!(orphans().await, [own.id, free, theirs]);
}

async fn view_shows_a_live_match_as_it_was_saved(database: Database) {
    let fixture = Fixture::new(database).await;
    let [ada, bob] = ["ada", "bob"].map(|name| fixture.user(name));
    let claimed = fixture.start(MatchMode::Ranked, &ada, &bob).await;
    let view = async |id| {
        let seat = TableSeat::Player(Seat::Second);
        fixture.matches.view(id, seat).await.unwrap()
    };
    let new = view(claimed.id).await.unwrap();
    assert_eq!((new.phase, new.epoch), (MatchPhase::Recovering, 1));
    assert_eq!((&new.state["tick"], new.number), (&json!(0), 0));
    let game = Catalog::builtin().find("pong").unwrap();
    let mut play = game.start(&claimed.options, claimed.seed).unwrap();
    (0..300).for_each(|_| {
        play.step();
    });
    let mut tail = vec![];
    let snapshot = play.save(&mut tail);
    let saved = MatchHead {
        snapshot,
        lifecycle: "{}".to_owned(),
        ..head(&claimed, 300, &tail)
    };
    fixture.matches.save_heads(vec![saved]).await.unwrap();
    let view_of_saved = view(claimed.id).await.unwrap();
    assert_eq!(view_of_saved.state["tick"], 300);
    assert_eq!(view_of_saved.state["hash"], play.state_hash());
    assert_eq!(view_of_saved.state["seq"], 9, "the last input of this seat");
    let ended = finished(&claimed, Some(Seat::First), [5, 1]);
    fixture.matches.end(ended).await.unwrap().unwrap();
    assert_eq!(view(claimed.id).await, None);
}
