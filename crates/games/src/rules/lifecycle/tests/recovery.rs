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
