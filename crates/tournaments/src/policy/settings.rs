//! The settings of a tournament, and what they mean to the rules.

use contract::tournaments::{CreateTournament, TournamentFormat, TournamentSeeding};
use serde::{Deserialize, Serialize};

use crate::rules::Format;

/// The settings that no query asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Settings {
    pub(crate) start_when_full: bool,
    pub(crate) seeding: TournamentSeeding,
    pub(crate) third_place: bool,
    pub(crate) legs: u8,
    pub(crate) play_off: bool,
    pub(crate) rounds: Option<u32>,
    pub(crate) check_in_minutes: i32,
    /// The order of the seeds, if it was set by hand.
    pub(crate) seed_order: Vec<i32>,
}

/// For how long entrants check in if nothing else is asked for.
const DEFAULT_CHECK_IN_MINUTES: i32 = 15;

impl Settings {
    pub(crate) fn of(wanted: &CreateTournament) -> Self {
        Self {
            start_when_full: wanted.start_when_full,
            seeding: wanted.seeding,
            third_place: wanted.third_place,
            legs: wanted.legs,
            play_off: wanted.play_off,
            rounds: wanted.rounds,
            check_in_minutes: wanted.check_in_minutes.unwrap_or(DEFAULT_CHECK_IN_MINUTES),
            seed_order: vec![],
        }
    }

    /// The format for so many entrants.
    pub(crate) fn format(&self, format: TournamentFormat, entrants: usize) -> Format {
        match format {
            TournamentFormat::SingleElimination => Format::SingleElimination {
                third_place: self.third_place,
            },
            TournamentFormat::DoubleElimination => Format::DoubleElimination,
            TournamentFormat::RoundRobin => Format::RoundRobin {
                double: self.legs == 2,
                play_off: self.play_off,
            },
            TournamentFormat::Swiss => Format::Swiss {
                rounds: self.swiss_rounds(entrants),
            },
        }
    }

    /// The wanted number of rounds, but fewer than there are entrants.
    fn swiss_rounds(&self, entrants: usize) -> u16 {
        let wanted = self.rounds.and_then(|rounds| u16::try_from(rounds).ok());
        let most = u16::try_from(entrants.saturating_sub(1)).unwrap_or(u16::MAX);
        wanted
            .unwrap_or_else(|| Format::default_swiss_rounds(entrants))
            .min(most)
    }
}
