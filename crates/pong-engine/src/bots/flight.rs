//! What a ball will do, as far as it can be told from a look: straight lines and walls.

use crate::angle::{STEEPEST, velocity};
use crate::field::{BALL_HALF, COIN_HALF, CONTACT, WALL};
use crate::public::SeenCoin;
use crate::state::Ball;

/// A ball when it gets somewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Arrival {
    pub(super) ticks: i32,
    pub(super) y: i32,
}

/// When and where the ball crosses a line; at once if it is there already.
pub(super) fn crossing(ball: Ball, x: i16) -> Arrival {
    let (distance, speed) = (i32::from(x) - i32::from(ball.x), i32::from(ball.vx));
    let ahead = speed != 0 && distance.signum() == speed.signum();
    let way = if ahead { distance.abs() } else { 0 };
    let speed = speed.abs().max(1);
    Arrival {
        ticks: (way + speed - 1) / speed,
        y: folded(i32::from(ball.y) + i32::from(ball.vy) * way / speed),
    }
}

/// Where a ball is that would be at `y` if there were no walls.
fn folded(y: i32) -> i32 {
    let wall = i32::from(WALL);
    let phase = (y + wall).rem_euclid(4 * wall);
    wall - (phase - 2 * wall).abs()
}

/// The ball as a paddle on the left returns it.
pub(super) fn returned(y: i32, offset: i32, reach: i32, speed: i16) -> Ball {
    let (vx, vy) = velocity(speed, offset * STEEPEST / reach.max(1));
    Ball {
        x: -CONTACT,
        y: y as i16,
        vx,
        vy,
    }
}

/// Whether a ball that sets out in so many ticks will touch the coin.
pub(super) fn meets(ball: Ball, after: i32, coin: SeenCoin) -> bool {
    let there = crossing(ball, coin.x());
    let ticks = after + there.ticks;
    let y = i32::from(coin.y()) + i32::from(coin.vy()) * ticks;
    let near = i32::from(COIN_HALF + BALL_HALF);
    ticks < i32::from(coin.ticks_left()) && (y - there.y).abs() <= near
}
