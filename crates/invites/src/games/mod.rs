//! The games and their options.

mod option_reader;

use contract::invites::{GameSpeed, PongOptions, TicTacToeOptions};
use kernel::AppError;
use serde_json::{Map, Value};

use crate::Error;
use crate::ports::GameCatalog;
use option_reader::OptionReader;

/// Pong and tic-tac-toe.
#[derive(Debug, Clone, Copy, Default)]
pub struct BuiltinGames;

const SPEEDS: &[(&str, GameSpeed)] = &[
    ("slow", GameSpeed::Slow),
    ("medium", GameSpeed::Medium),
    ("fast", GameSpeed::Fast),
];

impl GameCatalog for BuiltinGames {
    fn check(&self, game: &str, given: &Map<String, Value>) -> Result<Value, AppError> {
        match game {
            "pong" => Ok(serde_json::to_value(pong(given)?)?),
            "tictactoe" => Ok(serde_json::to_value(tic_tac_toe(given)?)?),
            _ => Err(Error::UnknownGame.on_field("game")),
        }
    }
}

/// Reads the options of a Pong match. Options that are left out get their defaults.
///
/// # Errors
/// `invites.options_invalid` with each option that is not valid.
pub fn pong(given: &Map<String, Value>) -> Result<PongOptions, AppError> {
    let defaults = PongOptions::default();
    let mut reader = OptionReader::new(given);
    let options = PongOptions {
        game_speed: reader.choice("game_speed", SPEEDS, defaults.game_speed),
        ranked: reader.flag("ranked", defaults.ranked),
        cool_mode: reader.flag("cool_mode", defaults.cool_mode),
        score_to_win: reader.number("score_to_win", 3..=20, defaults.score_to_win),
        time_limit: reader.number("time_limit", 1..=5, defaults.time_limit),
    };
    reader.finish()?;
    Ok(options)
}

/// Reads the options of a match of tic-tac-toe. Options that are left out get their defaults.
///
/// # Errors
/// `invites.options_invalid` with each option that is not valid.
pub fn tic_tac_toe(given: &Map<String, Value>) -> Result<TicTacToeOptions, AppError> {
    let mut reader = OptionReader::new(given);
    let options = TicTacToeOptions {
        ranked: reader.flag("ranked", false),
    };
    reader.finish()?;
    Ok(options)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(game: &str, given: &Value) -> Result<Value, AppError> {
        BuiltinGames.check(game, given.as_object().unwrap())
    }

    fn invalid_fields(given: &Value) -> Vec<String> {
        let error = check("pong", given).unwrap_err();
        assert!(error.is(Error::OptionsInvalid.code()));
        let fields = error.fields().iter();
        fields.map(|error| error.field.clone()).collect()
    }

    #[test]
    fn check_fills_in_defaults() {
        let defaults = json!({
            "game_speed": "medium", "ranked": false, "cool_mode": false, "score_to_win": 11,
            "time_limit": 5
        });
        assert_eq!(check("pong", &json!({})).unwrap(), defaults);
        let given = json!({
            "game_speed": "fast", "ranked": true, "cool_mode": true, "score_to_win": 7,
            "time_limit": 2
        });
        assert_eq!(check("pong", &given).unwrap(), given);
        assert_eq!(
            check("pong", &defaults).unwrap(),
            defaults,
            "checking the result again"
        );
        assert_eq!(
            check("tictactoe", &json!({})).unwrap(),
            json!({"ranked": false})
        );
    }

    #[test]
    fn check_accepts_bounds_and_refuses_values_beyond_them() {
        for (name, low, high) in [("score_to_win", 3, 20), ("time_limit", 1, 5)] {
            for valid in [low, high] {
                assert_eq!(check("pong", &json!({name: valid})).unwrap()[name], valid);
            }
            for invalid in [
                json!(low - 1),
                json!(high + 1),
                json!(-3),
                json!(3.5),
                json!("3"),
                json!(null),
                json!(1e99),
            ] {
                assert_eq!(
                    invalid_fields(&json!({name: invalid})),
                    [format!("options.{name}")]
                );
            }
        }
    }

    #[test]
    fn check_names_each_invalid_option_without_its_value() {
        let given = json!({
            "game_speed": "ludicrous", "ranked": "yes", "cool_mode": 1, "score_to_win": 99,
            "time_limit": [], "secret": true
        });
        let names = [
            "game_speed",
            "ranked",
            "cool_mode",
            "score_to_win",
            "time_limit",
            "secret",
        ];
        assert_eq!(
            invalid_fields(&given),
            names.map(|name| format!("options.{name}"))
        );
        let error = check("pong", &given).unwrap_err();
        let problems = error.fields().iter().map(|error| &*error.problem);
        assert!(!problems.collect::<String>().contains("ludicrous"));
    }

    #[test]
    fn check_refuses_unknown_games() {
        for name in ["", "Pong", "chess", "pong "] {
            let error = check(name, &json!({})).unwrap_err();
            assert!(error.is(Error::UnknownGame.code()));
        }
        assert!(check("tictactoe", &json!({"score_to_win": 3})).is_err());
    }
}
