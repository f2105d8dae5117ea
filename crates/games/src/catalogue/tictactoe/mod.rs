//! Tic-tac-toe.

mod board;
mod computer;
mod series;

use kernel::AppError;
use serde_json::Value;

use super::game::{ComputerLevel, Game, GameInfo, is_ranked};
use super::options::{GameOption, OptionValues};
use super::play::{Computer, Play, SavedPlay, Strength, Tempo, VerifiedRecord};
use crate::Seat;
use crate::error::Error;
use computer::{PERFECT, TicTacToeComputer};
use series::Series;

/// Tic-tac-toe.
#[derive(Debug, Clone, Copy)]
pub(super) struct TicTacToe;

const OPTIONS: &[GameOption] = &[GameOption {
    name: "ranked",
    description: "Whether the match counts for the rating. A ranked match is two games, and each player begins one.",
    values: OptionValues::Flag { default: false },
}];

/// The levels of the computer.
const LEVELS: [(&str, u16); 4] = [
    ("easy", 300),
    ("medium", 650),
    ("hard", 900),
    ("perfect", PERFECT),
];

impl Game for TicTacToe {
    fn slug(&self) -> &'static str {
        "tictactoe"
    }

    fn tempo(&self) -> Tempo {
        Tempo::Turns
    }

    fn info(&self) -> GameInfo {
        let levels = LEVELS.map(|(name, skill)| ComputerLevel {
            name: name.to_owned(),
            skill,
        });
        GameInfo {
            title: "Tic-tac-toe",
            description: "Three in a row win. Players move in turn.",
            has_draws: true,
            levels: levels.into(),
        }
    }

    fn options(&self) -> &'static [GameOption] {
        OPTIONS
    }

    fn start(&self, options: &Value, _seed: u64) -> Result<Box<dyn Play>, AppError> {
        Ok(Box::new(Series::new(is_ranked(options))))
    }

    fn restore(&self, _options: &Value, saved: &SavedPlay) -> Result<Box<dyn Play>, AppError> {
        let series = Series::replay(&saved.record)
            .filter(|series| series.state_hash().to_le_bytes()[..] == saved.snapshot);
        Ok(Box::new(series.ok_or(Error::RecordDamaged)?))
    }

    fn computer(
        &self,
        _options: &Value,
        seat: Seat,
        strength: Strength,
        seed: u64,
    ) -> Result<Box<dyn Computer>, AppError> {
        let skill = strength.accuracy.map_or(strength.skill, |percent| {
            u16::from(percent) * (PERFECT / 100)
        });
        Ok(Box::new(TicTacToeComputer { seat, skill, seed }))
    }

    fn verify(&self, record: &[u8]) -> Result<VerifiedRecord, AppError> {
        let series = Series::verify(record).ok_or(Error::RecordDamaged)?;
        Ok(VerifiedRecord {
            score: series.score(),
            ticks: series.tick(),
            outcome: series.outcome(),
            hash: series.state_hash().into(),
        })
    }
}

#[cfg(test)]
mod tests {
    use contract::game_states::TicTacToeState;
    use serde_json::json;

    use super::*;
    use crate::catalogue::play::MoveError;
    use crate::{EndReason, MatchOutcome};

    fn start(ranked: bool) -> Box<dyn Play> {
        TicTacToe.start(&json!({"ranked": ranked}), 1).unwrap()
    }

    fn act(play: &mut dyn Play, position: usize) {
        let seat = play.turn().unwrap().seat;
        play.act(seat, &json!({"position": position})).unwrap();
    }

    fn act_all(play: &mut dyn Play, positions: &[usize]) {
        positions.iter().for_each(|position| act(play, *position));
    }

    #[test]
    fn adaptive_level_follows_wins_and_losses() {
        let levels: Vec<u16> = TicTacToe
            .info()
            .levels
            .iter()
            .map(|level| level.skill)
            .collect();
        let middle = levels.len() / 2;
        let after = |state, winner| {
            let outcome = MatchOutcome {
                winner,
                reason: EndReason::Board,
                score: [0, 0],
            };
            TicTacToe.adapt(state, &outcome, Seat::First)
        };
        let lost = after(None, Some(Seat::Second));
        assert_eq!(TicTacToe.adapted_skill(lost), levels[middle - 1]);
        assert_eq!(after(lost, None), lost);
        let mut best = lost;
        for _ in 0..levels.len() + 1 {
            best = after(best, Some(Seat::First));
        }
        assert_eq!(TicTacToe.adapted_skill(best), *levels.last().unwrap());
        assert_eq!(after(Some(0), Some(Seat::Second)), Some(0));
    }

    #[test]
    fn state_is_the_documented_one() {
        let mut play = start(true);
        for position in [4, 0, 1, 2, 7, 3, 5] {
            let documented: TicTacToeState = serde_json::from_value(play.state()).unwrap();
            assert_eq!(serde_json::to_value(documented).unwrap(), play.state());
            act(&mut *play, position);
        }
        assert!(play.state()["previous"].is_object());
    }

    #[test]
    fn three_in_a_row_win() {
        let mut play = start(false);
        act_all(&mut *play, &[0, 3, 1, 4, 2]);
        let expected = MatchOutcome {
            winner: Some(Seat::First),
            reason: EndReason::Board,
            score: [1, 0],
        };
        assert_eq!(play.outcome(), Some(expected));
        let state = play.state();
        assert_eq!(state["board"], "XXXOO____");
        assert_eq!(
            (&state["winner"], &state["line"]),
            (&json!("X"), &json!([0, 1, 2]))
        );
        assert_eq!(state["turn"], Value::Null);
    }

    #[test]
    fn full_board_is_a_draw() {
        let mut play = start(false);
        act_all(&mut *play, &[0, 1, 2, 4, 3, 5, 7, 6, 8]);
        let outcome = play.outcome().unwrap();
        assert_eq!((outcome.winner, outcome.score), (None, [0, 0]));
        assert_eq!(play.state()["winner"], "draw");
    }

    #[test]
    fn moves_out_of_turn_on_taken_cells_beside_the_board_and_after_the_end_are_refused() {
        let mut play = start(false);
        let put = |position: Value| json!({"position": position});
        assert_eq!(
            play.act(Seat::Second, &put(json!(0))),
            Err(MoveError::NotYourTurn)
        );
        for malformed in [json!(9), json!(-1), json!("1"), json!(1.5), json!(null)] {
            let refused = play.act(Seat::First, &put(malformed));
            assert_eq!(refused, Err(MoveError::Malformed("position")));
        }
        act(&mut *play, 0);
        let taken = play.act(Seat::Second, &put(json!(0)));
        assert!(matches!(taken, Err(MoveError::NotAllowed(_))));
        assert_eq!(play.tick(), 1);
        act_all(&mut *play, &[3, 1, 4, 2]);
        let after = play.act(Seat::Second, &put(json!(8)));
        assert!(matches!(after, Err(MoveError::NotAllowed(_))));
    }

    #[test]
    fn ranked_match_is_two_games_and_each_player_begins_one() {
        let mut play = start(true);
        act_all(&mut *play, &[0, 3, 1, 4, 2]);
        assert_eq!((play.outcome(), play.score()), (None, [1, 0]));
        assert_eq!(play.turn().unwrap().seat, Seat::Second);
        let between = play.state();
        assert_eq!(between["previous"]["board"], "XXXOO____");
        assert_eq!(
            (&between["game"], &between["board"]),
            (&json!(2), &json!("_________"))
        );
        act_all(&mut *play, &[0, 3, 1, 4, 2]);
        let outcome = play.outcome().unwrap();
        assert_eq!((outcome.winner, outcome.score), (None, [1, 1]));
    }

    #[test]
    fn saved_match_goes_on_and_its_record_verifies() {
        let mut play = start(true);
        let mut saved = SavedPlay::default();
        act_all(&mut *play, &[0, 3, 1]);
        play.save(&mut saved.record);
        act_all(&mut *play, &[4, 2, 8]);
        saved.snapshot = play.save(&mut saved.record);
        let mut restored = TicTacToe.restore(&json!({}), &saved).unwrap();
        assert_eq!(restored.state_hash(), play.state_hash());
        act(&mut *restored, 7);
        let record = restored.record();
        let verified = TicTacToe.verify(&record).unwrap();
        assert_eq!((verified.score, verified.ticks), ([1, 0], 7));
        assert_eq!(verified.outcome, None);
        for at in 0..record.len() {
            let mut flipped = record.clone();
            flipped[at] ^= 1;
            assert!(TicTacToe.verify(&flipped).is_err(), "byte {at}");
        }
    }

    #[test]
    fn computer_moves_where_it_may() {
        let mut play = start(false);
        let mut computers = Seat::BOTH.map(|seat| {
            TicTacToe
                .computer(&json!({}), seat, PERFECT.into(), 5)
                .unwrap()
        });
        while let Some(turn) = play.turn() {
            let choice = computers[turn.seat.index()].choose(&*play);
            play.act(turn.seat, &choice).unwrap();
        }
        assert_eq!(play.outcome().unwrap().winner, None);
    }
}
