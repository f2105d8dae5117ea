//! Just inside and just outside: which states can be restored, number by number.

#![allow(clippy::unwrap_used, reason = "test code")]

use pong_engine::*;

fn rules() -> Rules {
    Rules::default()
        .with_time_limit(1)
        .and_then(|rules| rules.with_score_to_win(3))
        .unwrap()
}

/// Nothing moves; a serve is due unless it is over.
fn standing(tick: u16, ending: Option<Ending>) -> Snapshot {
    let mut state = Match::new(rules(), 1).snapshot();
    state.tick = tick;
    state.ending = ending;
    state.serve_at = ending.is_none().then_some(tick + 30);
    state
}

/// A ball at 45° in the middle of the field.
fn moving() -> Snapshot {
    let mut state = standing(1_000, None);
    state.serve_at = None;
    state.ball = Ball {
        x: 0,
        y: 0,
        vx: 240,
        vy: 240,
    };
    state
}

fn fits(state: &Snapshot) -> bool {
    Match::restore(state).is_ok()
}

/// Whether the first to three within a minute can stand like this.
fn can_stand(ending: Option<Ending>, tick: u16, won: u8, lost: u8) -> bool {
    let lead = won - lost;
    match (ending, tick) {
        (None, ..3_600) => won < 3,
        (None, _) => lead == 0 && won < 3,
        (Some(Ending::Score), ..=3_600) => won == 3 && lead > 0,
        (Some(Ending::Time), 3_600) => lead > 0 && won < 3,
        (Some(Ending::SuddenDeath), 3_601..) => lead == 1 && won <= 3,
        _ => false,
    }
}

#[test]
fn score_clock_and_ending_agree() {
    let endings = [Ending::Score, Ending::Time, Ending::SuddenDeath].map(Some);
    for ending in endings.into_iter().chain([None]) {
        for tick in [0, 3_599, 3_600, 3_601, 3_630] {
            for (won, lost) in (0..5).flat_map(|won| (0..=won).map(move |lost| (won, lost))) {
                let mut state = standing(tick, ending);
                let can = can_stand(ending, tick, won, lost);
                for (left, right) in [(won, lost), (lost, won)] {
                    state.score = Sides { left, right };
                    let what = format!("{ending:?} at {tick}, {left}:{right}");
                    assert_eq!(fits(&state), can, "{what}");
                }
            }
        }
    }
}

#[test]
fn a_ball_lies_within_the_field() {
    let (goal, wall) = (HALF_WIDTH + BALL_HALF, HALF_HEIGHT - BALL_HALF);
    for sign in [-1, 1] {
        let at = |x: i16, y: i16| {
            let mut state = moving();
            (state.ball.x, state.ball.y) = (sign * x, sign * y);
            fits(&state)
        };
        assert!(at(goal - 1, wall) && !at(goal, 0) && !at(0, wall + 1));
    }
}

/// Since the paddles shrank to nothing it has flown on, in the worst case from the other edge.
#[test]
fn a_ball_that_nobody_can_reach_has_got_as_far_as_it_must() {
    let gone = rules().limit_ticks() + SUDDEN_DEATH_SECONDS * TICK_RATE;
    for sign in [-1, 1] {
        let at = |ticks: u16, distance: i16| {
            let mut state = moving();
            state.tick = gone + ticks;
            state.ball.vx *= sign;
            state.ball.x = sign * (distance - HALF_WIDTH - BALL_HALF);
            fits(&state)
        };
        assert!(at(1, 240) && !at(1, 239));
        assert!(at(50, 12_000) && !at(50, 11_999));
        assert!(at(134, 32_160) && !at(134, 32_159) && at(0, 1));
    }
}

/// A state of cool mode with this coin, after so many.
fn coin_fits(tick: u16, coins: u8, coin: Coin) -> bool {
    let mut state = moving();
    state.rules = Rules::default().with_cool_mode(true);
    (state.tick, state.coins, state.coin) = (tick, coins, Some(coin));
    fits(&state)
}

#[test]
fn the_first_coin_comes_at_its_time() {
    let away = |tick, until| coin_fits(tick, 0, Coin::Away { until });
    assert!(away(0, 480) && away(479, 480));
    assert!(!away(480, 480) && !away(481, 480));
    assert!(!away(100, 479) && !away(100, 481));
}

#[test]
fn later_coins_come_within_the_pause_and_none_too_early() {
    let away = |tick, coins, until| coin_fits(tick, coins, Coin::Away { until });
    assert!(away(481, 1, 2_280) && !away(481, 1, 2_279) && !away(480, 1, 2_281));
    assert!(away(2_279, 1, 2_280) && !away(2_280, 1, 2_280));
    assert!(away(2_300, 2, 4_080) && !away(2_300, 2, 4_079));
}

#[test]
fn a_coin_crosses_in_its_lane_for_its_time() {
    let crossing = |tick, coins, since, lane| {
        let coin = Coin::Crossing {
            lane,
            down: true,
            since,
        };
        coin_fits(tick, coins, coin)
    };
    assert!(crossing(480, 1, 480, 4_000) && crossing(899, 1, 480, -4_000));
    assert!(!crossing(900, 1, 480, 0) && !crossing(479, 1, 480, 0));
    assert!(!crossing(480, 1, 479, 0) && !crossing(480, 0, 480, 0));
    assert!(!crossing(500, 1, 480, 4_001) && !crossing(500, 1, 480, -4_001));
    assert!(crossing(2_280, 2, 2_280, 0) && !crossing(2_280, 2, 2_279, 0));
}

#[test]
fn an_effect_began_when_its_coin_was_taken() {
    let fits_with = |coins, until, back| {
        let mut state = moving();
        state.rules = Rules::default().with_cool_mode(true);
        state.coins = coins;
        state.coin = Some(Coin::Away { until: back });
        state.effect = Some(Effect {
            kind: EffectKind::Slow,
            owner: Side::Left,
            until,
        });
        fits(&state)
    };
    // Eight of thirty seconds, at tick 1 000.
    assert!(fits_with(1, 1_480, 2_800) && fits_with(1, 1_001, 2_321));
    assert!(!fits_with(1, 1_481, 2_801) && !fits_with(1, 1_000, 2_320));
    assert!(!fits_with(1, 1_400, 2_719) && !fits_with(1, 1_400, 2_721));
    assert!(!fits_with(0, 1_400, 2_720));
}
