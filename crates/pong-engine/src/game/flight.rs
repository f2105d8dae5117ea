//! Exact motion of the ball in the few ticks in which it may touch something.

use super::{Match, NO_LANE};
use crate::angle::{STEEPEST, velocity};
use crate::events::{Event, Events};
use crate::field::{BALL_HALF, COIN_HALF, COIN_SPEED, CONTACT, GOAL, HALF_HEIGHT, PADDLE_FACE};
use crate::game::coin::coin_y;
use crate::side::{Side, Sides};
use crate::state::{Ball, Coin, Paddle, thickness};
use crate::sweep::{Moment, Motion, Segment, Target, bounce};

/// A whole tick, in the unit of [`Flight::remaining`].
const FULL_TICK: i32 = 1 << 16;

/// The motion of the ball in a tick, or in the rest of one.
struct Flight {
    ball: Ball,
    paddles: Sides<Motion>,
    /// The part of the tick that remains; [`FULL_TICK`] is all of it.
    remaining: i32,
}

impl Flight {
    fn x(&self) -> Motion {
        self.motion(self.ball.x, self.ball.vx)
    }

    fn y(&self) -> Motion {
        self.motion(self.ball.y, self.ball.vy)
    }

    fn motion(&self, at: i16, velocity: i16) -> Motion {
        let by = i64::from(velocity) * i64::from(self.remaining) / i64::from(FULL_TICK);
        Motion {
            at: i32::from(at),
            by: by as i32,
        }
    }

    /// Moves the ball to the moment of a hit and sets its new velocity.
    fn advance(&mut self, moment: Moment, segment: &Segment, velocity: (i16, i16)) {
        let (x, y) = (self.x().at(moment), segment.motion.at(moment));
        self.remaining = moment.rest_of(self.remaining);
        self.ball = Ball {
            x: x as i16,
            y: y as i16,
            vx: velocity.0,
            vy: velocity.1,
        };
    }
}

/// The motion of a paddle in this tick; it has been moved already.
fn motion_of(Paddle { y, v }: Paddle) -> Motion {
    Motion {
        at: i32::from(y) - i32::from(v),
        by: i32::from(v),
    }
}

impl Match {
    /// Moves a ball that may touch a paddle, the coin or an edge by one tick.
    #[cold]
    #[inline(never)]
    pub(super) fn move_with_collisions(&mut self) -> Events {
        if self.state.serve_at.is_some() {
            return Events::NONE;
        }
        let mut flight = Flight {
            ball: self.state.ball,
            paddles: self.state.paddles.map(motion_of),
            remaining: FULL_TICK,
        };
        let mut events = self.take_coin(&flight);
        // At most one hit: the other paddle is many ticks away.
        if let Some((moment, segment)) = self.first_hit(&flight) {
            let side = Side::toward(flight.ball.vx);
            events |=
                Events::from(Event::Hit(side)) | Events::when(Event::Wall, segment.bounces > 0);
            self.state.rally += 1;
            let velocity = self.return_velocity(side, &flight, moment, &segment);
            flight.advance(moment, &segment, velocity);
            if self.state.rally > self.state.rules.speed().pace().hits_to_cap() {
                // The paddles get shorter.
                self.refresh();
            }
        }
        events | self.finish_tick(&flight)
    }

    /// The first contact with the paddle that the ball moves toward.
    fn first_hit(&self, flight: &Flight) -> Option<(Moment, Segment)> {
        let side = Side::toward(flight.ball.vx);
        let x = flight.x();
        if x.end().abs() < i32::from(CONTACT) {
            return None;
        }
        let target = self.paddle_target(side, flight.paddles[side])?;
        target.first_touch(x, flight.y())
    }

    /// The box that the ball's centre cannot enter; `None` once the paddle has shrunk to nothing.
    fn paddle_target(&self, side: Side, centre: Motion) -> Option<Target> {
        let half = self.paddle_half(side);
        let back = PADDLE_FACE + thickness(self.effect_on(side)) + BALL_HALF;
        let (low, high) = match side {
            Side::Left => (-back, -CONTACT),
            Side::Right => (CONTACT, back),
        };
        (half > 0).then(|| Target {
            low: i32::from(low),
            high: i32::from(high),
            centre,
            reach: i32::from(half + BALL_HALF),
        })
    }

    /// Half the paddle's length at the beginning of the tick.
    fn paddle_half(&self, side: Side) -> i16 {
        HALF_HEIGHT - self.derived.limit[side]
    }

    /// The velocity with which a paddle returns the ball: faster with each hit, and steeper the farther
    /// from the middle of the paddle the ball hits.
    fn return_velocity(
        &self,
        side: Side,
        flight: &Flight,
        moment: Moment,
        segment: &Segment,
    ) -> (i16, i16) {
        let reach = i32::from(self.paddle_half(side) + BALL_HALF);
        let offset = segment.motion.at(moment) - flight.paddles[side].at(moment);
        let speed = self.state.rules.speed().pace().ball(self.state.rally);
        let (away, vy) = velocity(speed, offset * STEEPEST / reach);
        (side.other().outward(away), vy)
    }

    /// Moves the ball for the rest of the tick; scores a point if it is out then.
    fn finish_tick(&mut self, flight: &Flight) -> Events {
        let x = flight.x().end();
        let (y, bounces) = bounce(flight.y());
        let events = Events::when(Event::Wall, bounces > 0);
        if x.abs() >= i32::from(GOAL) {
            return events | self.score_point(Side::toward(flight.ball.vx).other());
        }
        let vy = if bounces % 2 == 0 {
            flight.ball.vy
        } else {
            -flight.ball.vy
        };
        self.state.ball = Ball {
            x: x as i16,
            y: y as i16,
            vx: flight.ball.vx,
            vy,
        };
        self.derived.clear_x = if self.is_unreachable() { GOAL } else { CONTACT };
        events
    }

    /// Whether no paddle can reach the ball any more, however it moves.
    fn is_unreachable(&self) -> bool {
        let Ball { x, y, vx, vy } = self.state.ball;
        let side = Side::toward(vx);
        let beyond = side.outward(x) - CONTACT;
        if beyond < 0 {
            return false;
        }
        let paddle = Motion {
            at: self.state.paddles[side].y.into(),
            by: 0,
        };
        let Some(target) = self.paddle_target(side, paddle) else {
            return true;
        };
        let depth = target.high - target.low - i32::from(beyond);
        // Rounded up: the ticks that begin with the ball not yet behind the paddle.
        let ticks = (depth / i32::from(vx.abs()) + 1).max(0);
        let closing = i32::from(vy.abs()) + i32::from(self.state.rules.speed().pace().paddle);
        (i32::from(y) - paddle.at).abs() - target.reach > ticks * closing
    }

    /// If the ball touches the coin, begins its effect for the side that touched the ball last.
    fn take_coin(&mut self, flight: &Flight) -> Events {
        let touched = self
            .coin_target()
            .and_then(|coin| coin.first_touch(flight.x(), flight.y()));
        if touched.is_none() {
            return Events::NONE;
        }
        let owner = Side::toward(flight.ball.vx).other();
        self.begin_effect(owner);
        Event::Coin(owner).into()
    }

    fn coin_target(&self) -> Option<Target> {
        let Some(Coin::Crossing { lane, down, since }) = self.state.coin else {
            return None;
        };
        debug_assert_ne!(lane, NO_LANE);
        let reach = i32::from(COIN_HALF + BALL_HALF);
        // The tick has been counted already, but the coin has not moved yet.
        let at = i32::from(coin_y(self.state.tick - 1 - since, down));
        let by = i32::from(if down { COIN_SPEED } else { -COIN_SPEED });
        let lane = i32::from(lane);
        Some(Target {
            low: lane - reach,
            high: lane + reach,
            centre: Motion { at, by },
            reach,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::Rules;

    /// A match at medium speed with a ball `beyond` the front of the paddle and `apart` from its end.
    fn passing(side: Side, beyond: i16, apart: i16) -> Match {
        let mut game = Match::new(Rules::DEFAULT, 1);
        game.state.serve_at = None;
        game.state.ball = Ball {
            x: side.outward(CONTACT + beyond),
            y: 3_000,
            vx: side.outward(337),
            vy: 44,
        };
        game.state.paddles[side].y = 3_000 - 1_800 - apart;
        game
    }

    /// Ball and paddle approach by 44 + 255 per tick; the ball is beside the paddle for 800 units.
    #[test]
    fn is_unreachable_as_soon_as_no_paddle_can_reach_the_ball() {
        for side in Side::BOTH {
            for (beyond, ticks) in [
                (0, 3),
                (126, 3),
                (127, 2),
                (463, 2),
                (464, 1),
                (800, 1),
                (1_136, 1),
                (1_137, 0),
                (1_500, 0),
            ] {
                let most = ticks * (44 + 255);
                assert!(!passing(side, beyond, most).is_unreachable(), "{beyond}");
                assert!(passing(side, beyond, most + 1).is_unreachable(), "{beyond}");
            }
            assert!(!passing(side, -1, 9_000).is_unreachable(), "it is in front");
            let mut shrunk = passing(side, 0, 0);
            shrunk.derived.limit[side] = HALF_HEIGHT;
            assert!(shrunk.is_unreachable(), "there is no paddle");
        }
    }
}
