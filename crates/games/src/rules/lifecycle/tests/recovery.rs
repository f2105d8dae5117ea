use super::*;

fn restored(before: &Lifecycle, ownerless: Duration) -> (Lifecycle, Vec<LifecycleEffect>) {
    let json = serde_json::to_string(&before.save()).unwrap();
    let saved = serde_json::from_str(&json).unwrap();
    Lifecycle::restore(MatchMode::Ranked, Tempo::Ticks, RALLY, &saved, ownerless)
}

#[test]
fn restored_match_counts_down_once_both_are_here() {
    let (mut lifecycle, effects) = restored(&playing(MatchMode::Ranked), seconds(2));
    assert_eq!(
        (effects, lifecycle.phase()),
        (vec![], MatchPhase::Recovering)
    );
    assert_eq!(lifecycle.join(First), []);
    let expected = countdown(RESUME_COUNTDOWN, CountdownReason::Recovered);
    assert_eq!(lifecycle.join(Second), [expected]);
    assert_eq!(lifecycle.advance(RESUME_COUNTDOWN), [Resumed]);
}

#[test]
fn player_who_is_not_here_after_5_seconds_is_absent_but_has_not_dropped() {
    let mut before = playing(MatchMode::Ranked);
    for _ in 0..3 {
        drop_out(&mut before, First);
        before.advance(seconds(2));
        come_back(&mut before, First);
    }
    let (mut lifecycle, _) = restored(&before, seconds(2));
    lifecycle.join(Second);
    assert_eq!(lifecycle.advance(Duration::from_millis(4_999)), []);
    let interrupted = paused(PausedBy::FirstAbsent, 24);
    assert_eq!(lifecycle.advance(Duration::from_millis(1)), [interrupted]);
    let lost = finished(Some(Second), EndReason::Forfeit, [1, 0]);
    assert_eq!(lifecycle.advance(seconds(24)), [lost]);
}

#[test]
fn match_that_had_not_started_waits_again() {
    let mut before = open(MatchMode::Ranked);
    before.join(First);
    before.advance(seconds(19));
    let (mut lifecycle, _) = restored(&before, seconds(2));
    assert_eq!(lifecycle.phase(), MatchPhase::Open);
    assert_eq!(lifecycle.advance(seconds(19)), []);
    both_join(&mut lifecycle);
    assert_eq!(lifecycle.phase(), MatchPhase::Countdown);
}

#[test]
fn match_without_a_server_for_15_minutes_is_canceled() {
    let (_, effects) = restored(&playing(MatchMode::Ranked), seconds(15 * 60));
    assert_eq!(
        effects,
        [canceled(MatchCancelReason::Server, [false, false])]
    );
}

#[test]
fn current_tells_a_newcomer_why_the_match_stands_still() {
    let mut lifecycle = playing(MatchMode::Ranked);
    assert_eq!(lifecycle.current(), None);
    drop_out(&mut lifecycle, First);
    lifecycle.advance(seconds(10));
    assert_eq!(lifecycle.current(), Some(paused(PausedBy::FirstAbsent, 20)));
    lifecycle.join(First);
    assert_eq!(lifecycle.current(), Some(RETURNED_COUNTDOWN));
}

/// The match after its server gave it up.
fn handed_over(before: &Lifecycle) -> Lifecycle {
    let json = serde_json::to_string(&before.hand_over()).unwrap();
    let saved = serde_json::from_str(&json).unwrap();
    Lifecycle::restore(MatchMode::Ranked, Tempo::Ticks, RALLY, &saved, seconds(0)).0
}

#[test]
fn match_that_both_players_follow_goes_on_without_a_countdown() {
    let mut lifecycle = handed_over(&playing(MatchMode::Ranked));
    assert_eq!(lifecycle.follow(First), []);
    lifecycle.advance(Duration::from_millis(300));
    assert_eq!(lifecycle.follow(Second), [Resumed]);
    assert!(lifecycle.is_running());
}

#[test]
fn match_that_a_player_comes_back_to_late_or_anew_counts_down() {
    let recovered = countdown(RESUME_COUNTDOWN, CountdownReason::Recovered);
    let mut anew = handed_over(&playing(MatchMode::Ranked));
    anew.follow(First);
    assert_eq!(anew.join(Second), [recovered]);
    let mut late = handed_over(&playing(MatchMode::Ranked));
    late.follow(First);
    late.advance(Duration::from_millis(301));
    assert_eq!(late.follow(Second), [recovered]);
    let (mut lost, _) = restored(&playing(MatchMode::Ranked), seconds(2));
    lost.follow(First);
    assert_eq!(lost.follow(Second), [recovered], "its server was lost");
    let mut stopped = playing(MatchMode::Ranked);
    drop_out(&mut stopped, First);
    let mut stopped = handed_over(&stopped);
    stopped.follow(First);
    assert_eq!(stopped.follow(Second), [recovered], "it stood still");
}
