//! The ball where it may touch something: exact, for the few ticks that need it.

use super::{Match, NO_LANE};
use crate::angle::{STEEPEST, velocity};
use crate::events::{Event, Events};
use crate::field::{BALL_HALF, COIN_HALF, COIN_SPEED, CONTACT, GOAL, HALF_HEIGHT, PADDLE_FACE};
use crate::game::coin::coin_y;
use crate::side::{Side, Sides};
use crate::state::{Ball, Coin, Paddle, thickness};
use crate::sweep::{Leg, Moment, Motion, Target, bounce};

/// A whole tick, in the fractions in which what is left of one after a hit is counted.
const WHOLE: i32 = 1 << 16;

/// A tick of the ball, or what is left of one.
struct Flight {
    ball: Ball,
    paddles: Sides<Motion>,
    left: i32,
}

impl Flight {
    fn x(&self) -> Motion {
        self.motion(self.ball.x, self.ball.vx)
    }

    fn y(&self) -> Motion {
        self.motion(self.ball.y, self.ball.vy)
    }

    fn motion(&self, at: i16, velocity: i16) -> Motion {
        let by = i64::from(velocity) * i64::from(self.left) / i64::from(WHOLE);
        Motion {
            at: i32::from(at),
            by: by as i32,
        }
    }

    /// Moves the ball to the moment of a hit and gives it its new velocity.
    fn advance(&mut self, moment: Moment, leg: &Leg, velocity: (i16, i16)) {
        let (x, y) = (self.x().at(moment), leg.motion.at(moment));
        self.left = moment.rest_of(self.left);
        self.ball = Ball {
            x: x as i16,
            y: y as i16,
            vx: velocity.0,
            vy: velocity.1,
        };
    }
}

/// The way of a paddle that has moved already.
fn motion_of(Paddle { y, v }: Paddle) -> Motion {
    Motion {
        at: i32::from(y) - i32::from(v),
        by: i32::from(v),
    }
}

impl Match {
    /// One tick of a ball that may touch paddle, coin or goal.
    #[cold]
    #[inline(never)]
    pub(super) fn fly(&mut self) -> Events {
        if self.state.serve_at.is_some() {
            return Events::NONE;
        }
        let mut flight = Flight {
            ball: self.state.ball,
            paddles: self.state.paddles.map(motion_of),
            left: WHOLE,
        };
        let mut events = self.take_coin(&flight);
        // Once at most: the other paddle is many ticks away.
        if let Some((moment, leg)) = self.first_hit(&flight) {
            let side = Side::toward(flight.ball.vx);
            events |= Events::from(Event::Hit(side)) | Events::when(Event::Wall, leg.bounces > 0);
            self.state.rally += 1;
            let velocity = self.returned(side, &flight, moment, &leg);
            flight.advance(moment, &leg, velocity);
            if self.state.rally > self.state.rules.speed().pace().hits_to_cap() {
                // The paddles get shorter.
                self.refresh();
            }
        }
        events | self.land(&flight)
    }

    /// The ball's first touch of the paddle that it moves toward.
    fn first_hit(&self, flight: &Flight) -> Option<(Moment, Leg)> {
        let side = Side::toward(flight.ball.vx);
        let x = flight.x();
        if x.end().abs() < i32::from(CONTACT) {
            return None;
        }
        let target = self.paddle_target(side, flight.paddles[side])?;
        target.first_touch(x, flight.y())
    }

    /// The box that the ball's centre can't enter; none once the paddle has shrunk to nothing.
    fn paddle_target(&self, side: Side, centre: Motion) -> Option<Target> {
        let half = self.paddle_half(side);
        let back = PADDLE_FACE + thickness(self.shaped(side)) + BALL_HALF;
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

    /// Half the paddle's length as it was when the tick began.
    fn paddle_half(&self, side: Side) -> i16 {
        HALF_HEIGHT - self.derived.limit[side]
    }

    /// The velocity with which a paddle returns the ball: faster with every hit, and the steeper
    /// the farther from its middle.
    fn returned(&self, side: Side, flight: &Flight, moment: Moment, leg: &Leg) -> (i16, i16) {
        let reach = i32::from(self.paddle_half(side) + BALL_HALF);
        let offset = leg.motion.at(moment) - flight.paddles[side].at(moment);
        let speed = self.state.rules.speed().pace().ball(self.state.rally);
        let (away, vy) = velocity(speed, offset * STEEPEST / reach);
        (side.other().outward(away), vy)
    }

    /// Moves the ball for what is left of the tick; it may be out then.
    fn land(&mut self, flight: &Flight) -> Events {
        let x = flight.x().end();
        let (y, bounces) = bounce(flight.y());
        let events = Events::when(Event::Wall, bounces > 0);
        if x.abs() >= i32::from(GOAL) {
            return events | self.point(Side::toward(flight.ball.vx).other());
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
        self.derived.free = if self.is_lost() { GOAL } else { CONTACT };
        events
    }

    /// Whether no paddle can reach the ball any more, however it moves: then the ball is free until
    /// it is out.
    fn is_lost(&self) -> bool {
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

    /// Lets whoever touched the ball last have the coin if the ball touches it.
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
        // The tick has been counted already, the coin hasn't moved yet.
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

    /// A ball at medium speed that is so far past the front of the paddle, and so far from its end.
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

    /// Per tick the two come nearer by 44 and 255; the ball is beside the paddle for 800 units.
    #[test]
    fn a_ball_is_given_up_as_soon_as_no_paddle_can_reach_it() {
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
                assert!(!passing(side, beyond, most).is_lost(), "{beyond}");
                assert!(passing(side, beyond, most + 1).is_lost(), "{beyond}");
            }
            assert!(!passing(side, -1, 9_000).is_lost(), "it is in front");
            let mut shrunk = passing(side, 0, 0);
            shrunk.derived.limit[side] = HALF_HEIGHT;
            assert!(shrunk.is_lost(), "there is no paddle");
        }
    }
}
