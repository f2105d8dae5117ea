//! Pong, by `pong-engine`.

mod computer;
mod convert;
mod field_play;
#[cfg(test)]
mod tests;

use kernel::AppError;
use pong_engine::bots::{Adaptive, Bot, BotProfile, Level, Skill};
use pong_engine::{Match, Recorder, Replay, Rules, Snapshot, Speed};
use serde::Deserialize;
use serde_json::Value;

use super::game::{ComputerLevel, Game, GameInfo, PlayedState, TickSpan};
use super::options::{GameOption, OptionValues};
use super::play::{Computer, Play, SavedPlay, Strength, Tempo, VerifiedRecord};
use crate::error::Error;
use crate::{MatchOutcome, Seat};
use computer::PongComputer;
use convert::{directions, engine_outcome, outcome, points, side};
use field_play::PongPlay;

/// Pong.
#[derive(Debug, Clone, Copy)]
pub(super) struct PongGame;

const OPTIONS: &[GameOption] = &[
    GameOption {
        name: "game_speed",
        description: "The speed of the ball.",
        values: OptionValues::Choice {
            names: &["slow", "medium", "fast"],
            default: "medium",
        },
    },
    GameOption {
        name: "ranked",
        description: "Whether the match counts for the rating.",
        values: OptionValues::Flag { default: false },
    },
    GameOption {
        name: "cool_mode",
        description: "Whether cool mode, with coins and effects, is on.",
        values: OptionValues::Flag { default: false },
    },
    GameOption {
        name: "score_to_win",
        description: "The points needed to win.",
        values: OptionValues::Number {
            min: 3,
            max: 20,
            default: 5,
        },
    },
    GameOption {
        name: "time_limit",
        description: "The time limit in minutes.",
        values: OptionValues::Number {
            min: 1,
            max: 5,
            default: 5,
        },
    },
];

/// Options that were checked.
#[derive(Deserialize)]
struct CheckedOptions {
    game_speed: Speed,
    score_to_win: u8,
    time_limit: u8,
    cool_mode: bool,
}

impl Game for PongGame {
    fn slug(&self) -> &'static str {
        "pong"
    }

    fn tempo(&self) -> Tempo {
        Tempo::Ticks
    }

    fn info(&self) -> GameInfo {
        let levels = Level::ALL.into_iter().map(|level| ComputerLevel {
            name: level_name(level),
            skill: level.skill().get(),
        });
        GameInfo {
            title: "Pong",
            description: "Two paddles and a ball. Who reaches the score wins; when the time is up, who leads.",
            has_draws: false,
            levels: levels.collect(),
        }
    }

    fn options(&self) -> &'static [GameOption] {
        OPTIONS
    }

    fn start(&self, options: &Value, seed: u64) -> Result<Box<dyn Play>, AppError> {
        let recorder = Recorder::new(rules(options)?, seed, Vec::new());
        Ok(Box::new(PongPlay::recorded(recorder, 0)))
    }

    fn restore(&self, _options: &Value, saved: &SavedPlay) -> Result<Box<dyn Play>, AppError> {
        let snapshot = Snapshot::from_bytes(&saved.snapshot).map_err(damaged)?;
        let game = Match::restore(&snapshot).map_err(damaged)?;
        let recorder = Recorder::resume(game, saved.record.clone()).map_err(damaged)?;
        Ok(Box::new(PongPlay::recorded(recorder, saved.record.len())))
    }

    fn computer(
        &self,
        options: &Value,
        seat: Seat,
        strength: Strength,
        seed: u64,
    ) -> Result<Box<dyn Computer>, AppError> {
        let bot = Bot::new(rules(options)?, side(seat), profile(strength), seed);
        Ok(Box::new(PongComputer::new(bot)))
    }

    fn last_states(&self, record: &[u8], span: TickSpan) -> Result<Vec<PlayedState>, AppError> {
        let replay = Replay::parse(record).map_err(damaged)?;
        let end = replay.verify().map_err(damaged)?.tick();
        let first = u32::from(end).saturating_sub(span.ticks);
        let mut player = replay.player();
        let mut states: Vec<PlayedState> = vec![];
        while player.step().map_err(damaged)?.is_some() {
            let tick = u32::from(player.game().tick());
            if tick >= first && (tick - first).is_multiple_of(span.step) {
                let play = PongPlay::fork_of(player.game(), player.inputs());
                states.push((Box::new(play), directions(player.inputs())));
            }
        }
        Ok(states)
    }

    fn verify(&self, record: &[u8]) -> Result<VerifiedRecord, AppError> {
        let replay = Replay::parse(record).map_err(damaged)?;
        let game = replay.verify().map_err(damaged)?;
        Ok(VerifiedRecord {
            score: points(game.score()),
            ticks: game.tick().into(),
            outcome: game.outcome().map(outcome),
            hash: game.hash(),
        })
    }

    fn adapt(&self, state: Option<u32>, result: &MatchOutcome, human: Seat) -> Option<u32> {
        let mut adaptive = adaptive(state);
        adaptive.observe(&engine_outcome(result)?, side(human));
        Some(adaptive.to_bits())
    }

    fn adapted_skill(&self, state: Option<u32>) -> u16 {
        adaptive(state).skill().get()
    }
}

/// The name that the engine gives a level in JSON.
fn level_name(level: Level) -> String {
    match serde_json::to_value(level) {
        Ok(Value::String(name)) => name,
        _ => level.number().to_string(),
    }
}

fn adaptive(state: Option<u32>) -> Adaptive {
    state.and_then(Adaptive::from_bits).unwrap_or_default()
}

fn rules(options: &Value) -> Result<Rules, AppError> {
    let options = CheckedOptions::deserialize(options)?;
    let rules = Rules::default()
        .with_speed(options.game_speed)
        .with_cool_mode(options.cool_mode)
        .with_score_to_win(options.score_to_win)
        .and_then(|rules| rules.with_time_limit(options.time_limit));
    rules.map_err(AppError::internal)
}

fn profile(strength: Strength) -> BotProfile {
    let mut profile = BotProfile::of(Skill::new(strength.skill));
    if let Some(milliseconds) = strength.reaction_ms {
        profile = profile.with_reaction_ms(milliseconds);
    }
    if let Some(percent) = strength.accuracy {
        profile = profile.with_accuracy(percent);
    }
    profile
}

fn damaged(source: impl std::error::Error + Send + Sync + 'static) -> AppError {
    AppError::from(Error::RecordDamaged).with_source(source)
}
