//! How a match goes on from its journal, and what is shown of it until it does.

use std::collections::VecDeque;
use std::time::Duration;

use contract::match_frames::{MatchPhase, TableView};
use kernel::{AppError, Timestamp};
use serde_json::Value;

use super::receivers::{PastState, SPECTATOR_TICKS, can_be_watched, spectator_delay};
use super::saving::SavedTable;
use super::table_clock::{TICK, TableClock};
use crate::catalogue::{Game, Play, PlayedState, SavedPlay, Tempo, TickSpan};
use crate::frames::{InputAck, TickState, state_data};
use crate::port::TableSeat;
use crate::{ClaimedMatch, SavedMatch, StoredMatch};

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

/// What spectators are shown of a match from now on: a state, and later ones. A match that moves to this node while
/// it is played shows them what they have not seen yet, at the time at which they would have seen it.
pub(super) fn spectator_states(
    claimed: &ClaimedMatch,
    game: &dyn Game,
    play: &dyn Play,
    saved: Option<&SavedTable>,
    (clock, now): (TableClock, Duration),
) -> (PastState, VecDeque<PastState>) {
    let was_running = saved.is_some_and(|saved| saved.is_running) && can_be_watched(claimed.mode);
    if !was_running {
        let state = (play.fork(), [0; 2]);
        return (past_state(state, true, (clock, now)), VecDeque::new());
    }
    let saved_at = now.saturating_sub(claimed.ownerless);
    let played = unseen_states(claimed, game, play).into_iter();
    let played = played.map(|state| {
        let ticks = play.tick().saturating_sub(state.0.tick());
        past_state(state, false, (clock, saved_at.saturating_sub(TICK * ticks)))
    });
    let restored = past_state((play.fork(), [0; 2]), true, (clock, saved_at));
    let mut states: VecDeque<PastState> = played.collect();
    match states.pop_front() {
        Some(first) => {
            states.push_back(restored);
            (first, states)
        }
        None => (restored, states),
    }
}

/// The states of the time by which spectators see a match later, if the record can be played again.
fn unseen_states(claimed: &ClaimedMatch, game: &dyn Game, play: &dyn Play) -> Vec<PlayedState> {
    let ticks = spectator_delay(claimed.mode).as_nanos() / TICK.as_nanos();
    let span = TickSpan {
        ticks: u32::try_from(ticks).unwrap_or_default(),
        step: SPECTATOR_TICKS,
    };
    let states = game.last_states(&play.record(), span);
    states.unwrap_or_else(|error| {
        tracing::warn!(match_id = %claimed.id, ?error, "record of a match not played again");
        vec![]
    })
}

fn past_state(
    (play, directions): PlayedState,
    is_frozen: bool,
    (clock, at): (TableClock, Duration),
) -> PastState {
    let (server_time, elapsed_ms) = clock.at(at);
    PastState {
        at,
        play,
        server_time,
        elapsed_ms,
        directions,
        is_frozen,
    }
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
