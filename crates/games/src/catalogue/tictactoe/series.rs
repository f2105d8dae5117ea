//! A match of tic-tac-toe: one game or, where it is ranked, two, so that each player begins one.

use std::time::Duration;

use serde::Serialize;
use serde_json::Value;

use super::board::Board;
use crate::catalogue::play::{MoveError, Play, StepEvents, Tempo, Turn};
use crate::{EndReason, MatchOutcome, PointScored, Seat};

/// What a record begins with.
const MAGIC: [u8; 4] = *b"TTT\x01";
/// The byte after the last move.
const END: u8 = 0xFF;
/// The length of the hash after it.
const HASH_BYTES: usize = 4;
const MOVE_LIMIT: Duration = Duration::from_secs(20);
const RANKED_MOVE_LIMIT: Duration = Duration::from_secs(12);

#[derive(Debug, Clone)]
pub(super) struct Series {
    /// One or two.
    games: u8,
    /// The games that are over.
    finished: u8,
    board: Board,
    /// The last board of the game before.
    previous: Option<Board>,
    turn: Option<Seat>,
    /// Games won.
    score: [u32; 2],
    /// The positions of all moves.
    moves: Vec<u8>,
    /// The length of the record that was saved.
    saved: usize,
}

/// The state on the wire.
#[derive(Serialize)]
struct SeriesView<'a> {
    board: &'a str,
    turn: Option<&'static str>,
    winner: Option<&'static str>,
    line: Option<[usize; 3]>,
    game: u8,
    games: u8,
    score: [u32; 2],
    previous: Option<PreviousGameView>,
}

/// The game before, as it ended.
#[derive(Serialize)]
struct PreviousGameView {
    board: String,
    winner: &'static str,
    line: Option<[usize; 3]>,
}

impl Series {
    pub(super) fn new(ranked: bool) -> Self {
        Self {
            games: if ranked { 2 } else { 1 },
            finished: 0,
            board: Board::default(),
            previous: None,
            turn: Some(Seat::First),
            score: [0, 0],
            moves: vec![],
            saved: 0,
        }
    }

    /// Reads a record without its end.
    pub(super) fn replay(record: &[u8]) -> Option<Self> {
        let (games, moves) = record.strip_prefix(&MAGIC)?.split_first()?;
        if !(1..=2).contains(games) {
            return None;
        }
        let mut series = Self::new(*games == 2);
        for position in moves {
            let seat = series.turn?;
            series.play(seat, (*position).into()).ok()?;
        }
        series.saved = record.len();
        Some(series)
    }

    /// Reads a whole record.
    pub(super) fn verify(record: &[u8]) -> Option<Self> {
        let (body, hash) = record.split_last_chunk::<HASH_BYTES>()?;
        let series = Self::replay(body.strip_suffix(&[END])?)?;
        (series.state_hash().to_le_bytes() == *hash).then_some(series)
    }

    /// The board of the binary form.
    pub(super) fn decode_board(encoded: &[u8]) -> Option<Board> {
        let mut board = Board::default();
        for (at, cell) in encoded.get(5..14)?.iter().enumerate() {
            match cell {
                1 => board.put(at, Seat::First),
                2 => board.put(at, Seat::Second),
                _ => continue,
            };
        }
        Some(board)
    }

    fn play(&mut self, seat: Seat, position: usize) -> Result<StepEvents, MoveError> {
        match self.turn {
            None => return Err(MoveError::NotAllowed("The match is over.")),
            Some(turn) if turn != seat => return Err(MoveError::NotYourTurn),
            Some(_) => {}
        }
        if !self.board.put(position, seat) {
            return Err(MoveError::NotAllowed("This cell is taken."));
        }
        self.moves.push(u8::try_from(position).unwrap_or(END));
        self.turn = Some(seat.other());
        Ok(self.end_game())
    }

    /// Counts a game that is over, and begins the next one.
    fn end_game(&mut self) -> StepEvents {
        let line = self.board.line();
        let mut events = StepEvents {
            unpredictable: true,
            ..StepEvents::default()
        };
        if line.is_none() && !self.board.is_full() {
            return events;
        }
        if let Some((_, owner)) = line {
            events.point = Some(PointScored {
                tick: self.tick(),
                seat: owner,
                rally: 0,
            });
            if let Some(won) = self.score.get_mut(owner.index()) {
                *won += 1;
            }
        }
        self.finished += 1;
        if self.finished < self.games {
            self.previous = Some(std::mem::take(&mut self.board));
            self.turn = Some(Seat::Second);
        } else {
            self.turn = None;
        }
        events
    }

    fn body(&self) -> Vec<u8> {
        [&MAGIC[..], &[self.games], &self.moves].concat()
    }

    fn is_over(&self) -> bool {
        self.turn.is_none()
    }
}

const fn mark(seat: Seat) -> &'static str {
    match seat {
        Seat::First => "X",
        Seat::Second => "O",
    }
}

fn text(board: &Board) -> String {
    let cells = board.cells().into_iter();
    cells.map(|cell| cell.map_or("_", mark)).collect()
}

fn winner(board: &Board) -> &'static str {
    board.line().map_or("draw", |(_, owner)| mark(owner))
}

impl Play for Series {
    fn tempo(&self) -> Tempo {
        Tempo::Turns
    }

    fn tick(&self) -> u32 {
        u32::try_from(self.moves.len()).unwrap_or(u32::MAX)
    }

    fn turn(&self) -> Option<Turn> {
        let limit = if self.games == 2 && !self.moves.is_empty() {
            RANKED_MOVE_LIMIT
        } else {
            MOVE_LIMIT
        };
        self.turn.map(|seat| Turn { seat, limit })
    }

    fn act(&mut self, seat: Seat, data: &Value) -> Result<StepEvents, MoveError> {
        let position = data.get("position").and_then(Value::as_u64);
        let position = position
            .and_then(|position| usize::try_from(position).ok())
            .filter(|position| *position < 9)
            .ok_or(MoveError::Malformed("position"))?;
        self.play(seat, position)
    }

    fn steer(&mut self, _seat: Seat, _direction: i8) {}

    fn step(&mut self) -> StepEvents {
        StepEvents::default()
    }

    fn fork(&self) -> Box<dyn Play> {
        Box::new(self.clone())
    }

    fn write_state(&self, out: &mut Vec<u8>) {
        let board = text(&self.board);
        let view = SeriesView {
            board: &board,
            turn: self.turn.map(mark),
            winner: self.is_over().then(|| winner(&self.board)),
            line: self.board.line().map(|(line, _)| line),
            game: (self.finished + 1).min(self.games),
            games: self.games,
            score: self.score,
            previous: self.previous.as_ref().map(|board| PreviousGameView {
                board: text(board),
                winner: winner(board),
                line: board.line().map(|(line, _)| line),
            }),
        };
        // Writing to a vector cannot fail, and the state has string keys only.
        let _ = serde_json::to_writer(out, &view);
    }

    fn encode(&self, out: &mut Vec<u8>) {
        let seat =
            |seat: Option<Seat>| seat.map_or(0, |seat| if seat == Seat::First { 1 } else { 2 });
        let count = |number: u32| u8::try_from(number).unwrap_or(u8::MAX);
        let [first, second] = self.score.map(count);
        out.extend([
            count(self.tick()),
            self.finished,
            seat(self.turn),
            first,
            second,
        ]);
        out.extend(self.board.cells().map(seat));
    }

    /// FNV-1a over the binary form.
    fn state_hash(&self) -> u32 {
        let mut encoded = vec![self.games];
        self.encode(&mut encoded);
        encoded.extend(&self.moves);
        encoded.into_iter().fold(0x811C_9DC5, |hash, byte| {
            (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
        })
    }

    fn is_between_points(&self) -> bool {
        true
    }

    fn has_begun(&self) -> bool {
        self.moves.len() >= 2
    }

    fn score(&self) -> [u32; 2] {
        self.score
    }

    fn save(&mut self, record: &mut Vec<u8>) -> Vec<u8> {
        let body = self.body();
        record.extend_from_slice(body.get(self.saved..).unwrap_or_default());
        self.saved = body.len();
        self.state_hash().to_le_bytes().to_vec()
    }

    fn record(&self) -> Vec<u8> {
        let mut record = self.body();
        record.push(END);
        record.extend(self.state_hash().to_le_bytes());
        record
    }

    fn outcome(&self) -> Option<MatchOutcome> {
        let [first, second] = self.score;
        let winner = match first.cmp(&second) {
            std::cmp::Ordering::Greater => Some(Seat::First),
            std::cmp::Ordering::Less => Some(Seat::Second),
            std::cmp::Ordering::Equal => None,
        };
        self.is_over().then_some(MatchOutcome {
            winner,
            reason: EndReason::Board,
            score: self.score,
        })
    }
}
