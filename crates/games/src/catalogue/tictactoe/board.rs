//! The rules of tic-tac-toe.

use crate::Seat;

/// The lines of three, and their cells.
const LINES: [[usize; 3]; 8] = [
    [0, 1, 2],
    [3, 4, 5],
    [6, 7, 8],
    [0, 3, 6],
    [1, 4, 7],
    [2, 5, 8],
    [0, 4, 8],
    [2, 4, 6],
];

/// A board of nine cells, row by row.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Board {
    cells: [Option<Seat>; 9],
}

impl Board {
    pub(super) fn cells(&self) -> [Option<Seat>; 9] {
        self.cells
    }

    /// The positions that are free.
    pub(super) fn free(&self) -> impl Iterator<Item = usize> {
        let cells = self.cells;
        (0..9).filter(move |at| cells.get(*at) == Some(&None))
    }

    /// Puts a mark on a free cell. Returns whether it was free.
    pub(super) fn put(&mut self, position: usize, seat: Seat) -> bool {
        match self.cells.get_mut(position) {
            Some(cell @ None) => {
                *cell = Some(seat);
                true
            }
            _ => false,
        }
    }

    /// The board after a move.
    pub(super) fn with(mut self, position: usize, seat: Seat) -> Self {
        self.put(position, seat);
        self
    }

    pub(super) fn is_full(&self) -> bool {
        self.free().next().is_none()
    }

    /// The line of three that is complete, and whose it is.
    pub(super) fn line(&self) -> Option<([usize; 3], Seat)> {
        let cell = |at: usize| self.cells.get(at).copied().flatten();
        LINES.into_iter().find_map(|line| {
            let [first, second, third] = line.map(cell);
            let owner = first?;
            (second == first && third == first).then_some((line, owner))
        })
    }

    /// What best play leads to for the seat whose move it is: 1 a win, 0 a draw, -1 a loss.
    pub(super) fn value(self, mover: Seat) -> i8 {
        self.search(mover, -1, 1)
    }

    fn search(self, mover: Seat, mut low: i8, high: i8) -> i8 {
        if self.line().is_some() {
            return -1;
        }
        if self.is_full() {
            return 0;
        }
        for position in self.free() {
            let reply = self
                .with(position, mover)
                .search(mover.other(), -high, -low);
            low = low.max(-reply);
            if low >= high {
                break;
            }
        }
        low
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn board(text: &str) -> Board {
        let mut board = Board::default();
        for (at, mark) in text.chars().enumerate() {
            match mark {
                'X' => assert!(board.put(at, Seat::First)),
                'O' => assert!(board.put(at, Seat::Second)),
                _ => {}
            }
        }
        board
    }

    #[test]
    fn each_line_wins() {
        for line in LINES {
            let mut board = Board::default();
            assert!(line.into_iter().all(|at| board.put(at, Seat::Second)));
            assert_eq!(board.line(), Some((line, Seat::Second)));
        }
    }

    #[test]
    fn put_refuses_taken_cells_and_those_beside_the_board() {
        let mut board = Board::default();
        assert!(board.put(8, Seat::First));
        assert!(!board.put(8, Seat::Second));
        assert!(!board.put(9, Seat::Second));
    }

    #[test]
    fn full_board_without_a_line_is_a_draw() {
        let board = board("XOXXOOOXX");
        assert!(board.is_full() && board.line().is_none());
    }

    #[test]
    fn value_knows_wins_draws_and_losses() {
        assert_eq!(board("_________").value(Seat::First), 0);
        assert_eq!(board("XX_OO____").value(Seat::First), 1);
        assert_eq!(board("XX_OO____").value(Seat::Second), 1);
        assert_eq!(board("X_X_O___X").value(Seat::Second), -1);
    }
}
