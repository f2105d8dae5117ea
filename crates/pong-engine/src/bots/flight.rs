//! Predicts the ball from an observation: straight lines and walls.

use crate::angle::{STEEPEST, velocity};
use crate::field::{BALL_HALF, COIN_HALF, CONTACT, WALL};
use crate::public::SeenCoin;
use crate::state::Ball;

/// When and where a ball arrives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Arrival {
    pub(super) ticks: i32,
    pub(super) y: i32,
}

/// When and where the ball crosses a vertical line; at once if it does not move toward it.
pub(super) fn crossing(ball: Ball, x: i16) -> Arrival {
    let (distance, speed) = (i32::from(x) - i32::from(ball.x), i32::from(ball.vx));
    let ahead = speed != 0 && distance.signum() == speed.signum();
    let distance = if ahead { distance.abs() } else { 0 };
    let speed = speed.abs().max(1);
    Arrival {
        ticks: (distance + speed - 1) / speed,
        y: reflected_at_walls(i32::from(ball.y) + i32::from(ball.vy) * distance / speed),
    }
}

/// The position of a ball that would be at `y` if there were no walls.
fn reflected_at_walls(y: i32) -> i32 {
    let wall = i32::from(WALL);
    let phase = (y + wall).rem_euclid(4 * wall);
    wall - (phase - 2 * wall).abs()
}

/// The ball as the left paddle returns it.
pub(super) fn returned_ball(y: i32, offset: i32, reach: i32, speed: i16) -> Ball {
    let (vx, vy) = velocity(speed, offset * STEEPEST / reach.max(1));
    Ball {
        x: -CONTACT,
        y: y as i16,
        vx,
        vy,
    }
}

/// Whether a ball that starts in `after` ticks will touch the coin.
pub(super) fn hits_coin(ball: Ball, after: i32, coin: SeenCoin) -> bool {
    let there = crossing(ball, coin.x());
    let ticks = after + there.ticks;
    let y = i32::from(coin.y()) + i32::from(coin.vy()) * ticks;
    let near = i32::from(COIN_HALF + BALL_HALF);
    ticks < i32::from(coin.ticks_left()) && (y - there.y).abs() <= near
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Event, Inputs, Match, Rules, Side, Speed};

    #[test]
    fn crossing_agrees_with_the_match() {
        for (speed, seed) in Speed::ALL
            .into_iter()
            .flat_map(|speed| (0..40).map(move |n| (speed, n)))
        {
            let mut game = Match::new(Rules::default().with_speed(speed), seed);
            while !game.step(Inputs::default()).contains(Event::Serve) {}
            let ball = game.public().ball();
            let line = CONTACT * ball.vx.signum();
            let predicted = crossing(ball, line);
            let from = game.tick();
            let mut last = ball;
            while game.public().ball().x.abs() < CONTACT && game.public().rally() == 0 {
                last = game.public().ball();
                game.step(Inputs::default());
            }
            assert_eq!(i32::from(game.tick() - from), predicted.ticks);
            let rest = crossing(last, line);
            assert_eq!(rest.ticks, 1);
            assert!((rest.y - predicted.y).abs() <= 1, "{rest:?} {predicted:?}");
        }
    }

    #[test]
    fn crossing_takes_no_time_for_a_ball_that_moves_away() {
        let ball = Ball {
            x: 100,
            y: 7,
            vx: 50,
            vy: 50,
        };
        assert_eq!(crossing(ball, 0), Arrival { ticks: 0, y: 7 });
        assert_eq!(crossing(ball, 151), Arrival { ticks: 2, y: 58 });
        assert_eq!(crossing(Ball { vx: 0, ..ball }, 200).ticks, 0);
    }

    #[test]
    fn reflected_at_walls_handles_any_distance() {
        let wall = i32::from(WALL);
        for (straight, reflected) in [
            (0, 0),
            (wall, wall),
            (wall + 10, wall - 10),
            (-wall - 10, 10 - wall),
            (2 * wall + 5, -5),
            (4 * wall + 5, 5),
            (-4 * wall, 0),
        ] {
            assert_eq!(reflected_at_walls(straight), reflected);
        }
    }

    #[test]
    fn returned_ball_agrees_with_the_match() {
        let mut game = Match::new(Rules::default(), 1);
        while !game.step(Inputs::default()).contains(Event::Serve) {}
        let mut state = game.snapshot();
        for offset in [-1_700, -900, 0, 300, 1_750] {
            state.ball.x = -CONTACT;
            state.ball.vx = -state.ball.vx.abs();
            state.ball.y = 2_000;
            state.paddles[Side::Left].y = 2_000 - offset;
            let mut game = Match::restore(&state).unwrap();
            assert!(
                game.step(Inputs::default())
                    .contains(Event::Hit(Side::Left))
            );
            let speed = game.rules().speed().pace().ball(1);
            let ball = returned_ball(2_000, offset.into(), 1_800, speed);
            let real = game.public().ball();
            assert_eq!((ball.vx, ball.vy), (real.vx, real.vy));
        }
    }

    #[test]
    fn hits_coin_if_both_arrive_at_the_same_time() {
        let coin = SeenCoin {
            lane: 0,
            down: true,
            age: 0,
        };
        let ball = Ball {
            x: -CONTACT,
            y: 0,
            vx: 400,
            vy: 0,
        };
        // 37 ticks to the lane; the coin gets to the middle after 210.
        assert!(hits_coin(ball, 210 - 37, coin));
        assert!(hits_coin(ball, 210 - 37 + 14, coin) && hits_coin(ball, 210 - 37 - 14, coin));
        assert!(!hits_coin(ball, 210 - 37 + 15, coin) && !hits_coin(ball, 210 - 37 - 15, coin));
        let edge = Ball { y: 9_800, ..ball };
        assert!(hits_coin(edge, 400 - 37, coin) && !hits_coin(edge, 420 - 37, coin));
    }
}
