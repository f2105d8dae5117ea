use super::*;

#[test]
fn pause_begins_at_the_next_serve_and_ends_by_time() {
    for (mode, pauses, length) in [
        (MatchMode::Invite, 2, 30),
        (MatchMode::Casual, 1, 30),
        (MatchMode::Ranked, 1, 20),
        (MatchMode::Tournament, 1, 30),
    ] {
        let mut lifecycle = playing(mode);
        for _ in 0..pauses {
            assert_eq!(
                lifecycle.pause(First),
                Ok(vec![LifecycleEffect::PauseWanted(First)])
            );
            assert_eq!(lifecycle.observe(RALLY), []);
            assert_eq!(lifecycle.observe(SERVE), [paused(PausedBy::First, length)]);
            assert!(!lifecycle.is_running());
            assert_eq!(lifecycle.advance(seconds(length - 1)), []);
            let resumed = countdown(RESUME_COUNTDOWN, CountdownReason::Resumed);
            assert_eq!(lifecycle.advance(seconds(1)), [resumed]);
            assert_eq!(lifecycle.advance(RESUME_COUNTDOWN), [Resumed]);
            lifecycle.observe(RALLY);
        }
        assert_eq!(lifecycle.pause(First), Err(Error::NoPauseLeft), "{mode:?}");
    }
}

#[test]
fn only_the_pauser_ends_the_pause() {
    let mut lifecycle = playing(MatchMode::Ranked);
    lifecycle.pause(First).unwrap();
    lifecycle.observe(SERVE);
    assert_eq!(lifecycle.resume(Second), Err(Error::NotYourPause));
    assert_eq!(lifecycle.pause(Second), Err(Error::NotNow));
    let resumed = countdown(RESUME_COUNTDOWN, CountdownReason::Resumed);
    assert_eq!(lifecycle.resume(First), Ok(vec![resumed]));
}

#[test]
fn pause_by_agreement_begins_at_once_and_ends_by_agreement() {
    let mut lifecycle = playing(MatchMode::Ranked);
    lifecycle.pause(First).unwrap();
    assert_eq!(
        lifecycle.pause(Second),
        Ok(vec![paused(PausedBy::Both, 60)])
    );
    assert_eq!(lifecycle.resume(First), Ok(vec![]));
    assert_eq!(lifecycle.resume(Second).unwrap().len(), 1);
    assert_eq!(lifecycle.phase(), MatchPhase::Countdown);
}

#[test]
fn agreement_costs_no_pause() {
    let mut lifecycle = playing(MatchMode::Ranked);
    lifecycle.pause(First).unwrap();
    lifecycle.pause(Second).unwrap();
    lifecycle.advance(seconds(60));
    lifecycle.advance(RESUME_COUNTDOWN);
    lifecycle.observe(RALLY);
    assert!(lifecycle.pause(First).is_ok());
}

#[test]
fn tournament_knows_no_agreement() {
    let mut lifecycle = playing(MatchMode::Tournament);
    lifecycle.pause(First).unwrap();
    assert_eq!(
        lifecycle.pause(Second),
        Ok(vec![LifecycleEffect::PauseWanted(Second)])
    );
    assert!(lifecycle.is_running());
}

#[test]
fn wish_for_a_pause_can_be_taken_back() {
    let mut lifecycle = playing(MatchMode::Ranked);
    lifecycle.pause(First).unwrap();
    assert_eq!(lifecycle.resume(First), Ok(vec![]));
    assert_eq!(lifecycle.observe(SERVE), []);
}

#[test]
fn pause_that_ends_without_a_player_interrupts() {
    let mut lifecycle = playing(MatchMode::Ranked);
    lifecycle.pause(First).unwrap();
    lifecycle.observe(SERVE);
    assert_eq!(lifecycle.leave(Second), []);
    assert_eq!(
        lifecycle.advance(seconds(20)),
        [paused(PausedBy::SecondAbsent, 30)]
    );
}

#[test]
fn practice_pauses_at_once_ten_minutes_in_all() {
    let mut lifecycle = playing(MatchMode::Practice);
    assert_eq!(
        lifecycle.pause(First),
        Ok(vec![paused(PausedBy::First, 600)])
    );
    lifecycle.advance(seconds(400));
    lifecycle.resume(First).unwrap();
    lifecycle.advance(RESUME_COUNTDOWN);
    assert_eq!(
        lifecycle.pause(First),
        Ok(vec![paused(PausedBy::First, 200)])
    );
    lifecycle.advance(seconds(200));
    lifecycle.advance(RESUME_COUNTDOWN);
    assert_eq!(lifecycle.pause(First), Err(Error::NoPauseLeft));
}

#[test]
fn server_pauses_without_limit() {
    let mut lifecycle = playing(MatchMode::Ranked);
    assert_eq!(lifecycle.pause_by_server().len(), 1);
    assert_eq!(lifecycle.advance(seconds(3_600)), []);
    assert_eq!(lifecycle.resume(First), Err(Error::NotYourPause));
    assert_eq!(lifecycle.resume_by_server().len(), 1);
    assert_eq!(lifecycle.advance(RESUME_COUNTDOWN), [Resumed]);
}

// turns

#[test]
fn move_that_takes_too_long_loses() {
    let mut lifecycle = turns(MatchMode::Invite);
    assert_eq!(lifecycle.advance(seconds(19)), []);
    let next = PlayFacts {
        tick: 2,
        turn: Some(Turn {
            seat: Second,
            limit: seconds(20),
        }),
        ..SERVE
    };
    lifecycle.observe(next);
    assert_eq!(lifecycle.advance(seconds(19)), []);
    let lost = finished(Some(First), EndReason::Clock, [1, 0]);
    assert_eq!(lifecycle.advance(seconds(1)), [lost]);
}

#[test]
fn clock_of_a_move_stands_still_while_a_player_is_absent() {
    let mut lifecycle = turns(MatchMode::Invite);
    lifecycle.advance(seconds(10));
    assert_eq!(lifecycle.leave(First), [paused(PausedBy::FirstAbsent, 30)]);
    lifecycle.advance(seconds(25));
    lifecycle.join(First);
    lifecycle.advance(RESUME_COUNTDOWN);
    assert_eq!(lifecycle.turn_left(), Some(seconds(10)));
}

#[test]
fn turns_know_pauses_by_agreement_only() {
    let mut lifecycle = turns(MatchMode::Invite);
    assert_eq!(
        lifecycle.pause(First),
        Ok(vec![LifecycleEffect::PauseWanted(First)])
    );
    assert_eq!(
        lifecycle.pause(Second),
        Ok(vec![paused(PausedBy::Both, 120)])
    );
    let mut tournament = turns(MatchMode::Tournament);
    assert_eq!(tournament.pause(First), Err(Error::NoPauseLeft));
}
