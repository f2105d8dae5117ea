//! Turns an observation of the match into a plan: where the paddle should be, and when to observe again.

use super::bot_profile::BotProfile;
use super::flight::{Arrival, crossing, hits_coin, returned_ball};
use super::reaction::{PossibleEvent, next_observation};
use crate::field::{BALL_HALF, CONTACT, GOAL, HALF_HEIGHT, PADDLE_HALF, SERVE_PAUSE};
use crate::public::PublicState;
use crate::random::mix;
use crate::rules::Rules;
use crate::side::Side;

/// Contact points on the paddle that are considered, to either side of its centre.
const CONTACT_POINTS: i32 = 8;
/// The largest error: enough to miss by a paddle's length.
const MAX_ERROR: i32 = 4_000;
/// The weight of a miss without any error: some balls are out of reach.
const OUT_OF_REACH: i32 = 60;
/// The cost of each unit beyond the safe offset from the centre, in the unit of `Shot::worth`.
const RISK_COST: i32 = 20;
/// The worth of a coin, in units that the opponent's paddle has to move.
const COIN_WORTH: i32 = 30_000;

/// The plan of a bot until its next observation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Plan {
    /// Where the paddle should meet the ball.
    pub(super) target: i16,
    /// Ticks until the ball arrives; the paddle returns to the centre afterwards.
    pub(super) hold: u16,
    /// Ticks until the next observation.
    pub(super) observe_in: u16,
}

/// Decides on plans. It always plays the left side; `Bot` mirrors the state for the right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Planner {
    rules: Rules,
    profile: BotProfile,
    seed: u64,
}

impl Planner {
    pub(super) fn new(rules: Rules, profile: BotProfile, seed: u64) -> Self {
        Self {
            rules,
            profile,
            seed,
        }
    }

    pub(super) fn plan(&self, seen: &PublicState) -> Plan {
        if let Some(ticks) = seen.serve_in() {
            return self.await_serve(seen, ticks.into());
        }
        match Side::toward(seen.ball().vx) {
            Side::Left => self.receive(seen),
            Side::Right => {
                let away = crossing(seen.ball(), CONTACT).ticks;
                self.rest(self.ball_from(away, 2 * CONTACT, seen.rally()))
            }
        }
    }

    /// A ball that starts toward the bot from this distance in `at` ticks.
    fn ball_from(&self, at: i32, distance: i16, rally: u16) -> PossibleEvent {
        let speed = self.rules.speed().pace().ball(rally);
        PossibleEvent {
            at,
            leeway: i32::from(distance) / i32::from(speed),
            weight: 1,
        }
    }

    /// Returns to the centre and observes again after the event.
    fn rest(&self, event: PossibleEvent) -> Plan {
        Plan {
            target: 0,
            hold: 0,
            observe_in: next_observation(&[event], self.profile.reaction),
        }
    }

    fn await_serve(&self, seen: &PublicState, ticks: i32) -> Plan {
        self.rest(match seen.receiver() {
            Side::Left => self.ball_from(ticks, CONTACT, 0),
            Side::Right => {
                let serve = i32::from(self.rules.speed().pace().serve);
                let there = ticks + i32::from(CONTACT) / serve;
                self.ball_from(there, 2 * CONTACT, 1)
            }
        })
    }

    /// Plans the return of an approaching ball.
    fn receive(&self, seen: &PublicState) -> Plan {
        let arrival = crossing(seen.ball(), -CONTACT);
        let shot = self.best_shot(seen, arrival);
        let target = shot.paddle + self.error(seen);
        let limit = i32::from(HALF_HEIGHT);
        Plan {
            target: target.clamp(-limit, limit) as i16,
            hold: arrival.ticks as u16,
            observe_in: self.observe_after(seen, arrival.ticks, shot.flight),
        }
    }

    /// When to observe again after its own hit or miss, weighted by how likely each is.
    fn observe_after(&self, seen: &PublicState, arrival: i32, flight: i32) -> u16 {
        let speed = i32::from(seen.ball().vx.abs()).max(1);
        let out = arrival + i32::from(GOAL - CONTACT) / speed;
        let hit = PossibleEvent {
            weight: i32::from(PADDLE_HALF),
            ..self.ball_from(arrival + flight, 2 * CONTACT, seen.rally())
        };
        let miss = PossibleEvent {
            weight: self.spread(seen) + OUT_OF_REACH,
            ..self.ball_from(out + i32::from(SERVE_PAUSE), CONTACT, 0)
        };
        next_observation(&[hit, miss], self.profile.reaction)
    }

    fn spread(&self, seen: &PublicState) -> i32 {
        let pace = self.rules.speed().pace();
        self.profile.spread_at(pace, pace.ball(seen.rally()))
    }

    /// The bot's error about this ball. Each observation of the same flight has the same error.
    fn error(&self, seen: &PublicState) -> i32 {
        let score = seen.score();
        let points = u64::from(score.left) + u64::from(score.right);
        let ball = (points << 16) + u64::from(seen.rally());
        let word = mix(self.seed ^ mix(ball.wrapping_add(0x0062_6f74)));
        let spread = self.spread(seen);
        // The odds of being off by more than `x` are `spread / x`.
        let part = (word >> 32) as u16;
        let size = spread * i32::from(part) / (0x1_0000 - i32::from(part));
        let size = size.min(MAX_ERROR);
        if word & 1 == 0 { size } else { -size }
    }

    fn best_shot(&self, seen: &PublicState, arrival: Arrival) -> Shot {
        let half = i32::from(seen.half_length(self.rules, Side::Left));
        let limit = i32::from(HALF_HEIGHT) - half;
        let safe_offset = self.safe_offset(seen, if seen.coin().is_some() { 4 } else { 8 });
        let shots = (-CONTACT_POINTS..=CONTACT_POINTS).map(|point| {
            let paddle = (arrival.y - safe_offset * point / CONTACT_POINTS).clamp(-limit, limit);
            self.shot(seen, arrival, paddle)
        });
        shots.max_by_key(|shot| shot.worth).unwrap_or(Shot {
            paddle: arrival.y,
            flight: 0,
            worth: 0,
        })
    }

    /// The safe offset from the centre of the paddle: the larger the error, the closer to the centre.
    fn safe_offset(&self, seen: &PublicState, caution: i32) -> i32 {
        (reach(self.rules, seen) - caution * self.spread(seen)).max(0)
    }

    /// The shot that results from meeting the ball with the paddle at this position.
    fn shot(&self, seen: &PublicState, arrival: Arrival, paddle: i32) -> Shot {
        let offset = arrival.y - paddle;
        let pace = self.rules.speed().pace();
        let speed = pace.ball(seen.rally().saturating_add(1));
        let ball = returned_ball(arrival.y, offset, reach(self.rules, seen), speed);
        let landing = crossing(ball, CONTACT);
        let run = (landing.y - i32::from(seen.paddle(Side::Right).y) / 2).abs();
        let drive = i32::from(seen.drive(self.rules, Side::Right).abs());
        let worth = run - drive * landing.ticks;
        let coin = seen.coin();
        let worth = match coin.is_some_and(|coin| hits_coin(ball, arrival.ticks, coin)) {
            true => worth + COIN_WORTH,
            // Beyond the safe offset only for a coin.
            false => worth - RISK_COST * (offset.abs() - self.safe_offset(seen, 8)).max(0),
        };
        Shot {
            paddle,
            flight: landing.ticks,
            worth,
        }
    }
}

/// The largest offset from the centre of the left paddle at which it still touches the ball.
fn reach(rules: Rules, seen: &PublicState) -> i32 {
    i32::from(seen.half_length(rules, Side::Left) + BALL_HALF)
}

/// One way to return the ball.
struct Shot {
    /// Where the paddle has to be.
    paddle: i32,
    /// Ticks from paddle to paddle.
    flight: i32,
    /// Higher is harder for the opponent.
    worth: i32,
}
