//! What a bot makes of a look: where its paddle should be, and when to look again.

use super::flight::{Arrival, crossing, meets, returned};
use super::manner::Manner;
use super::watch::{Chance, next_look};
use crate::field::{BALL_HALF, CONTACT, GOAL, HALF_HEIGHT, PADDLE_HALF, SERVE_PAUSE};
use crate::public::PublicState;
use crate::random::mix;
use crate::rules::Rules;
use crate::side::Side;

/// How many places of its paddle, to either side of the middle, a bot thinks of hitting with.
const PLACES: i32 = 8;
/// The greatest mistake: enough to miss by a paddle's length.
const WORST: i32 = 4_000;
/// What a unit farther from the middle than it dares costs, in the same units.
const RISK: i32 = 20;
/// What a coin is worth, as units that the opponent has to run.
const COIN_WORTH: i32 = 30_000;

/// What a bot is up to until its next look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Plan {
    /// Where to hit the ball.
    pub(super) target: i16,
    /// For how long the ball is on its way; then back to the middle.
    pub(super) hold: u16,
    pub(super) look_in: u16,
}

/// A bot without eyes and hands. It thinks as if on the left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mind {
    rules: Rules,
    manner: Manner,
    seed: u64,
}

impl Mind {
    pub(super) fn new(rules: Rules, manner: Manner, seed: u64) -> Self {
        Self {
            rules,
            manner,
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

    /// A ball that will come toward the bot from so far.
    fn ball_from(&self, at: i32, distance: i16, rally: u16) -> Chance {
        let speed = self.rules.speed().pace().ball(rally);
        Chance {
            at,
            leeway: i32::from(distance) / i32::from(speed),
            weight: 1,
        }
    }

    /// Goes to the middle and looks again when something will have happened.
    fn rest(&self, chance: Chance) -> Plan {
        Plan {
            target: 0,
            hold: 0,
            look_in: next_look(&[chance], self.manner.reaction),
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

    /// Gets ready to hit a ball that comes.
    fn receive(&self, seen: &PublicState) -> Plan {
        let arrival = crossing(seen.ball(), -CONTACT);
        let shot = self.best_shot(seen, arrival);
        let target = shot.paddle + self.mistake(seen);
        let limit = i32::from(HALF_HEIGHT);
        Plan {
            target: target.clamp(-limit, limit) as i16,
            hold: arrival.ticks as u16,
            look_in: self.look_after(seen, arrival.ticks, shot.flight),
        }
    }

    /// When to look again after its own hit, or miss: it knows how often it misses.
    fn look_after(&self, seen: &PublicState, arrival: i32, flight: i32) -> u16 {
        let speed = i32::from(seen.ball().vx.abs()).max(1);
        let out = arrival + i32::from(GOAL - CONTACT) / speed;
        let hit = Chance {
            weight: i32::from(PADDLE_HALF),
            ..self.ball_from(arrival + flight, 2 * CONTACT, seen.rally())
        };
        let miss = Chance {
            weight: self.spread(seen),
            ..self.ball_from(out + i32::from(SERVE_PAUSE), CONTACT, 0)
        };
        next_look(&[hit, miss], self.manner.reaction)
    }

    fn spread(&self, seen: &PublicState) -> i32 {
        let pace = self.rules.speed().pace();
        self.manner.spread_at(pace, pace.ball(seen.rally()))
    }

    /// How far off the bot is about this ball. The same for as long as the ball is on its way,
    /// however often it looks.
    fn mistake(&self, seen: &PublicState) -> i32 {
        let score = seen.score();
        let points = u64::from(score.left) + u64::from(score.right);
        let ball = (points << 16) + u64::from(seen.rally());
        let word = mix(self.seed ^ mix(ball.wrapping_add(0x0062_6f74)));
        let spread = self.spread(seen);
        // The odds of being off by more than `x` are `spread / x`.
        let part = (word >> 32) as u16;
        let size = spread * i32::from(part) / (0x1_0000 - i32::from(part));
        let size = size.min(WORST);
        if word & 1 == 0 { size } else { -size }
    }

    fn best_shot(&self, seen: &PublicState, arrival: Arrival) -> Shot {
        let half = i32::from(seen.half_length(self.rules, Side::Left));
        let limit = i32::from(HALF_HEIGHT) - half;
        let daring = self.daring(seen, if seen.coin().is_some() { 4 } else { 8 });
        let shots = (-PLACES..=PLACES).map(|place| {
            let paddle = (arrival.y - daring * place / PLACES).clamp(-limit, limit);
            self.shot(seen, arrival, paddle)
        });
        shots.max_by_key(|shot| shot.worth).unwrap_or(Shot {
            paddle: arrival.y,
            flight: 0,
            worth: 0,
        })
    }

    /// How far from the middle of its paddle it dares to hit the ball: who is unsure of the ball
    /// takes the middle.
    fn daring(&self, seen: &PublicState, caution: i32) -> i32 {
        (reach(self.rules, seen) - caution * self.spread(seen)).max(0)
    }

    /// What comes of hitting the ball with the paddle at this place.
    fn shot(&self, seen: &PublicState, arrival: Arrival, paddle: i32) -> Shot {
        let offset = arrival.y - paddle;
        let pace = self.rules.speed().pace();
        let speed = pace.ball(seen.rally().saturating_add(1));
        let ball = returned(arrival.y, offset, reach(self.rules, seen), speed);
        let landing = crossing(ball, CONTACT);
        let run = (landing.y - i32::from(seen.paddle(Side::Right).y) / 2).abs();
        let drive = i32::from(seen.drive(self.rules, Side::Right).abs());
        let worth = run - drive * landing.ticks;
        let coin = seen.coin();
        let worth = match coin.is_some_and(|coin| meets(ball, arrival.ticks, coin)) {
            true => worth + COIN_WORTH,
            // Only for a coin it takes the greater risk.
            false => worth - RISK * (offset.abs() - self.daring(seen, 8)).max(0),
        };
        Shot {
            paddle,
            flight: landing.ticks,
            worth,
        }
    }
}

/// Farther from the middle of its paddle, on the left, the ball passes.
fn reach(rules: Rules, seen: &PublicState) -> i32 {
    i32::from(seen.half_length(rules, Side::Left) + BALL_HALF)
}

/// A way to return a ball.
struct Shot {
    /// Where the paddle has to be.
    paddle: i32,
    /// Ticks from paddle to paddle.
    flight: i32,
    /// The more, the harder for the opponent.
    worth: i32,
}
