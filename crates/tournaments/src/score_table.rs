//! The table of round robin and Swiss.

use contract::tournaments::{TieBreakValue, TournamentTableRow};
use kernel::AppError;

use crate::queries::entrants::EntrantRow;
use crate::queries::slots::SlotRow;
use crate::queries::tournaments::TournamentRow;
use crate::rules::{Format, ScoreRow, Timing};
use crate::running::RunningTournament;
use crate::slot_names::stored_number;

/// The table of a tournament; none in elimination and before the start.
pub(crate) fn score_table(
    row: &TournamentRow,
    entrants: &[EntrantRow],
    slots: &[SlotRow],
) -> Result<Vec<TournamentTableRow>, AppError> {
    if slots.is_empty() {
        return Ok(vec![]);
    }
    let running = RunningTournament::restore(row, Timing::default(), entrants.to_vec(), slots)?;
    let format = running.competition.format();
    let table = running.competition.table();
    Ok(table.iter().map(|row| table_row(format, row)).collect())
}

fn table_row(format: Format, row: &ScoreRow) -> TournamentTableRow {
    let doubled = |value: u16| f64::from(value) / 2.0;
    let buchholz_cut_1 = ("buchholz_cut_1", doubled(row.buchholz_cut_1));
    let buchholz = ("buchholz", doubled(row.buchholz));
    let sonneborn_berger = ("sonneborn_berger", f64::from(row.sonneborn_berger) / 4.0);
    let wins = ("wins", f64::from(row.wins));
    let difference = ("point_difference", f64::from(row.difference));
    let values = match format {
        Format::Swiss { .. } => vec![buchholz_cut_1, buchholz, sonneborn_berger, wins, difference],
        _ => vec![sonneborn_berger, difference, wins],
    };
    let tie_breaks = values.into_iter().map(|(name, value)| TieBreakValue {
        name: name.to_owned(),
        value,
    });
    TournamentTableRow {
        number: stored_number(row.placing.entrant),
        place: i32::from(row.placing.from),
        points: doubled(row.half_points),
        tie_breaks: tie_breaks.collect(),
    }
}
