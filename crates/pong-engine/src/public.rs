//! The public state of a match: what players, spectators and bots may see.

use crate::field::{COIN_CROSSING, COIN_SPEED};
use crate::game::{COIN_PAUSE, FIRST_COIN, coin_y};
use crate::rules::Rules;
use crate::side::{Side, Sides};
use crate::snapshot::Snapshot;
use crate::state::{Ball, Coin, Effect, EffectKind, Ending, Paddle, drive, half_length, thickness};

/// What players, spectators and bots may see of a match. Future serves and coins cannot be derived
/// from it.
///
/// It comes from [`Match::public`](crate::Match::public) or, in a client, from
/// [`PublicState::decode`]; all its values are within bounds.
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

/// The effect in force, as it is public.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct SeenEffect {
    /// Its kind.
    pub kind: EffectKind,
    /// Who took the coin.
    pub owner: Side,
    /// In how many ticks it ends.
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

/// A coin that crosses the field, as it is public.
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

    /// A complete state that agrees with this one; its seed is 0, whatever that of the match is.
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

    /// The coin, and how many have appeared. A coin that is not crossing is away; when it comes back is
    /// not public unless an effect shows when it was taken.
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

    /// The state with the sides exchanged, so that the right player is shown on the left.
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

    /// In how many ticks the ball is served; `None` while it is in play.
    pub const fn serve_in(&self) -> Option<u8> {
        if self.serve_in > 0 {
            Some(self.serve_in)
        } else {
            None
        }
    }

    /// The side toward which the ball was or will be served.
    pub const fn receiver(&self) -> Side {
        self.receiver
    }

    /// How the match ended, if it is over.
    pub const fn ending(&self) -> Option<Ending> {
        self.ending
    }

    /// The effect in force.
    pub const fn effect(&self) -> Option<SeenEffect> {
        self.effect
    }

    /// The coin, while it crosses the field.
    pub const fn coin(&self) -> Option<SeenCoin> {
        self.coin
    }

    /// Whether the match is in sudden death: the time is up and the next point decides.
    pub const fn is_sudden_death(&self, rules: Rules) -> bool {
        self.ending.is_none() && self.tick >= rules.limit_ticks()
    }

    /// Half the length of a side's paddle; 0 when sudden death or a long rally has shrunk it to
    /// nothing, and the ball cannot be returned any more.
    pub fn half_length(&self, rules: Rules, side: Side) -> i16 {
        half_length(rules, self.tick, self.rally, self.effect_on(side))
    }

    /// The thickness of a side's paddle, from its front backward.
    pub fn thickness(&self, side: Side) -> i16 {
        thickness(self.effect_on(side))
    }

    /// The speed that a side's paddle approaches while "down" is held: halved when slowed, negative when
    /// reversed.
    pub fn drive(&self, rules: Rules, side: Side) -> i16 {
        drive(rules, self.effect_on(side))
    }

    fn effect_on(&self, side: Side) -> Option<EffectKind> {
        self.effect
            .filter(|effect| effect.target() == side)
            .map(|effect| effect.kind)
    }
}
