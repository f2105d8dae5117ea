//! Seats and results in the words of the engine.

use pong_engine::{Ending, Inputs, Outcome, Side, Sides};

use crate::{EndReason, MatchOutcome, Seat};

pub(super) const fn side(seat: Seat) -> Side {
    match seat {
        Seat::First => Side::Left,
        Seat::Second => Side::Right,
    }
}

pub(super) const fn seat(side: Side) -> Seat {
    match side {
        Side::Left => Seat::First,
        Side::Right => Seat::Second,
    }
}

/// The directions of both seats: -1, 0 or 1.
pub(super) fn directions(inputs: Inputs) -> [i8; 2] {
    [inputs.left(), inputs.right()].map(i8::from)
}

pub(super) fn points(score: Sides<u8>) -> [u32; 2] {
    [score.left.into(), score.right.into()]
}

pub(super) fn outcome(outcome: Outcome) -> MatchOutcome {
    let reason = match outcome.ending {
        Ending::Score => EndReason::Score,
        Ending::Time => EndReason::Time,
        Ending::SuddenDeath => EndReason::SuddenDeath,
    };
    MatchOutcome {
        winner: Some(seat(outcome.winner)),
        reason,
        score: points(outcome.score),
    }
}

/// A result as the adaptive level takes it: by winner and score, however it came about.
pub(super) fn engine_outcome(outcome: &MatchOutcome) -> Option<Outcome> {
    let [left, right] = outcome.score.map(|points| u8::try_from(points).ok());
    Some(Outcome {
        winner: side(outcome.winner?),
        score: Sides {
            left: left?,
            right: right?,
        },
        ending: Ending::Score,
        ticks: 0,
    })
}
