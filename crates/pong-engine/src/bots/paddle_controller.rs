//! Chooses the key that brings a bot's paddle to its target, between observations of the match.

use crate::field::HALF_HEIGHT;
use crate::game::drive_paddle;
use crate::input::Direction;
use crate::public::PublicState;
use crate::rules::Rules;
use crate::side::Side;
use crate::state::{Paddle, drive, half_length};

/// The paddle counts as arrived within this distance.
const TOLERANCE: i32 = 60;

/// Predicts a bot's own paddle from the keys it presses, and steers it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct PaddleController {
    rules: Rules,
    paddle: Paddle,
    /// Target speed of the paddle for the key "down"; negative while the controls are reversed.
    drive: i16,
    limit: i16,
    /// Ticks until the current effect on the paddle ends.
    effect_ticks: u16,
    tick: u16,
    rally: u16,
}

impl PaddleController {
    pub(super) fn new(rules: Rules) -> Self {
        Self {
            rules,
            paddle: Paddle::default(),
            drive: drive(rules, None),
            limit: HALF_HEIGHT - half_length(rules, 0, 0, None),
            effect_ticks: 0,
            tick: 0,
            rally: 0,
        }
    }

    /// Resets the prediction to the observed state of the left paddle.
    pub(super) fn observe(&mut self, seen: &PublicState) {
        let side = Side::Left;
        let effect = seen.effect().filter(|effect| effect.target() == side);
        self.paddle = seen.paddle(side);
        self.drive = seen.drive(self.rules, side);
        self.limit = HALF_HEIGHT - seen.half_length(self.rules, side);
        self.effect_ticks = effect.map_or(0, |effect| effect.ticks_left);
        self.tick = seen.tick();
        self.rally = seen.rally();
    }

    /// The key that moves the paddle toward the target.
    pub(super) fn press(&mut self, target: i16) -> Direction {
        let gap = i32::from(target) - self.resting_place();
        let distance = if gap.abs() <= TOLERANCE { 0 } else { gap };
        let key = Direction::along(distance * i32::from(self.drive));
        self.predict(key);
        key
    }

    /// Where the paddle would stop if the key were released now.
    fn resting_place(&self) -> i32 {
        let v = i32::from(self.paddle.v);
        let grip = i32::from(self.rules.speed().pace().grip);
        i32::from(self.paddle.y) + v * (v.abs() / grip) / 2
    }

    fn predict(&mut self, key: Direction) {
        let pace = self.rules.speed().pace();
        let speed = i16::from(i8::from(key)) * self.drive;
        self.paddle = drive_paddle(self.paddle, speed, pace.grip, self.limit);
        self.tick = self.tick.saturating_add(1);
        if self.effect_ticks > 0 {
            self.effect_ticks -= 1;
            if self.effect_ticks == 0 {
                self.drive = drive(self.rules, None);
                self.limit = HALF_HEIGHT - half_length(self.rules, self.tick, self.rally, None);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Effect, EffectKind, Inputs, Match, Speed};

    /// A match with an effect on the left paddle that ends in ten ticks.
    fn with_effect(speed: Speed, kind: Option<EffectKind>) -> Match {
        let rules = Rules::default().with_speed(speed).with_cool_mode(true);
        let mut state = Match::new(rules, 1).snapshot();
        state.tick = 2_000;
        state.serve_at = Some(2_060);
        state.coins = 1;
        let until = 2_010;
        state.effect = kind.map(|kind| Effect {
            kind,
            owner: if kind.is_hostile() {
                Side::Right
            } else {
                Side::Left
            },
            until,
        });
        let back = kind.map_or(500, |kind| 1_800 - kind.ticks());
        state.coin = Some(crate::Coin::Away {
            until: until + back,
        });
        Match::restore(&state).unwrap()
    }

    #[test]
    fn press_predicts_the_paddle_of_the_match() {
        let kinds = EffectKind::ALL.map(Some).into_iter().chain([None]);
        for (speed, kind) in Speed::ALL
            .into_iter()
            .flat_map(|speed| kinds.clone().map(move |kind| (speed, kind)))
        {
            let mut game = with_effect(speed, kind);
            let mut controller = PaddleController::new(game.rules());
            controller.observe(&game.public());
            for target in [9_000, -400, -9_900] {
                for _ in 0..70 {
                    let key = controller.press(target);
                    game.step(Inputs::new(key, Direction::Still));
                    assert_eq!(
                        controller.paddle,
                        game.public().paddle(Side::Left),
                        "{kind:?}"
                    );
                }
            }
        }
    }

    #[test]
    fn press_reaches_the_target_and_holds_it() {
        for speed in Speed::ALL {
            let mut controller = PaddleController::new(Rules::default().with_speed(speed));
            for target in [5_000, -3_333, -3_300, 8_000] {
                for _ in 0..80 {
                    controller.press(target);
                }
                let gap = i32::from(controller.paddle.y) - i32::from(target);
                assert!(gap.abs() <= 2 * TOLERANCE, "{speed:?}: {gap}");
                assert_eq!(controller.press(target), Direction::Still);
                assert_eq!(controller.paddle.v, 0);
            }
        }
    }
}
