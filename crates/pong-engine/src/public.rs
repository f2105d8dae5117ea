//! What everybody may see of a match: players, spectators and computer opponents alike.

use crate::field::{COIN_CROSSING, COIN_SPEED};
use crate::game::{COIN_PAUSE, FIRST_COIN, coin_y};
use crate::rules::Rules;
use crate::side::{Side, Sides};
use crate::snapshot::Snapshot;
use crate::state::{Ball, Coin, Effect, EffectKind, Ending, Paddle, drive, half_length, thickness};

/// What everybody may see of a match. It holds nothing that tells future serves or coins.
///
/// It comes from [`Match::public`](crate::Match::public) or, on the other end of a wire, from
/// [`PublicState::decode`]; so it is always one that can be drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct PublicState {
    pub(crate) tick: u16,
    pub(crate) ball: Ball,
    pub(crate) paddles: Sides<Paddle>,
    pub(crate) score: Sides<u8>,
    pub(crate) rally: u16,
    /// Ticks to the serve; 0 while the ball is in play.
    pub(crate) serve_in: u8,
    pub(crate) receiver: Side,
    pub(crate) ending: Option<Ending>,
    pub(crate) effect: Option<SeenEffect>,
    pub(crate) coin: Option<SeenCoin>,
}

/// An effect at work, as everybody sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct SeenEffect {
    /// What it does.
    pub kind: EffectKind,
    /// Who took the coin.
    pub owner: Side,
    /// In how many ticks it wears off.
    pub ticks_left: u16,
}

impl SeenEffect {
    /// Whose paddle it changes.
    pub const fn target(self) -> Side {
        if self.kind.is_hostile() {
            self.owner.other()
        } else {
            self.owner
        }
    }
}

/// A coin on its way across the field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct SeenCoin {
    pub(crate) lane: i16,
    pub(crate) down: bool,
    /// Ticks since it appeared.
    pub(crate) age: u16,
}

impl SeenCoin {
    /// Horizontal position; it stays the same.
    pub const fn x(self) -> i16 {
        self.lane
    }

    /// Vertical position.
    pub const fn y(self) -> i16 {
        coin_y(self.age, self.down)
    }

    /// Vertical velocity.
    pub const fn vy(self) -> i16 {
        if self.down { COIN_SPEED } else { -COIN_SPEED }
    }

    /// In how many ticks it leaves the field.
    pub const fn ticks_left(self) -> u16 {
        COIN_CROSSING - self.age
    }
}

impl PublicState {
    pub(crate) fn of(state: &Snapshot) -> Self {
        let tick = state.tick;
        let coin = match state.coin {
            Some(Coin::Crossing { lane, down, since }) => Some(SeenCoin {
                lane,
                down,
                age: tick - since,
            }),
            _ => None,
        };
        let seen = |Effect { kind, owner, until }| SeenEffect {
            kind,
            owner,
            ticks_left: until - tick,
        };
        Self {
            tick,
            ball: state.ball,
            paddles: state.paddles,
            score: state.score,
            rally: state.rally,
            serve_in: state.serve_at.map_or(0, |due| (due - tick) as u8),
            receiver: state.receiver,
            ending: state.ending,
            effect: state.effect.map(seen),
            coin,
        }
    }

    /// The whole state as far as it shows, with a seed that is surely wrong.
    pub(crate) fn guess(&self, rules: Rules) -> Snapshot {
        let tick = self.tick;
        let effect = self.effect.map(
            |SeenEffect {
                 kind,
                 owner,
                 ticks_left,
             }| Effect {
                kind,
                owner,
                until: tick.saturating_add(ticks_left),
            },
        );
        let (coin, coins) = self.guess_coin(rules, effect);
        Snapshot {
            rules,
            seed: 0,
            tick,
            ball: self.ball,
            paddles: self.paddles,
            score: self.score,
            rally: self.rally,
            serve_at: (self.serve_in > 0).then(|| tick.saturating_add(self.serve_in.into())),
            receiver: self.receiver,
            ending: self.ending,
            effect,
            coin,
            coins,
        }
    }

    /// A coin that isn't seen is away, for how long nobody knows.
    fn guess_coin(&self, rules: Rules, effect: Option<Effect>) -> (Option<Coin>, u8) {
        if let Some(SeenCoin { lane, down, age }) = self.coin {
            return (
                Some(Coin::Crossing {
                    lane,
                    down,
                    since: self.tick.saturating_sub(age),
                }),
                1,
            );
        }
        if let Some(Effect { kind, until, .. }) = effect {
            let until = until.saturating_add(COIN_PAUSE - kind.ticks());
            return (Some(Coin::Away { until }), 1);
        }
        match FIRST_COIN {
            _ if !rules.cool_mode() => (None, 0),
            Coin::Away { until } if self.tick >= until => (
                Some(Coin::Away {
                    until: self.tick.saturating_add(COIN_PAUSE),
                }),
                1,
            ),
            first => (Some(first), 0),
        }
    }

    /// The state with the sides exchanged: so that a player on the right can be shown, or think, as
    /// if on the left.
    #[must_use]
    pub fn mirrored(self) -> Self {
        Self {
            ball: self.ball.mirrored(),
            paddles: self.paddles.swapped(),
            score: self.score.swapped(),
            receiver: self.receiver.other(),
            effect: self.effect.map(|effect| SeenEffect {
                owner: effect.owner.other(),
                ..effect
            }),
            coin: self.coin.map(|coin| SeenCoin {
                lane: -coin.lane,
                ..coin
            }),
            ..self
        }
    }

    /// How many ticks have been played.
    pub const fn tick(&self) -> u16 {
        self.tick
    }

    /// The ball.
    pub const fn ball(&self) -> Ball {
        self.ball
    }

    /// A side's paddle.
    pub fn paddle(&self, side: Side) -> Paddle {
        self.paddles[side]
    }

    /// The points.
    pub const fn score(&self) -> Sides<u8> {
        self.score
    }

    /// Hits since the serve.
    pub const fn rally(&self) -> u16 {
        self.rally
    }

    /// In how many ticks the ball is served; none while it is in play.
    pub const fn serve_in(&self) -> Option<u8> {
        if self.serve_in > 0 {
            Some(self.serve_in)
        } else {
            None
        }
    }

    /// Toward whom the ball was or will be served.
    pub const fn receiver(&self) -> Side {
        self.receiver
    }

    /// What ended the match, if it is over.
    pub const fn ending(&self) -> Option<Ending> {
        self.ending
    }

    /// The effect at work.
    pub const fn effect(&self) -> Option<SeenEffect> {
        self.effect
    }

    /// The coin that crosses the field.
    pub const fn coin(&self) -> Option<SeenCoin> {
        self.coin
    }

    /// Whether the time is up and the next point decides.
    pub const fn is_sudden_death(&self, rules: Rules) -> bool {
        self.ending.is_none() && self.tick >= rules.limit_ticks()
    }

    /// Half the length of a side's paddle; 0 when sudden death or a long rally has shrunk it to
    /// nothing, and the ball can't be returned any more.
    pub fn half_length(&self, rules: Rules, side: Side) -> i16 {
        half_length(rules, self.tick, self.rally, self.shaped(side))
    }

    /// How far a side's paddle reaches behind its front.
    pub fn thickness(&self, side: Side) -> i16 {
        thickness(self.shaped(side))
    }

    /// The speed that "down" drives a side's paddle to: halved when slowed, negative when reversed.
    pub fn drive(&self, rules: Rules, side: Side) -> i16 {
        drive(rules, self.shaped(side))
    }

    fn shaped(&self, side: Side) -> Option<EffectKind> {
        self.effect
            .filter(|effect| effect.target() == side)
            .map(|effect| effect.kind)
    }
}
