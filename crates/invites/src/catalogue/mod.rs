//! The games that one can be invited to, and their options.

mod fields;

use contract::invites::{GameSpeed, PongOptions, TicTacToeOptions};
use kernel::AppError;
use serde_json::{Map, Value};

use crate::Error;
use crate::ports::GameCatalog;
use fields::Fields;

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

/// The options of a Pong match; what is left out is as usual.
///
/// # Errors
/// Names each option that is wrong.
pub fn pong(given: &Map<String, Value>) -> Result<PongOptions, AppError> {
    let usual = PongOptions::default();
    let mut fields = Fields::new(given);
    let options = PongOptions {
        game_speed: fields.choice("game_speed", SPEEDS, usual.game_speed),
        ranked: fields.flag("ranked", usual.ranked),
        cool_mode: fields.flag("cool_mode", usual.cool_mode),
        score_to_win: fields.number("score_to_win", 3..=20, usual.score_to_win),
        time_limit: fields.number("time_limit", 1..=5, usual.time_limit),
    };
    fields.finish()?;
    Ok(options)
}

/// The options of a match of tic-tac-toe; what is left out is as usual.
///
/// # Errors
/// Names each option that is wrong.
pub fn tic_tac_toe(given: &Map<String, Value>) -> Result<TicTacToeOptions, AppError> {
    let mut fields = Fields::new(given);
    let options = TicTacToeOptions {
        ranked: fields.flag("ranked", false),
    };
    fields.finish()?;
    Ok(options)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(game: &str, given: &Value) -> Result<Value, AppError> {
        BuiltinGames.check(game, given.as_object().unwrap())
    }

    fn wrong(given: &Value) -> Vec<String> {
        let error = check("pong", given).unwrap_err();
        assert!(error.is(Error::OptionsInvalid.code()));
        let fields = error.fields().iter();
        fields.map(|error| error.field.clone()).collect()
    }

    #[test]
    fn what_is_left_out_is_as_usual() {
        let usual = json!({
            "game_speed": "medium", "ranked": false, "cool_mode": false, "score_to_win": 11,
            "time_limit": 5
        });
        assert_eq!(check("pong", &json!({})).unwrap(), usual);
        let given = json!({
            "game_speed": "fast", "ranked": true, "cool_mode": true, "score_to_win": 7,
            "time_limit": 2
        });
        assert_eq!(check("pong", &given).unwrap(), given);
        assert_eq!(check("pong", &usual).unwrap(), usual, "again the same");
        assert_eq!(
            check("tictactoe", &json!({})).unwrap(),
            json!({"ranked": false})
        );
    }

    #[test]
    fn bounds_hold_to_the_edge() {
        for (name, low, high) in [("score_to_win", 3, 20), ("time_limit", 1, 5)] {
            for right in [low, high] {
                assert_eq!(check("pong", &json!({name: right})).unwrap()[name], right);
            }
            for odd in [
                json!(low - 1),
                json!(high + 1),
                json!(-3),
                json!(3.5),
                json!("3"),
                json!(null),
                json!(1e99),
            ] {
                assert_eq!(wrong(&json!({name: odd})), [format!("options.{name}")]);
            }
        }
    }

    #[test]
    fn each_wrong_option_is_named_and_its_value_never_told() {
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
        assert_eq!(wrong(&given), names.map(|name| format!("options.{name}")));
        let error = check("pong", &given).unwrap_err();
        let told = error.fields().iter().map(|error| &*error.problem);
        assert!(!told.collect::<String>().contains("ludicrous"));
    }

    #[test]
    fn only_games_of_the_house_are_known() {
        for name in ["", "Pong", "chess", "pong "] {
            let error = check(name, &json!({})).unwrap_err();
            assert!(error.is(Error::UnknownGame.code()));
        }
        assert!(check("tictactoe", &json!({"score_to_win": 3})).is_err());
    }
}
