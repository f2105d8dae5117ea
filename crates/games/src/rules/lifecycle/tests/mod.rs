mod absence;
mod pauses;
mod recovery;

use std::time::Duration;

use contract::match_frames::{CountdownReason, MatchPhase, PausedBy};

use super::{Lifecycle, LifecycleEffect, PlayFacts, RESUME_COUNTDOWN};
use crate::catalogue::{Tempo, Turn};
use crate::error::Error;
use crate::{EndReason, MatchCancelReason, MatchEnding, MatchMode, MatchOutcome, Seat};
use LifecycleEffect::{Ended, Paused, Resumed, Started, Waiting};
use Seat::{First, Second};

const RALLY: PlayFacts = PlayFacts {
    tick: 1,
    is_between_points: false,
    returned: None,
    score: [1, 0],
    has_begun: true,
    turn: None,
    outcome: None,
};
const SERVE: PlayFacts = PlayFacts {
    is_between_points: true,
    ..RALLY
};
const RETURNED_COUNTDOWN: LifecycleEffect = countdown(RESUME_COUNTDOWN, CountdownReason::Returned);

const fn countdown(left: Duration, reason: CountdownReason) -> LifecycleEffect {
    LifecycleEffect::Countdown { left, reason }
}

const fn seconds(count: u64) -> Duration {
    Duration::from_secs(count)
}

const fn paused(by: PausedBy, left: u64) -> LifecycleEffect {
    Paused {
        by,
        left: Some(seconds(left)),
    }
}

const fn finished(winner: Option<Seat>, reason: EndReason, score: [u32; 2]) -> LifecycleEffect {
    Ended(MatchEnding::Finished(MatchOutcome {
        winner,
        reason,
        score,
    }))
}

const fn canceled(reason: MatchCancelReason, at_fault: [bool; 2]) -> LifecycleEffect {
    Ended(MatchEnding::Canceled { reason, at_fault })
}

fn open(mode: MatchMode) -> Lifecycle {
    Lifecycle::new(mode, Tempo::Ticks, PlayFacts::default())
}

fn both_join(lifecycle: &mut Lifecycle) {
    lifecycle.join(First);
    lifecycle.join(Second);
    lifecycle.ready(First);
    lifecycle.ready(Second);
}

/// A match in the middle of a rally.
fn playing(mode: MatchMode) -> Lifecycle {
    let mut lifecycle = open(mode);
    both_join(&mut lifecycle);
    assert_eq!(lifecycle.advance(seconds(3)), [Started]);
    assert_eq!(lifecycle.observe(RALLY), []);
    lifecycle
}

/// A match of turns in which a move of the first seat is due within 20 s.
fn turns(mode: MatchMode) -> Lifecycle {
    let facts = PlayFacts {
        turn: Some(Turn {
            seat: First,
            limit: seconds(20),
        }),
        ..SERVE
    };
    let mut lifecycle = Lifecycle::new(mode, Tempo::Turns, facts);
    both_join(&mut lifecycle);
    lifecycle.advance(seconds(3));
    lifecycle.observe(facts);
    lifecycle
}

/// Lets the seat drop and the point be decided.
fn drop_out(lifecycle: &mut Lifecycle, seat: Seat) -> Vec<LifecycleEffect> {
    assert_eq!(lifecycle.leave(seat), []);
    lifecycle.observe(SERVE)
}

/// Lets the seat come back and play go on, in a rally.
fn come_back(lifecycle: &mut Lifecycle, seat: Seat) {
    assert_eq!(lifecycle.join(seat), [RETURNED_COUNTDOWN]);
    assert_eq!(lifecycle.advance(RESUME_COUNTDOWN), [Resumed]);
    assert_eq!(lifecycle.observe(RALLY), []);
}

// open, countdown

#[test]
fn both_players_present_start_the_countdown() {
    let mut lifecycle = open(MatchMode::Invite);
    assert_eq!(lifecycle.join(First), []);
    assert_eq!(lifecycle.join(First), []);
    let expected = countdown(seconds(3), CountdownReason::Start);
    assert_eq!(lifecycle.join(Second), [expected]);
    assert_eq!(lifecycle.advance(Duration::from_millis(2_999)), []);
    assert!(!lifecycle.is_running());
    assert_eq!(lifecycle.advance(Duration::from_millis(1)), [Started]);
    assert!(lifecycle.is_running() && lifecycle.has_started());
}

#[test]
fn tournament_waits_until_both_are_ready() {
    let mut lifecycle = open(MatchMode::Tournament);
    lifecycle.join(First);
    assert_eq!(lifecycle.join(Second), []);
    assert_eq!(lifecycle.ready(First), []);
    assert_eq!(lifecycle.ready(Second).len(), 1);
    assert_eq!(lifecycle.phase(), MatchPhase::Countdown);
}

#[test]
fn wait_that_is_over_cancels_and_names_who_is_absent() {
    for (mode, wait) in [
        (MatchMode::Invite, 60),
        (MatchMode::Casual, 20),
        (MatchMode::Ranked, 20),
        (MatchMode::Tournament, 180),
        (MatchMode::Practice, 60),
    ] {
        let mut lifecycle = open(mode);
        lifecycle.join(Second);
        lifecycle.ready(Second);
        assert_eq!(
            lifecycle.advance(seconds(wait) - Duration::from_millis(1)),
            []
        );
        let no_show = canceled(MatchCancelReason::NoShow, [true, false]);
        assert_eq!(lifecycle.advance(Duration::from_millis(1)), [no_show]);
        assert_eq!(lifecycle.phase(), MatchPhase::Canceled);
    }
}

#[test]
fn tournament_player_who_is_present_but_not_ready_is_at_fault() {
    let mut lifecycle = open(MatchMode::Tournament);
    lifecycle.join(First);
    lifecycle.join(Second);
    lifecycle.ready(Second);
    let no_show = canceled(MatchCancelReason::NoShow, [true, false]);
    assert_eq!(lifecycle.advance(seconds(180)), [no_show]);
}

#[test]
fn leaving_by_choice_before_the_start_declines() {
    let declined = canceled(MatchCancelReason::Declined, [false, true]);
    let mut waiting = open(MatchMode::Ranked);
    waiting.join(First);
    assert_eq!(waiting.resign(Second), Ok(vec![declined]));
    let mut counting = open(MatchMode::Ranked);
    both_join(&mut counting);
    assert_eq!(counting.resign(Second), Ok(vec![declined]));
    assert_eq!(counting.resign(Second), Err(Error::NotNow));
}

#[test]
fn drop_during_the_countdown_waits_again_once() {
    let mut lifecycle = open(MatchMode::Invite);
    both_join(&mut lifecycle);
    assert_eq!(lifecycle.leave(First), [Waiting]);
    assert_eq!(lifecycle.advance(seconds(15)), []);
    lifecycle.join(First);
    assert_eq!(lifecycle.leave(First), [Waiting]);
    assert_eq!(lifecycle.advance(seconds(4)), []);
    let no_show = canceled(MatchCancelReason::NoShow, [true, false]);
    assert_eq!(lifecycle.advance(seconds(1)), [no_show]);
}

// playing

#[test]
fn result_of_the_engine_finishes() {
    let mut lifecycle = playing(MatchMode::Ranked);
    let outcome = MatchOutcome {
        winner: Some(Second),
        reason: EndReason::Score,
        score: [1, 5],
    };
    let facts = PlayFacts {
        outcome: Some(outcome),
        ..SERVE
    };
    let expected = Ended(MatchEnding::Finished(outcome));
    assert_eq!(lifecycle.observe(facts), [expected]);
    assert_eq!(lifecycle.ending(), Some(MatchEnding::Finished(outcome)));
    assert_eq!(lifecycle.advance(seconds(60)), []);
    assert_eq!(lifecycle.leave(First), []);
}

#[test]
fn resignation_after_the_first_point_loses() {
    let mut lifecycle = playing(MatchMode::Ranked);
    let lost = finished(Some(First), EndReason::Resignation, [1, 0]);
    assert_eq!(lifecycle.resign(Second), Ok(vec![lost]));
}

#[test]
fn resignation_before_the_first_point_aborts_or_forfeits_a_tournament_match() {
    let early = PlayFacts {
        has_begun: false,
        score: [0, 0],
        ..RALLY
    };
    let mut ranked = playing(MatchMode::Ranked);
    ranked.observe(early);
    let abort = canceled(MatchCancelReason::Abort, [true, false]);
    assert_eq!(ranked.resign(First), Ok(vec![abort]));
    let mut tournament = playing(MatchMode::Tournament);
    tournament.observe(early);
    let forfeit = finished(Some(Second), EndReason::Forfeit, [0, 0]);
    assert_eq!(tournament.resign(First), Ok(vec![forfeit]));
}
