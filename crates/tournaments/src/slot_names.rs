//! The names of slots, and how slots are stored.

use contract::tournaments::{BracketPart, SlotHow, SlotState};
use kernel::{AppError, Timestamp};

use crate::queries::slots::SlotRow;
use crate::rules::{
    Bracket, BracketSlot, Dispute, EntrantNumber, Occupant, PerSide, ResultKind, SlotFeed, SlotKey,
    SlotResult, SlotSide, SlotSource, SlotStatus, UnixMillis,
};

/// The part of a tournament as the API names it.
pub(crate) const fn part_of(bracket: Bracket) -> BracketPart {
    match bracket {
        Bracket::Upper => BracketPart::Upper,
        Bracket::Lower => BracketPart::Lower,
        Bracket::Final => BracketPart::Final,
        Bracket::ThirdPlace => BracketPart::ThirdPlace,
        Bracket::RoundRobin => BracketPart::RoundRobin,
        Bracket::PlayOff => BracketPart::PlayOff,
        Bracket::Swiss => BracketPart::Swiss,
    }
}

const fn bracket_of(part: BracketPart) -> Bracket {
    match part {
        BracketPart::Upper => Bracket::Upper,
        BracketPart::Lower => Bracket::Lower,
        BracketPart::Final => Bracket::Final,
        BracketPart::ThirdPlace => Bracket::ThirdPlace,
        BracketPart::RoundRobin => Bracket::RoundRobin,
        BracketPart::PlayOff => Bracket::PlayOff,
        BracketPart::Swiss => Bracket::Swiss,
    }
}

/// The state of a slot as the API names it.
pub(crate) const fn state_of(status: SlotStatus) -> SlotState {
    match status {
        SlotStatus::Unknown => SlotState::Unknown,
        SlotStatus::Waiting => SlotState::Waiting,
        SlotStatus::Called => SlotState::Called,
        SlotStatus::Live => SlotState::Live,
        SlotStatus::Done => SlotState::Done,
        SlotStatus::Walkover => SlotState::Walkover,
        SlotStatus::Void => SlotState::Void,
    }
}

const fn status_of(state: SlotState) -> SlotStatus {
    match state {
        SlotState::Unknown => SlotStatus::Unknown,
        SlotState::Waiting => SlotStatus::Waiting,
        SlotState::Called => SlotStatus::Called,
        SlotState::Live => SlotStatus::Live,
        SlotState::Done => SlotStatus::Done,
        SlotState::Walkover => SlotStatus::Walkover,
        SlotState::Void => SlotStatus::Void,
    }
}

/// How a slot was decided, as the API names it.
pub(crate) const fn how_of(kind: ResultKind) -> SlotHow {
    match kind {
        ResultKind::Played => SlotHow::Played,
        ResultKind::Forfeit => SlotHow::Forfeit,
        ResultKind::NoShow => SlotHow::NoShow,
        ResultKind::Removal => SlotHow::Removal,
        ResultKind::Bye => SlotHow::Bye,
        ResultKind::RequestedBye => SlotHow::RequestedBye,
        ResultKind::Awarded => SlotHow::Awarded,
        ResultKind::Judged => SlotHow::Judged,
    }
}

const fn kind_of(how: SlotHow) -> ResultKind {
    match how {
        SlotHow::Played => ResultKind::Played,
        SlotHow::Forfeit => ResultKind::Forfeit,
        SlotHow::NoShow => ResultKind::NoShow,
        SlotHow::Removal => ResultKind::Removal,
        SlotHow::Bye => ResultKind::Bye,
        SlotHow::RequestedBye => ResultKind::RequestedBye,
        SlotHow::Awarded => ResultKind::Awarded,
        SlotHow::Judged => ResultKind::Judged,
    }
}

/// The name of a slot, such as `upper-2-1`.
pub(crate) fn slot_name(key: SlotKey) -> String {
    let part = part_of(key.bracket).as_text();
    format!("{part}-{}-{}", key.round, key.position)
}

/// The slot of this name.
pub(crate) fn parse_slot_name(name: &str) -> Option<SlotKey> {
    let mut parts = name.rsplitn(3, '-');
    let position = parts.next()?.parse().ok()?;
    let round = parts.next()?.parse().ok()?;
    let part = BracketPart::from_text(parts.next()?).ok()?;
    Some(SlotKey::new(bracket_of(part), round, position))
}

/// A moment as the rules count it.
pub(crate) fn millis(at: Timestamp) -> UnixMillis {
    UnixMillis(at.millis())
}

/// A moment of the rules.
pub(crate) fn timestamp(at: UnixMillis) -> Timestamp {
    Timestamp::from_micros(at.0.saturating_mul(1_000))
}

/// A number of an entrant as the rules count it.
pub(crate) fn entrant_number(number: i32) -> EntrantNumber {
    EntrantNumber(number.unsigned_abs())
}

/// The stored number of an entrant.
pub(crate) fn stored_number(number: EntrantNumber) -> i32 {
    i32::try_from(number.0).unwrap_or(i32::MAX)
}

fn damaged() -> AppError {
    AppError::internal("a row holds a slot that cannot be read")
}

const fn side_name(side: SlotSide) -> &'static str {
    match side {
        SlotSide::A => "a",
        SlotSide::B => "b",
    }
}

fn parse_side(name: &str) -> Option<SlotSide> {
    SlotSide::BOTH
        .into_iter()
        .find(|side| side_name(*side) == name)
}

fn source_name(source: SlotSource) -> String {
    match source {
        SlotSource::Seed(seed) => format!("seed:{seed}"),
        SlotSource::Bye => "bye".to_owned(),
        SlotSource::WinnerOf(key) => format!("winner:{}", slot_name(key)),
        SlotSource::LoserOf(key) => format!("loser:{}", slot_name(key)),
        SlotSource::Paired => "paired".to_owned(),
    }
}

fn parse_source(name: &str) -> Option<SlotSource> {
    match name.split_once(':') {
        Some(("seed", seed)) => seed.parse().ok().map(SlotSource::Seed),
        Some(("winner", slot)) => parse_slot_name(slot).map(SlotSource::WinnerOf),
        Some(("loser", slot)) => parse_slot_name(slot).map(SlotSource::LoserOf),
        None if name == "bye" => Some(SlotSource::Bye),
        None if name == "paired" => Some(SlotSource::Paired),
        _ => None,
    }
}

fn feed_name(feed: SlotFeed) -> String {
    format!("{}:{}", slot_name(feed.slot), side_name(feed.side))
}

fn parse_feed(name: &str) -> Option<SlotFeed> {
    let (slot, side) = name.split_once(':')?;
    Some(SlotFeed {
        slot: parse_slot_name(slot)?,
        side: parse_side(side)?,
    })
}

/// The row of a slot, without its match.
pub(crate) fn into_row(
    tournament_id: contract::tournaments::TournamentId,
    slot: &BracketSlot,
) -> SlotRow {
    let occupant = |side: SlotSide| slot.occupants.get(side).entrant().map(stored_number);
    let score = slot.result.and_then(|result| result.score);
    let result = slot.result;
    SlotRow {
        tournament_id,
        bracket: part_of(slot.key.bracket).as_text().to_owned(),
        round: i32::from(slot.key.round),
        position: i32::from(slot.key.position),
        source_a: source_name(slot.sources.a),
        source_b: source_name(slot.sources.b),
        entrant_a: occupant(SlotSide::A),
        entrant_b: occupant(SlotSide::B),
        winner_to: slot.winner_to.map(feed_name),
        loser_to: slot.loser_to.map(feed_name),
        status: state_of(slot.status).as_text().to_owned(),
        winner: result
            .and_then(|result| result.winner)
            .map(|side| side_name(side).to_owned()),
        score_a: score.map(|score| i32::from(score.a)),
        score_b: score.map(|score| i32::from(score.b)),
        how: result.map(|result| how_of(result.how).as_text().to_owned()),
        due_at: slot.due.map(timestamp),
        ended_at: slot.ended_at.map(timestamp),
        match_id: None,
        disputed_by: slot.dispute.map(|dispute| stored_number(dispute.by)),
        dispute_until: slot.dispute.map(|dispute| timestamp(dispute.until)),
    }
}

/// The slot of a row.
pub(crate) fn from_row(row: &SlotRow) -> Result<BracketSlot, AppError> {
    let part = BracketPart::from_text(&row.bracket)?;
    let number = |n: i32| u16::try_from(n).map_err(|_| damaged());
    let key = SlotKey::new(bracket_of(part), number(row.round)?, number(row.position)?);
    let source = |name: &str| parse_source(name).ok_or_else(damaged);
    let sources = PerSide::new(source(&row.source_a)?, source(&row.source_b)?);
    let feed = |name: &Option<String>| match name {
        None => Ok(None),
        Some(name) => parse_feed(name).map(Some).ok_or_else(damaged),
    };
    let occupant = |number: Option<i32>| match number {
        None => Occupant::Unknown,
        Some(number) => Occupant::Entrant(entrant_number(number)),
    };
    let mut slot = BracketSlot::new(key, sources);
    slot.occupants = PerSide::new(occupant(row.entrant_a), occupant(row.entrant_b));
    slot.winner_to = feed(&row.winner_to)?;
    slot.loser_to = feed(&row.loser_to)?;
    slot.status = status_of(SlotState::from_text(&row.status)?);
    slot.result = result_of(row)?;
    slot.due = row.due_at.map(millis);
    slot.ended_at = row.ended_at.map(millis);
    slot.dispute = row
        .disputed_by
        .zip(row.dispute_until)
        .map(|(by, until)| Dispute {
            by: entrant_number(by),
            until: millis(until),
        });
    Ok(slot)
}

fn result_of(row: &SlotRow) -> Result<Option<SlotResult>, AppError> {
    let Some(how) = &row.how else {
        return Ok(None);
    };
    let winner = row.winner.as_deref().and_then(parse_side);
    let points = |score: Option<i32>| score.and_then(|score| u16::try_from(score).ok());
    let score = points(row.score_a).zip(points(row.score_b));
    Ok(Some(SlotResult {
        winner,
        score: score.map(|(a, b)| PerSide::new(a, b)),
        how: kind_of(SlotHow::from_text(how)?),
    }))
}

#[cfg(test)]
mod tests {
    use kernel::Env;

    use super::*;

    #[test]
    fn parse_slot_name_inverts_slot_name() {
        for bracket in [
            Bracket::Upper,
            Bracket::Lower,
            Bracket::Final,
            Bracket::ThirdPlace,
            Bracket::RoundRobin,
            Bracket::PlayOff,
            Bracket::Swiss,
        ] {
            let key = SlotKey::new(bracket, 12, 345);
            assert_eq!(parse_slot_name(&slot_name(key)), Some(key));
        }
        assert_eq!(slot_name(SlotKey::new(Bracket::Upper, 2, 1)), "upper-2-1");
        for bad in ["", "upper", "upper-1", "upper-1-x", "side-1-1", "upper--1"] {
            assert_eq!(parse_slot_name(bad), None, "{bad}");
        }
    }

    #[test]
    fn from_row_inverts_into_row() {
        let key = SlotKey::new(Bracket::Lower, 3, 2);
        let from = SlotKey::new(Bracket::Upper, 2, 1);
        let sources = PerSide::new(SlotSource::LoserOf(from), SlotSource::WinnerOf(key));
        let mut slot = BracketSlot::new(key, sources);
        slot.occupants.a = Occupant::Entrant(EntrantNumber(7));
        slot.winner_to = Some(SlotFeed {
            slot: from,
            side: SlotSide::B,
        });
        slot.status = SlotStatus::Done;
        slot.result = Some(SlotResult::played(SlotSide::A, 5, 3));
        slot.ended_at = Some(UnixMillis(1_700_000_000_123));
        slot.dispute = Some(Dispute {
            by: EntrantNumber(7),
            until: UnixMillis(1_700_000_600_123),
        });
        let row = into_row(Env::system().id(), &slot);
        assert_eq!(from_row(&row).unwrap(), slot);
    }
}
