use std::time::Duration;

use contract::matches::{MatchReason, MatchState, PlayerResult};
use futures_util::future::join_all;
use games::rules::{RatedPlayer, Rating, RatingWeight, rate};
use games::{EndReason, MatchCancelReason, MatchEnding, MatchMode, MatchOutcome, MatchStore, Seat};
use serde_json::json;
use testkit::Database;

use crate::fixture::{Fixture, OwnScore, ended, finished, seat_of};

testkit::database_tests!(
    result_is_stored_with_all_that_follows,
    result_is_stored_once,
    result_of_canceled_match_changes_no_statistics,
    result_of_unrated_match_changes_no_rating,
    result_counts_streaks_and_early_ends,
    result_against_the_same_opponent_stops_counting,
    result_against_the_same_opponent_counts_fully_then_half_then_nothing,
    head_to_head_is_symmetric,
    one_user_cannot_take_both_seats,
    season_begins_with_a_rating_drawn_to_the_middle,
    results_at_the_same_time_are_all_counted,
    no_show_bars_from_the_queue_after_a_while,
);

async fn result_is_stored_with_all_that_follows(database: Database) {
    let fixture = Fixture::new(database).await;
    let [ada, bob] = ["ada", "bob"].map(|name| fixture.user(name));
    let claimed = fixture.start(MatchMode::Ranked, &ada, &bob).await;
    let winner = seat_of(&claimed, &ada);
    let won = finished(&claimed, Some(winner), winner.of_scores(5, 3));
    let conclusion = fixture.matches.end(won).await.unwrap().unwrap();
    assert!(conclusion.replay);
    let changes = conclusion.rating_changes.map(Option::unwrap);
    let (gained, lost) = (changes[winner.index()], changes[winner.other().index()]);
    assert_eq!((gained.before, lost.before), (1500, 1500));
    assert!(gained.after > 1500 && lost.after < 1500);

    let shown = fixture.games.get(&ada, claimed.id).await.unwrap();
    assert_eq!(shown.state, MatchState::Finished);
    assert_eq!(shown.reason, Some(MatchReason::Score));
    assert_eq!(shown.winner.map(usize::from), Some(winner.index()));
    assert_eq!(shown.duration_ms, 120_000);
    assert!(shown.has_replay);
    let own = &shown.players[winner.index()];
    assert_eq!((own.score, own.result), (5, Some(PlayerResult::Won)));
    assert_eq!(own.rating.unwrap().after, gained.after);
    let timeline = shown.timeline.unwrap();
    assert_eq!(
        (timeline[0].tick, timeline[0].at_ms, timeline[0].rally),
        (600, 10_000, 7)
    );

    let statistics = fixture.games.statistics(&bob, None).await.unwrap();
    let of_bob = &statistics.games[0];
    assert_eq!((of_bob.matches, of_bob.losses, of_bob.streak), (1, 1, -1));
    assert_eq!((of_bob.points_for, of_bob.points_against), (3, 5));
    assert_eq!(of_bob.rating.as_ref().unwrap().rating, lost.after);
    assert_eq!(of_bob.rating_history[0].rating, lost.after);
    assert_eq!(
        (statistics.totals.matches, statistics.totals.points),
        (1, 8)
    );

    let events = fixture.events(&ada).await;
    let (name, data) = events.last().unwrap();
    assert_eq!(name, "match_finished");
    assert_eq!(
        (&data["result"], &data["score"]),
        (&json!("won"), &json!([5, 3]))
    );
    assert_eq!(data["opponent"]["username"], "bob");
    assert_eq!(data["rating"]["after"], gained.after);
}

async fn result_is_stored_once(database: Database) {
    let fixture = Fixture::new(database).await;
    let [ada, bob] = ["ada", "bob"].map(|name| fixture.user(name));
    let claimed = fixture.start(MatchMode::Ranked, &ada, &bob).await;
    let won = finished(&claimed, Some(Seat::First), [5, 3]);
    let ends = (0..8).map(|_| fixture.matches.end(won.clone()));
    let ends: Vec<_> = join_all(ends)
        .await
        .into_iter()
        .map(Result::unwrap)
        .collect();
    assert!(
        ends[0].is_some() && ends.iter().all(|end| *end == ends[0]),
        "{ends:?}"
    );
    let statistics = fixture.games.statistics(&ada, None).await.unwrap();
    assert_eq!(statistics.games[0].matches, 1);
    assert_eq!(statistics.totals.matches, 1);
    assert_eq!(fixture.events(&ada).await.len(), 1);
}

async fn result_of_canceled_match_changes_no_statistics(database: Database) {
    let fixture = Fixture::new(database).await;
    let [ada, bob] = ["ada", "bob"].map(|name| fixture.user(name));
    let claimed = fixture.start(MatchMode::Ranked, &ada, &bob).await;
    let ending = MatchEnding::Canceled {
        reason: MatchCancelReason::NoShow,
        at_fault: [true, false],
    };
    let conclusion = fixture.matches.end(ended(&claimed, ending)).await;
    assert_eq!(
        conclusion.unwrap().unwrap(),
        games::MatchConclusion::default()
    );
    let shown = fixture.games.get(&ada, claimed.id).await.unwrap();
    assert_eq!(shown.state, MatchState::Canceled);
    assert_eq!(shown.reason, Some(MatchReason::NoShow));
    let statistics = fixture.games.statistics(&ada, None).await.unwrap();
    assert!(statistics.games.is_empty());
    assert_eq!(statistics.totals.matches, 0);
    let events = fixture.events(&bob).await;
    assert_eq!(events[0].0, "match_canceled");
    assert_eq!(events[0].1["result"], json!(null));
    fixture.start(MatchMode::Ranked, &ada, &bob).await;
}

async fn result_of_unrated_match_changes_no_rating(database: Database) {
    let fixture = Fixture::new(database).await;
    let [ada, bob] = ["ada", "bob"].map(|name| fixture.user(name));
    let played = fixture.play(MatchMode::Casual, &ada, &bob, false).await;
    let shown = fixture.games.get(&ada, played.id).await.unwrap();
    assert!(!shown.rated);
    assert!(shown.players.iter().all(|player| player.rating.is_none()));
    let statistics = fixture.games.statistics(&ada, None).await.unwrap();
    assert_eq!(statistics.games[0].wins, 1);
    assert_eq!(statistics.games[0].rating, None);

    let idle = fixture.start(MatchMode::Ranked, &ada, &bob).await;
    let mut won = finished(&idle, Some(Seat::First), [5, 3]);
    won.steered = [true, false];
    let conclusion = fixture.matches.end(won).await.unwrap().unwrap();
    assert_eq!(conclusion.rating_changes, [None, None], "one never moved");
}

async fn result_counts_streaks_and_early_ends(database: Database) {
    let fixture = Fixture::new(database).await;
    let [ada, bob] = ["ada", "bob"].map(|name| fixture.user(name));
    let mode = MatchMode::Casual;
    for _ in 0..3 {
        fixture.play(mode, &ada, &bob, false).await;
    }
    fixture.play(mode, &ada, &bob, true).await;
    fixture.play(mode, &ada, &bob, false).await;
    for _ in 0..2 {
        let claimed = fixture.start(mode, &ada, &bob).await;
        let winner = seat_of(&claimed, &bob);
        let outcome = MatchOutcome {
            winner: Some(winner),
            reason: EndReason::Forfeit,
            score: [1, 1],
        };
        let forfeit = ended(&claimed, MatchEnding::Finished(outcome));
        fixture.matches.end(forfeit).await.unwrap().unwrap();
    }
    let of_ada = fixture
        .games
        .statistics(&ada, None)
        .await
        .unwrap()
        .games
        .remove(0);
    assert_eq!((of_ada.wins, of_ada.losses, of_ada.draws), (4, 2, 1));
    assert_eq!((of_ada.streak, of_ada.best_streak), (-2, 3));
    assert_eq!((of_ada.early_wins, of_ada.early_losses), (0, 2));
    assert_eq!(of_ada.longest_rally, 23);
    assert_eq!(of_ada.best_opponent.unwrap().wins, 4);
    assert_eq!(of_ada.worst_opponent, None);
    let of_bob = fixture
        .games
        .statistics(&bob, None)
        .await
        .unwrap()
        .games
        .remove(0);
    assert_eq!(
        (of_bob.streak, of_bob.best_streak, of_bob.early_wins),
        (2, 2, 2)
    );
    assert_eq!(of_bob.worst_opponent.unwrap().losses, 4);
    let [from_ada, from_bob] = [(&ada, "bob"), (&bob, "ada")];
    let from_ada = fixture
        .games
        .head_to_head(from_ada.0, from_ada.1)
        .await
        .unwrap();
    let from_bob = fixture
        .games
        .head_to_head(from_bob.0, from_bob.1)
        .await
        .unwrap();
    assert_eq!(
        (from_ada[0].wins, from_ada[0].losses, from_ada[0].draws),
        (from_bob[0].losses, from_bob[0].wins, from_bob[0].draws)
    );
}

async fn result_against_the_same_opponent_stops_counting(database: Database) {
    let fixture = Fixture::new(database).await;
    let [ada, bob, cat] = ["ada", "bob", "cat"].map(|name| fixture.user(name));
    let mut ratings = vec![];
    for _ in 0..8 {
        fixture.play(MatchMode::Ranked, &ada, &bob, false).await;
        let statistics = fixture.games.statistics(&ada, None).await.unwrap();
        ratings.push(statistics.games[0].rating.clone().unwrap());
    }
    assert!(ratings[5].rating > ratings[4].rating);
    assert_eq!(ratings[6], ratings[5], "the seventh within a day");
    assert_eq!(ratings[7], ratings[5]);
    fixture.play(MatchMode::Ranked, &ada, &cat, false).await;
    let statistics = fixture.games.statistics(&ada, None).await.unwrap();
    let against_cat = statistics.games[0].rating.clone().unwrap();
    assert!(against_cat.rating > ratings[7].rating);
    fixture.advance(Duration::from_secs(25 * 3_600));
    fixture.play(MatchMode::Ranked, &ada, &bob, false).await;
    let statistics = fixture.games.statistics(&ada, None).await.unwrap();
    assert_eq!(statistics.games[0].rating.as_ref().unwrap().matches, 8);
}

/// Eleven matches on one day: three count fully, three half, and the others change nothing for either.
async fn result_against_the_same_opponent_counts_fully_then_half_then_nothing(database: Database) {
    let fixture = Fixture::new(database).await;
    let users = ["ada", "bob"].map(|name| fixture.user(name));
    let weights = [RatingWeight::Full, RatingWeight::Half, RatingWeight::Zero];
    let mut players = [RatedPlayer {
        rating: Rating::INITIAL,
        idle: Duration::ZERO,
        matches: 0,
    }; 2];
    for round in 0..11 {
        let weight = weights[(round / 3).min(2)];
        let claimed = fixture.start(MatchMode::Ranked, &users[0], &users[1]).await;
        // They win in turn.
        let winner = &users[round % 2];
        let end = finished(&claimed, Some(seat_of(&claimed, winner)), [5, 4]);
        let conclusion = fixture.matches.end(end).await.unwrap().unwrap();
        let winner = [Seat::First, Seat::Second][round % 2];
        let after = rate(players, Some(winner), weight);
        for (user, (player, after)) in users.iter().zip(players.iter_mut().zip(after)) {
            let change = conclusion.rating_changes[seat_of(&claimed, user).index()];
            let points = [player.rating.points(), after.points()];
            let expected = (weight != RatingWeight::Zero).then_some(points);
            let changed = change.map(|change| [change.before, change.after]);
            assert_eq!(changed, expected, "round {round}");
            player.rating = after;
            player.matches += u32::from(weight != RatingWeight::Zero);
            let statistics = fixture.games.statistics(user, None).await.unwrap();
            let shown = statistics.games[0].rating.clone().unwrap();
            assert_eq!(shown.rating, after.points());
            assert_eq!(shown.matches, i32::try_from(round + 1).unwrap().min(6));
        }
    }
}

async fn head_to_head_is_symmetric(database: Database) {
    let fixture = Fixture::new(database).await;
    let users = ["ada", "bob", "cat"].map(|name| fixture.user(name));
    for round in 0..18 {
        let (one, other) = (&users[round % 3], &users[(round + 1 + round / 9) % 3]);
        let mode = [MatchMode::Ranked, MatchMode::Casual, MatchMode::Invite][round % 4 % 3];
        fixture.play(mode, one, other, round % 5 == 4).await;
    }
    let of = async |one: usize, other: usize| {
        let name = ["ada", "bob", "cat"][other];
        let found = fixture.games.head_to_head(&users[one], name).await;
        let found = found.unwrap().remove(0);
        [found.wins, found.losses, found.draws]
    };
    let mut matches = 0;
    for (one, other) in [(0, 1), (0, 2), (1, 2)] {
        let [wins, losses, draws] = of(one, other).await;
        assert_eq!(of(other, one).await, [losses, wins, draws]);
        matches += wins + losses + draws;
    }
    assert_eq!(matches, 18);
}

/// So the same session never sits on both.
async fn one_user_cannot_take_both_seats(database: Database) {
    let fixture = Fixture::new(database).await;
    let ada = fixture.user("ada");
    for mode in [MatchMode::Ranked, MatchMode::Invite, MatchMode::Tournament] {
        let refused = fixture.try_open(mode, &ada, &ada).await;
        assert!(crate::fixture::code(refused).ends_with("engaged"));
    }
    fixture
        .start(MatchMode::Ranked, &ada, &fixture.user("bob"))
        .await;
}

async fn season_begins_with_a_rating_drawn_to_the_middle(database: Database) {
    let fixture = Fixture::new(database).await;
    let [ada, bob] = ["ada", "bob"].map(|name| fixture.user(name));
    for _ in 0..3 {
        fixture.play(MatchMode::Ranked, &ada, &bob, false).await;
    }
    let rating = async || {
        let statistics = fixture.games.statistics(&ada, None).await.unwrap();
        statistics.games[0].rating.clone()
    };
    let before = rating().await.unwrap();
    assert_eq!(before.season, "2026-Q4");
    fixture.advance(Duration::from_secs(60 * 24 * 3_600));
    assert_eq!(rating().await, None, "none in the new season yet");
    let claimed = fixture.start(MatchMode::Ranked, &ada, &bob).await;
    let winner = seat_of(&claimed, &ada);
    let won = finished(&claimed, Some(winner), winner.of_scores(5, 0));
    let conclusion = fixture.matches.end(won).await.unwrap().unwrap();
    let change = conclusion.rating_changes[winner.index()].unwrap();
    let drawn = 1500 + (before.rating - 1500) * 3 / 4;
    assert!((change.before - drawn).abs() <= 1, "{change:?} {before:?}");
    let after = rating().await.unwrap();
    assert_eq!((&*after.season, after.matches), ("2027-Q1", 1));
}

async fn results_at_the_same_time_are_all_counted(database: Database) {
    let fixture = Fixture::new(database).await;
    let users: Vec<_> = (0..16).map(|n| fixture.user(&format!("user{n}"))).collect();
    for _ in 0..3 {
        let mut ends = vec![];
        for pair in users.chunks(2) {
            let claimed = fixture.start(MatchMode::Ranked, &pair[0], &pair[1]).await;
            ends.push(finished(&claimed, Some(Seat::First), [5, 1]));
        }
        let ends = ends.into_iter().map(|end| fixture.matches.end(end));
        let ends = join_all(ends).await;
        assert!(ends.into_iter().all(|end| end.unwrap().is_some()));
    }
    let totals = fixture
        .games
        .statistics(&users[0], None)
        .await
        .unwrap()
        .totals;
    assert_eq!((totals.matches, totals.points, totals.users), (24, 144, 16));
}

async fn no_show_bars_from_the_queue_after_a_while(database: Database) {
    let fixture = Fixture::new(database).await;
    let [ada, bob] = ["ada", "bob"].map(|name| fixture.user(name));
    let ending = |seat: Seat| MatchEnding::Canceled {
        reason: MatchCancelReason::NoShow,
        at_fault: Seat::BOTH.map(|other| other == seat),
    };
    let mut barred = 0;
    for _ in 0..6 {
        let claimed = fixture.start(MatchMode::Ranked, &ada, &bob).await;
        let seat = seat_of(&claimed, &ada);
        fixture
            .matches
            .end(ended(&claimed, ending(seat)))
            .await
            .unwrap();
        let [of_ada, of_bob] = [ada.user, bob.user].map(|user| {
            fixture
                .store
                .read(move |conn| games::lookups::barred_until(conn, user, fixture_now()))
        });
        barred += u32::from(of_ada.await.unwrap().is_some());
        assert_eq!(of_bob.await.unwrap(), None);
    }
    assert!(barred >= 1);
}

fn fixture_now() -> kernel::Timestamp {
    kernel::Timestamp::from_micros(crate::fixture::NOW)
}
