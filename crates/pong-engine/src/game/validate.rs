//! Validation of snapshots: which states are possible.

use super::coin::{COIN_PAUSE, FIRST_COIN};
use crate::angle::is_velocity;
use crate::field::{
    COIN_CROSSING, COIN_LANE_MAX, GOAL, HALF_HEIGHT, MAX_TICKS, SERVE_PAUSE, SUDDEN_DEATH_SECONDS,
    TICK_RATE, WALL,
};
use crate::side::{Side, Sides};
use crate::snapshot::{Snapshot, SnapshotError};
use crate::state::{Ball, Coin, Effect, Ending, half_length};

pub(super) fn check(state: &Snapshot) -> Result<(), SnapshotError> {
    let checks = [
        (score_fits(state), SnapshotError::Score),
        (serve_fits(state), SnapshotError::Serve),
        (ball_fits(state), SnapshotError::Ball),
        (
            Side::BOTH.into_iter().all(|side| paddle_fits(state, side)),
            SnapshotError::Paddle,
        ),
        (coin_fits(state) && effect_fits(state), SnapshotError::Coin),
    ];
    let wrong = checks.into_iter().find(|(fits, _)| !fits);
    wrong.map_or(Ok(()), |(_, error)| Err(error))
}

fn score_fits(state: &Snapshot) -> bool {
    let (tick, limit) = (state.tick, state.rules.limit_ticks());
    let win = state.rules.score_to_win();
    let Sides { left, right } = state.score;
    let (high, low) = (left.max(right), left.min(right));
    let fits = match state.ending {
        None => high < win && (tick < limit || high == low),
        Some(Ending::Score) => high == win && low < win && tick <= limit,
        Some(Ending::Time) => high < win && low < high && tick == limit,
        Some(Ending::SuddenDeath) => high <= win && high == low + 1 && tick > limit,
    };
    fits && tick <= MAX_TICKS && state.rally <= tick.min(state.rules.speed().pace().max_rally())
}

fn serve_fits(state: &Snapshot) -> bool {
    state.serve_at.is_none_or(|due| {
        // There is no serve after a point in sudden death.
        let last = state.rules.limit_ticks() + SERVE_PAUSE;
        state.ending.is_none()
            && state.rally == 0
            && is_ahead(state, due, SERVE_PAUSE)
            && due <= last
    })
}

fn ball_fits(state: &Snapshot) -> bool {
    let Ball { x, y, vx, vy } = state.ball;
    let inside = x > -GOAL && x < GOAL && (-WALL..=WALL).contains(&y);
    let speed = state.rules.speed().pace().ball(state.rally);
    inside
        && match (state.ending, state.serve_at) {
            (Some(_), _) => vx == 0 && vy == 0,
            (None, Some(_)) => state.ball == Ball::RESTING,
            (None, None) => {
                vx > i16::MIN && vy > i16::MIN && is_velocity(speed, vx, vy) && is_far_enough(state)
            }
        }
}

/// Whether the ball has covered the distance that it must have covered since the paddles shrank to
/// nothing, and so will be out in time.
fn is_far_enough(state: &Snapshot) -> bool {
    let vanished_at = state.rules.limit_ticks() + SUDDEN_DEATH_SECONDS * TICK_RATE;
    let ticks = i32::from(state.tick.saturating_sub(vanished_at));
    let Ball { x, vx, .. } = state.ball;
    let distance = i32::from(Side::toward(vx).outward(x)) + i32::from(GOAL);
    distance >= i32::from(vx).abs() * ticks
}

fn paddle_fits(state: &Snapshot, side: Side) -> bool {
    let paddle = state.paddles[side];
    let effect = state
        .effect
        .filter(|effect| effect.target() == side)
        .map(|effect| effect.kind);
    let limit = HALF_HEIGHT - half_length(state.rules, state.tick, state.rally, effect);
    let fastest = if state.ending.is_some() {
        0
    } else {
        state.rules.speed().pace().paddle
    };
    (-limit..=limit).contains(&paddle.y) && (-fastest..=fastest).contains(&paddle.v)
}

fn coin_fits(state: &Snapshot) -> bool {
    state.rules.cool_mode() == state.coin.is_some() && coin_position_fits(state)
}

fn coin_position_fits(state: &Snapshot) -> bool {
    match state.coin {
        None => state.coins == 0,
        Some(Coin::Crossing { lane, since, .. }) => {
            let age = state.tick.checked_sub(since);
            (-COIN_LANE_MAX..=COIN_LANE_MAX).contains(&lane)
                && age.is_some_and(|age| age < COIN_CROSSING)
                && can_appear(state.coins, since)
        }
        Some(Coin::Away { until }) if state.coins > 0 => {
            is_ahead(state, until, COIN_PAUSE) && can_appear(state.coins.saturating_add(1), until)
        }
        Some(first @ Coin::Away { until }) => first == FIRST_COIN && until > state.tick,
    }
}

/// Whether the last of this many coins can appear at this tick: there is a pause before each but the
/// first.
fn can_appear(coins: u8, tick: u16) -> bool {
    let Coin::Away { until: first } = FIRST_COIN else {
        return false;
    };
    coins > 0 && u32::from(tick) >= u32::from(first) + u32::from(COIN_PAUSE) * u32::from(coins - 1)
}

/// Whether the effect agrees with the coin: it began when the coin was taken, and the coin has been away
/// since then.
fn effect_fits(state: &Snapshot) -> bool {
    let Some(Effect { kind, until, .. }) = state.effect else {
        return true;
    };
    let back = Coin::Away {
        until: until.saturating_add(COIN_PAUSE - kind.ticks()),
    };
    is_ahead(state, until, kind.ticks()) && state.coin == Some(back)
}

/// Whether a tick is ahead by 1 to `max` ticks.
fn is_ahead(state: &Snapshot, due: u16, max: u16) -> bool {
    due.checked_sub(state.tick)
        .is_some_and(|ticks| (1..=max).contains(&ticks))
}
