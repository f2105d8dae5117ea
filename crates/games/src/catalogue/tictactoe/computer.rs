//! The computer of tic-tac-toe: perfect, or as often as its skill says.

use serde_json::{Value, json};

use super::board::Board;
use super::series::Series;
use crate::Seat;
use crate::catalogue::play::{Computer, Play};

/// The skill that never errs.
pub(super) const PERFECT: u16 = 1_000;

pub(super) struct TicTacToeComputer {
    pub(super) seat: Seat,
    pub(super) skill: u16,
    /// The state of its generator.
    pub(super) seed: u64,
}

impl TicTacToeComputer {
    fn random_below(&mut self, bound: usize) -> usize {
        self.seed = self
            .seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        // The upper bits are the better ones.
        let draw = usize::try_from(self.seed >> 33).unwrap_or_default();
        draw.checked_rem(bound).unwrap_or_default()
    }

    fn position(&mut self, board: Board) -> Option<usize> {
        let errs = self.random_below(usize::from(PERFECT)) >= usize::from(self.skill);
        let moves: Vec<usize> = if errs {
            board.free().collect()
        } else {
            best_moves(board, self.seat)
        };
        let choice = self.random_below(moves.len());
        moves.get(choice).copied()
    }
}

fn best_moves(board: Board, seat: Seat) -> Vec<usize> {
    // All first moves lead to a draw; knowing it saves most of the search.
    if board == Board::default() {
        return board.free().collect();
    }
    let value = |position| -board.with(position, seat).value(seat.other());
    let best = board.free().map(value).max();
    board
        .free()
        .filter(|position| Some(value(*position)) == best)
        .collect()
}

impl Computer for TicTacToeComputer {
    fn steer(&mut self, _play: &dyn Play) -> i8 {
        0
    }

    fn choose(&mut self, play: &dyn Play) -> Value {
        let mut seen = vec![];
        play.encode(&mut seen);
        let position = Series::decode_board(&seen).and_then(|board| self.position(board));
        json!({"position": position})
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn computer(seat: Seat, skill: u16, seed: u64) -> TicTacToeComputer {
        TicTacToeComputer { seat, skill, seed }
    }

    /// The winner of a game between two computers.
    fn winner(skills: [u16; 2], seed: u64) -> Option<Seat> {
        let mut board = Board::default();
        let mut players = [
            computer(Seat::First, skills[0], seed),
            computer(Seat::Second, skills[1], !seed),
        ];
        let mut seat = Seat::First;
        while board.line().is_none() && !board.is_full() {
            let position = players[seat.index()].position(board).unwrap();
            assert!(board.put(position, seat));
            seat = seat.other();
        }
        board.line().map(|(_, owner)| owner)
    }

    #[test]
    fn perfect_computer_never_loses_and_beats_a_beginner_mostly() {
        let results: Vec<_> = (0..200).map(|seed| winner([0, PERFECT], seed)).collect();
        assert!(!results.contains(&Some(Seat::First)));
        let won = results.iter().filter(|winner| winner.is_some()).count();
        assert!(won > 120, "{won}");
    }

    #[test]
    fn perfect_computers_draw() {
        assert!((0..30).all(|seed| winner([PERFECT, PERFECT], seed).is_none()));
    }

    #[test]
    fn weak_computer_can_be_beaten() {
        let lost = (0..200).filter(|seed| winner([PERFECT, 300], *seed) == Some(Seat::First));
        assert!(lost.count() > 60);
    }
}
