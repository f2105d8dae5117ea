//! Scheduled changes: serves, ends of effects, coins, the time limit.

use super::coin::COIN_PAUSE;
use super::{Match, NO_LANE};
use crate::angle::{STEEPEST_SERVE, velocity};
use crate::events::{Event, Events};
use crate::field::{
    COIN_CROSSING, COIN_LANE_MAX, CONTACT, HALF_HEIGHT, SERVE_PAUSE, SUDDEN_DEATH_SECONDS,
    TICK_RATE,
};
use crate::random::{Stream, below, draw};
use crate::side::{Side, Sides};
use crate::snapshot::Snapshot;
use crate::state::{Ball, Coin, Effect, EffectKind, Ending, Paddle, drive, half_length};

impl Match {
    /// Makes all changes that are due at this tick.
    #[cold]
    #[inline(never)]
    pub(super) fn run_schedule(&mut self) -> Events {
        let events =
            self.check_effect() | self.check_coin() | self.check_time() | self.check_serve();
        self.refresh();
        events
    }

    fn check_time(&mut self) -> Events {
        let Sides { left, right } = self.state.score;
        if self.state.ending.is_some() || self.state.tick != self.state.rules.limit_ticks() {
            return Events::NONE;
        }
        if left == right {
            return Event::SuddenDeath.into();
        }
        self.finish(Ending::Time);
        Event::End.into()
    }

    fn check_effect(&mut self) -> Events {
        let over = self
            .state
            .effect
            .is_some_and(|effect| effect.until == self.state.tick);
        if over {
            self.state.effect = None;
        }
        Events::when(Event::EffectOver, over)
    }

    fn check_coin(&mut self) -> Events {
        let tick = self.state.tick;
        match self.state.coin {
            Some(Coin::Away { until }) if until == tick => {
                self.state.coin = Some(self.next_coin());
                self.state.coins += 1;
                Event::CoinAppeared.into()
            }
            Some(Coin::Crossing { since, .. }) if since + COIN_CROSSING == tick => {
                self.state.coin = Some(Coin::Away {
                    until: tick + COIN_PAUSE,
                });
                Event::CoinLeft.into()
            }
            _ => Events::NONE,
        }
    }

    /// A coin in a random lane. The lane is relative to the receiver's side, so that a mirrored match has
    /// mirrored coins.
    fn next_coin(&self) -> Coin {
        let word = draw(self.state.seed, Stream::Coin, u64::from(self.state.coins));
        let width = 2 * COIN_LANE_MAX as u32 + 1;
        let lane = below(word, width) as i16 - COIN_LANE_MAX;
        Coin::Crossing {
            lane: self.state.receiver.outward(lane),
            down: word & 1 == 1,
            since: self.state.tick,
        }
    }

    /// The effect of the coin that crosses now; not public until the coin is taken.
    fn coin_effect(&self) -> EffectKind {
        let word = draw(self.state.seed, Stream::Coin, !u64::from(self.state.coins));
        let at = below(word, EffectKind::ALL.len() as u32);
        EffectKind::ALL
            .get(at as usize)
            .copied()
            .unwrap_or(EffectKind::Reverse)
    }

    fn check_serve(&mut self) -> Events {
        let due = self.state.serve_at == Some(self.state.tick);
        if due {
            self.serve();
        }
        Events::when(Event::Serve, due)
    }

    fn serve(&mut self) {
        let Sides { left, right } = self.state.score;
        let word = draw(
            self.state.seed,
            Stream::Serve,
            u64::from(left) + u64::from(right),
        );
        // Never flat: idle players should not rally.
        let steps = below(word, STEEPEST_SERVE as u32) as i32 + 1;
        let steps = if word & 1 == 0 { steps } else { -steps };
        let (vx, vy) = velocity(self.state.rules.speed().pace().ball(0), steps);
        self.state.ball = Ball {
            x: 0,
            y: 0,
            vx: self.state.receiver.outward(vx),
            vy,
        };
        self.state.serve_at = None;
    }

    /// Scores a point for a side; the other side receives the next serve.
    pub(super) fn score_point(&mut self, side: Side) -> Events {
        self.state.score[side] += 1;
        self.state.rally = 0;
        self.state.ball = Ball::RESTING;
        self.state.receiver = side.other();
        self.state.serve_at = Some(self.state.tick + SERVE_PAUSE);
        let ending = self.ending_by_point(side);
        if let Some(ending) = ending {
            self.finish(ending);
        }
        self.refresh();
        Events::from(Event::Point(side)) | Events::when(Event::End, ending.is_some())
    }

    fn ending_by_point(&self, side: Side) -> Option<Ending> {
        if self.state.tick > self.state.rules.limit_ticks() {
            return Some(Ending::SuddenDeath);
        }
        (self.state.score[side] == self.state.rules.score_to_win()).then_some(Ending::Score)
    }

    /// Ends the match and stops everything that moves.
    fn finish(&mut self, ending: Ending) {
        self.state.ending = Some(ending);
        self.state.serve_at = None;
        self.state.ball.vx = 0;
        self.state.ball.vy = 0;
        self.state.paddles.left.v = 0;
        self.state.paddles.right.v = 0;
    }

    pub(super) fn begin_effect(&mut self, owner: Side) {
        let kind = self.coin_effect();
        let tick = self.state.tick;
        self.state.effect = Some(Effect {
            kind,
            owner,
            until: tick + kind.ticks(),
        });
        self.state.coin = Some(Coin::Away {
            until: tick + COIN_PAUSE,
        });
        self.refresh();
    }

    /// The effect on a side's paddle, if there is one.
    pub(super) fn effect_on(&self, side: Side) -> Option<EffectKind> {
        self.state
            .effect
            .filter(|effect| effect.target() == side)
            .map(|effect| effect.kind)
    }

    /// Recomputes [`Derived`](super::Derived) from the state.
    pub(super) fn refresh(&mut self) {
        let over = self.state.ending.is_some();
        for side in Side::BOTH {
            let limit = self.limit_of(side);
            self.derived.limit[side] = limit;
            self.derived.drive[side] = if over {
                0
            } else {
                drive(self.state.rules, self.effect_on(side))
            };
            self.state.paddles[side] = clamped(self.state.paddles[side], limit);
        }
        self.derived.lane = match self.state.coin {
            Some(Coin::Crossing { lane, .. }) => lane,
            _ => NO_LANE,
        };
        self.derived.clear_x = CONTACT;
        self.derived.due_at = if over { u16::MAX } else { self.next_due() };
    }

    fn limit_of(&self, side: Side) -> i16 {
        let Snapshot {
            rules, tick, rally, ..
        } = self.state;
        HALF_HEIGHT - half_length(rules, tick, rally, self.effect_on(side))
    }

    /// The next tick at which a change is due.
    fn next_due(&self) -> u16 {
        let coin = self.state.coin.map(|coin| match coin {
            Coin::Away { until } => until,
            Coin::Crossing { since, .. } => since + COIN_CROSSING,
        });
        let effect = self.state.effect.map(|effect| effect.until);
        [self.state.serve_at, effect, coin, self.next_time()]
            .into_iter()
            .flatten()
            .filter(|due| *due > self.state.tick)
            .min()
            .unwrap_or(u16::MAX)
    }

    /// The time limit, or the next second of sudden death.
    fn next_time(&self) -> Option<u16> {
        let limit = self.state.rules.limit_ticks();
        let Some(beyond) = self.state.tick.checked_sub(limit) else {
            return Some(limit);
        };
        let second = beyond / TICK_RATE + 1;
        (second <= SUDDEN_DEATH_SECONDS).then(|| limit + second * TICK_RATE)
    }
}

/// The paddle, moved back within its limit and stopped if it was beyond.
fn clamped(paddle: Paddle, limit: i16) -> Paddle {
    let y = paddle.y.clamp(-limit, limit);
    if y == paddle.y {
        paddle
    } else {
        Paddle { y, v: 0 }
    }
}
