//! How a match goes on from its journal, and what is shown of it until it does.

use contract::match_frames::{MatchPhase, TableView};
use kernel::{AppError, Timestamp};
use serde_json::Value;

use super::saving::SavedTable;
use crate::catalogue::{Game, Play, SavedPlay, Tempo};
use crate::frames::{InputAck, TickState, state_data};
use crate::port::TableSeat;
use crate::{SavedMatch, StoredMatch};

/// Ticks per second.
const TICK_RATE: u32 = 60;

/// The ticks a second, as clients are told.
pub(super) const fn tick_rate(tempo: Tempo) -> u32 {
    match tempo {
        Tempo::Ticks => TICK_RATE,
        Tempo::Turns => 0,
    }
}

/// The match as it was saved, or its beginning.
///
/// # Errors
/// The journal is damaged.
pub(super) fn restore(
    game: &dyn Game,
    options: &Value,
    seed: u64,
    head: Option<&SavedMatch>,
) -> Result<Box<dyn Play>, AppError> {
    let Some(head) = head else {
        return game.start(options, seed);
    };
    let saved = SavedPlay {
        snapshot: head.snapshot.clone(),
        record: head.record.clone(),
    };
    game.restore(options, &saved)
}

/// What somebody who waits for a node to run the match is told.
///
/// # Errors
/// The journal is damaged.
pub(crate) fn recovering_view(
    stored: &StoredMatch,
    head: Option<&SavedMatch>,
    game: &dyn Game,
    seat: TableSeat,
    now: Timestamp,
) -> Result<TableView, AppError> {
    let play = restore(game, &stored.options, stored.seed, head)?;
    let saved = head.and_then(|head| serde_json::from_str::<SavedTable>(&head.lifecycle).ok());
    let mut state = TickState::new(&*play, now, 0, stored.epoch);
    state.frozen = true;
    let seq = match (seat, head) {
        (TableSeat::Player(seat), Some(head)) => seat.of(head.seqs),
        _ => 0,
    };
    Ok(TableView {
        epoch: stored.epoch,
        tick_rate: tick_rate(play.tempo()),
        server_time: now,
        time_base: now,
        phase: MatchPhase::Recovering,
        score: play.score(),
        present: [false; 2],
        number: saved.map_or(0, |saved| saved.number),
        state: state_data(&state, InputAck { seq, lead: 0 })?,
    })
}
