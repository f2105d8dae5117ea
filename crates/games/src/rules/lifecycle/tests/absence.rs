use super::*;

#[test]
fn dropped_player_stops_the_match_once_the_point_is_decided_on_their_side() {
    let mut lifecycle = playing(MatchMode::Ranked);
    assert_eq!(lifecycle.leave(First), []);
    let other_returned = PlayFacts {
        returned: Some(Second),
        ..RALLY
    };
    assert_eq!(lifecycle.observe(other_returned), []);
    assert!(lifecycle.is_running());
    let returned = PlayFacts {
        returned: Some(First),
        ..RALLY
    };
    assert_eq!(
        lifecycle.observe(returned),
        [paused(PausedBy::FirstAbsent, 30)]
    );
    assert!(!lifecycle.is_running());
}

#[test]
fn dropped_player_stops_the_match_after_90_ticks_at_most() {
    let mut lifecycle = playing(MatchMode::Ranked);
    lifecycle.leave(Second);
    for tick in 0..89 {
        assert_eq!(lifecycle.observe(RALLY), [], "{tick}");
    }
    assert_eq!(
        lifecycle.observe(RALLY),
        [paused(PausedBy::SecondAbsent, 30)]
    );
}

#[test]
fn point_of_a_dropped_player_counts_before_the_match_stops() {
    let mut lifecycle = playing(MatchMode::Ranked);
    let conceded = PlayFacts {
        score: [1, 1],
        ..SERVE
    };
    lifecycle.leave(First);
    assert_eq!(
        lifecycle.observe(conceded),
        [paused(PausedBy::FirstAbsent, 30)]
    );
    let lost = finished(Some(Second), EndReason::Forfeit, [1, 1]);
    assert_eq!(lifecycle.advance(seconds(30)), [lost]);
}

#[test]
fn drop_between_points_stops_at_once() {
    let mut lifecycle = playing(MatchMode::Ranked);
    lifecycle.observe(SERVE);
    assert_eq!(lifecycle.leave(First), [paused(PausedBy::FirstAbsent, 30)]);
}

#[test]
fn player_who_is_back_before_the_stop_plays_on() {
    let mut lifecycle = playing(MatchMode::Ranked);
    lifecycle.leave(First);
    assert_eq!(lifecycle.join(First), []);
    assert_eq!(lifecycle.observe(SERVE), []);
    assert!(lifecycle.is_running());
}

// interrupted

#[test]
fn all_back_count_down_and_play_on() {
    let mut lifecycle = playing(MatchMode::Ranked);
    drop_out(&mut lifecycle, First);
    assert_eq!(lifecycle.phase(), MatchPhase::Interrupted);
    come_back(&mut lifecycle, First);
    assert!(lifecycle.is_running());
}

#[test]
fn grace_is_shared_by_all_absences() {
    let mut lifecycle = playing(MatchMode::Ranked);
    drop_out(&mut lifecycle, First);
    assert_eq!(lifecycle.advance(seconds(20)), []);
    come_back(&mut lifecycle, First);
    assert_eq!(
        drop_out(&mut lifecycle, First),
        [paused(PausedBy::FirstAbsent, 10)]
    );
    assert_eq!(lifecycle.advance(seconds(9)), []);
    let lost = finished(Some(Second), EndReason::Forfeit, [1, 0]);
    assert_eq!(lifecycle.advance(seconds(1)), [lost]);
}

#[test]
fn fourth_drop_forfeits_after_5_seconds() {
    let mut lifecycle = playing(MatchMode::Ranked);
    for _ in 0..3 {
        drop_out(&mut lifecycle, First);
        come_back(&mut lifecycle, First);
    }
    assert_eq!(
        drop_out(&mut lifecycle, First),
        [paused(PausedBy::FirstAbsent, 5)]
    );
    let lost = finished(Some(Second), EndReason::Forfeit, [1, 0]);
    assert_eq!(lifecycle.advance(seconds(5)), [lost]);
}

#[test]
fn drop_during_the_countdown_back_interrupts_again() {
    let mut lifecycle = playing(MatchMode::Ranked);
    drop_out(&mut lifecycle, First);
    lifecycle.join(First);
    assert_eq!(
        lifecycle.leave(Second),
        [paused(PausedBy::SecondAbsent, 30)]
    );
}

#[test]
fn both_absent_within_5_seconds_cancel_a_close_match() {
    let mut lifecycle = playing(MatchMode::Ranked);
    drop_out(&mut lifecycle, First);
    lifecycle.advance(seconds(4));
    assert_eq!(lifecycle.leave(Second), [paused(PausedBy::BothAbsent, 26)]);
    assert_eq!(lifecycle.advance(seconds(26)), []);
    let void = canceled(MatchCancelReason::Void, [true, true]);
    assert_eq!(lifecycle.advance(seconds(4)), [void]);
}

#[test]
fn both_absent_within_5_seconds_give_a_clear_lead_its_win() {
    let mut lifecycle = playing(MatchMode::Ranked);
    let ahead = PlayFacts {
        score: [1, 3],
        ..SERVE
    };
    lifecycle.observe(ahead);
    lifecycle.leave(First);
    lifecycle.leave(Second);
    let won = finished(Some(Second), EndReason::Forfeit, [1, 3]);
    assert_eq!(lifecycle.advance(seconds(30)), [won]);
}

#[test]
fn player_who_is_back_within_those_5_seconds_wins() {
    let mut lifecycle = playing(MatchMode::Ranked);
    drop_out(&mut lifecycle, First);
    lifecycle.advance(seconds(4));
    lifecycle.leave(Second);
    lifecycle.advance(seconds(26));
    let won = finished(Some(Second), EndReason::Forfeit, [1, 0]);
    assert_eq!(lifecycle.join(Second), [won]);
}

#[test]
fn first_of_two_absent_players_loses_if_the_other_left_much_later() {
    let mut lifecycle = playing(MatchMode::Ranked);
    drop_out(&mut lifecycle, First);
    lifecycle.advance(seconds(20));
    lifecycle.leave(Second);
    let lost = finished(Some(Second), EndReason::Forfeit, [1, 0]);
    assert_eq!(lifecycle.advance(seconds(10)), [lost]);
}

#[test]
fn unreachable_player_stops_the_match_and_loses_no_time() {
    let mut lifecycle = playing(MatchMode::Ranked);
    let stopped = Paused {
        by: PausedBy::Server,
        left: None,
    };
    assert_eq!(lifecycle.lose(Second), [stopped]);
    assert_eq!(lifecycle.advance(seconds(600)), []);
    come_back(&mut lifecycle, Second);
    assert_eq!(
        drop_out(&mut lifecycle, Second),
        [paused(PausedBy::SecondAbsent, 30)]
    );
}

#[test]
fn practice_waits_ten_minutes() {
    let mut lifecycle = playing(MatchMode::Practice);
    drop_out(&mut lifecycle, First);
    assert_eq!(lifecycle.advance(seconds(599)), []);
    assert_eq!(lifecycle.advance(seconds(1)).len(), 1);
}

#[test]
fn player_who_does_not_come_back_from_a_lost_server_is_absent_but_has_not_dropped() {
    let mut lifecycle = playing(MatchMode::Ranked);
    for _ in 0..3 {
        drop_out(&mut lifecycle, First);
        come_back(&mut lifecycle, First);
    }
    lifecycle.lose(First);
    assert_eq!(lifecycle.advance(seconds(60)), []);
    assert_eq!(
        lifecycle.leave(First),
        [paused(PausedBy::FirstAbsent, 30)],
        "a fourth drop would leave 5 seconds"
    );
    let lost = finished(Some(Second), EndReason::Forfeit, [1, 0]);
    assert_eq!(lifecycle.advance(seconds(30)), [lost]);
}
