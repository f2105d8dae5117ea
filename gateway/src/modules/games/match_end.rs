//! What a socket of a match that is over is sent.

use contract::match_frames::{MatchFinished, MatchPhase, SeatName, TableView};
use contract::matches::{GameMatch, MatchState};
use kernel::Timestamp;
use serde_json::Value;

/// The match as of its end, and its result if it has one.
pub(super) fn end_of(about: &GameMatch, now: Timestamp) -> (TableView, Option<MatchFinished>) {
    let score = score(about);
    let is_finished = about.state == MatchState::Finished;
    let phase = if is_finished {
        MatchPhase::Finished
    } else {
        MatchPhase::Canceled
    };
    let table = TableView {
        epoch: 0,
        tick_rate: 0,
        server_time: now,
        time_base: about.started_at.unwrap_or(about.created_at),
        phase,
        score,
        present: [false; 2],
        number: 0,
        state: Value::Null,
    };
    (table, is_finished.then(|| result_of(about, score)))
}

fn result_of(about: &GameMatch, score: [u32; 2]) -> MatchFinished {
    let reason = about
        .reason
        .and_then(|reason| serde_json::to_value(reason).ok());
    let reason = reason.as_ref().and_then(|reason| reason.as_str());
    MatchFinished {
        number: 0,
        winner: about.winner.map(|winner| match winner {
            0 => SeatName::First,
            _ => SeatName::Second,
        }),
        reason: reason.unwrap_or_default().to_owned(),
        score,
        rating_change: rating_change(about),
        replay: about
            .has_replay
            .then(|| format!("/api/v1/matches/{}/replay/", about.id)),
    }
}

/// How the ratings of both seats changed, if the match changed them.
fn rating_change(about: &GameMatch) -> Option<[i32; 2]> {
    let mut changes = about.players.iter().map(|player| {
        let rating = player.rating?;
        Some(rating.after - rating.before)
    });
    Some([changes.next()??, changes.next()??])
}

fn score(about: &GameMatch) -> [u32; 2] {
    let of = |at: usize| {
        let player = about.players.get(at);
        player.map_or(0, |player| u32::try_from(player.score).unwrap_or_default())
    };
    [of(0), of(1)]
}
