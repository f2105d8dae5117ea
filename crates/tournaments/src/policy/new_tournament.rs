//! What tournaments may be called and set to.

use std::time::Duration;

use contract::tournaments::{
    CreateTournament, MAX_TOURNAMENT_DESCRIPTION_LEN, TOURNAMENT_NAME_LEN, TournamentFormat,
};
use kernel::{AppError, Timestamp};

use super::settings::Settings;
use super::text::{compose, is_name, is_prose, length};
use crate::Error;
use crate::rules::{Format, MAX_SWISS_ROUNDS, MIN_SWISS_ROUNDS};

/// How far ahead a tournament may start.
const MAX_AHEAD: Duration = Duration::from_secs(366 * 24 * 60 * 60);
const MAX_CHECK_IN_MINUTES: i32 = 120;

/// The valid parts of a new tournament.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NewTournament {
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) settings: Settings,
}

impl NewTournament {
    /// Checks texts and settings, and reports all problems at once.
    pub(crate) fn parse(wanted: &CreateTournament, now: Timestamp) -> Result<Self, AppError> {
        let settings = Settings::of(wanted);
        let checks = [
            parse_name(&wanted.name).map(drop),
            parse_description(&wanted.description).map(drop),
            check_capacity(wanted.format, wanted.capacity),
            check_start(wanted.starts_at, now),
            check_settings(wanted.format, &settings),
        ];
        together(checks)?;
        Ok(Self {
            name: parse_name(&wanted.name)?,
            description: parse_description(&wanted.description)?,
            settings,
        })
    }
}

/// All errors of the checks as one.
pub(crate) fn together<const N: usize>(checks: [Result<(), AppError>; N]) -> Result<(), AppError> {
    let errors: Vec<AppError> = checks.into_iter().filter_map(Result::err).collect();
    if errors.is_empty() {
        return Ok(());
    }
    Err(AppError::together(errors))
}

pub(crate) fn parse_name(given: &str) -> Result<String, AppError> {
    let name = compose(given);
    if TOURNAMENT_NAME_LEN.contains(&length(&name)) && is_name(&name) {
        return Ok(name);
    }
    Err(Error::NameInvalid.on_field("name"))
}

pub(crate) fn parse_description(given: &str) -> Result<String, AppError> {
    let description = compose(given);
    if length(&description) <= MAX_TOURNAMENT_DESCRIPTION_LEN && is_prose(&description) {
        return Ok(description);
    }
    Err(Error::DescriptionInvalid.on_field("description"))
}

fn invalid(field: &'static str, problem: impl Into<String>) -> AppError {
    AppError::from(Error::SettingsInvalid).on_field(field, problem)
}

/// The least and the greatest number of entrants of a format.
fn limits(format: TournamentFormat) -> (usize, usize) {
    let format = match format {
        TournamentFormat::SingleElimination => Format::SingleElimination { third_place: false },
        TournamentFormat::DoubleElimination => Format::DoubleElimination,
        TournamentFormat::RoundRobin => Format::RoundRobin {
            double: false,
            play_off: false,
        },
        TournamentFormat::Swiss => Format::Swiss {
            rounds: MIN_SWISS_ROUNDS,
        },
    };
    format.entrant_limits()
}

pub(crate) fn check_capacity(format: TournamentFormat, capacity: i32) -> Result<(), AppError> {
    let (min, max) = limits(format);
    let is_possible = usize::try_from(capacity).is_ok_and(|n| (min..=max).contains(&n));
    if is_possible {
        return Ok(());
    }
    Err(invalid(
        "capacity",
        format!("must be {min} to {max} in this format"),
    ))
}

pub(crate) fn check_start(starts_at: Option<Timestamp>, now: Timestamp) -> Result<(), AppError> {
    match starts_at {
        Some(at) if at <= now => Err(invalid("starts_at", "must be in the future")),
        Some(at) if at > now + MAX_AHEAD => Err(invalid("starts_at", "must be within a year")),
        _ => Ok(()),
    }
}

pub(crate) fn check_settings(
    format: TournamentFormat,
    settings: &Settings,
) -> Result<(), AppError> {
    let rounds = u32::from(MIN_SWISS_ROUNDS)..=u32::from(MAX_SWISS_ROUNDS);
    let is_swiss = format == TournamentFormat::Swiss;
    let problems = [
        (
            settings
                .rounds
                .is_some_and(|n| !is_swiss || !rounds.contains(&n)),
            ("rounds", "must be 3 to 15, and only in Swiss"),
        ),
        (
            !(1..=2).contains(&settings.legs)
                || (settings.legs == 2 && format != TournamentFormat::RoundRobin),
            ("legs", "must be 1, or 2 in round robin"),
        ),
        (
            settings.third_place && format != TournamentFormat::SingleElimination,
            ("third_place", "is only possible in single elimination"),
        ),
        (
            settings.play_off && format != TournamentFormat::RoundRobin,
            ("play_off", "is only possible in round robin"),
        ),
        (
            !(0..=MAX_CHECK_IN_MINUTES).contains(&settings.check_in_minutes),
            ("check_in_minutes", "must be 0 to 120"),
        ),
    ];
    let found = problems.into_iter().filter(|(is_wrong, _)| *is_wrong);
    let errors: Vec<AppError> = found
        .map(|(_, (field, problem))| invalid(field, problem))
        .collect();
    if errors.is_empty() {
        return Ok(());
    }
    Err(AppError::together(errors))
}

/// When check-in begins.
pub(crate) fn check_in_at(settings: &Settings, starts_at: Option<Timestamp>) -> Option<Timestamp> {
    let minutes = u64::try_from(settings.check_in_minutes).ok()?;
    let starts_at = starts_at.filter(|_| minutes > 0)?;
    Some(starts_at - Duration::from_secs(minutes * 60))
}

#[cfg(test)]
mod tests {
    use contract::tournaments::{TournamentSeeding, TournamentVisibility};
    use serde_json::Map;

    use super::*;

    const NOW: i64 = 1_794_729_600_000_000;

    fn wanted(format: TournamentFormat, capacity: i32) -> CreateTournament {
        CreateTournament {
            name: "Spring Cup".to_owned(),
            description: String::new(),
            game: "pong".to_owned(),
            options: Map::new(),
            format,
            visibility: TournamentVisibility::Public,
            capacity,
            starts_at: None,
            check_in_minutes: None,
            start_when_full: false,
            seeding: TournamentSeeding::Rating,
            third_place: false,
            legs: 1,
            play_off: false,
            rounds: None,
            draft: false,
        }
    }

    fn problems(wanted: &CreateTournament) -> Vec<String> {
        let parsed = NewTournament::parse(wanted, Timestamp::from_micros(NOW));
        let fields = parsed.err().map(|error| {
            let fields = error.fields().iter();
            fields.map(|field| field.field.clone()).collect()
        });
        fields.unwrap_or_default()
    }

    #[test]
    fn parse_bounds_the_number_of_entrants_by_format() {
        for (format, good, bad) in [
            (TournamentFormat::SingleElimination, [2, 1_024], [1, 1_025]),
            (TournamentFormat::DoubleElimination, [2, 1_024], [0, 1_025]),
            (TournamentFormat::RoundRobin, [3, 32], [2, 33]),
            (TournamentFormat::Swiss, [4, 1_024], [3, -4]),
        ] {
            for capacity in good {
                assert!(problems(&wanted(format, capacity)).is_empty(), "{format:?}");
            }
            for capacity in bad {
                assert_eq!(
                    problems(&wanted(format, capacity)),
                    ["capacity"],
                    "{format:?}"
                );
            }
        }
    }

    #[test]
    fn parse_refuses_settings_of_other_formats() {
        let mut cup = wanted(TournamentFormat::SingleElimination, 8);
        cup.rounds = Some(5);
        cup.legs = 2;
        cup.play_off = true;
        assert_eq!(problems(&cup), ["rounds", "legs", "play_off"]);
        let mut league = wanted(TournamentFormat::RoundRobin, 8);
        league.third_place = true;
        league.check_in_minutes = Some(121);
        assert_eq!(problems(&league), ["third_place", "check_in_minutes"]);
        let mut swiss = wanted(TournamentFormat::Swiss, 8);
        swiss.rounds = Some(16);
        assert_eq!(problems(&swiss), ["rounds"]);
    }

    #[test]
    fn parse_refuses_starts_in_the_past_and_far_ahead() {
        let mut cup = wanted(TournamentFormat::SingleElimination, 8);
        for micros in [NOW, NOW - 1, NOW + 400 * 86_400_000_000] {
            cup.starts_at = Some(Timestamp::from_micros(micros));
            assert_eq!(problems(&cup), ["starts_at"]);
        }
        cup.starts_at = Some(Timestamp::from_micros(NOW + 1));
        assert!(problems(&cup).is_empty());
    }

    #[test]
    fn parse_reports_all_problems() {
        let mut cup = wanted(TournamentFormat::SingleElimination, 1);
        cup.name = "ab".to_owned();
        cup.description = "\u{0}".to_owned();
        assert_eq!(problems(&cup), ["name", "description", "capacity"]);
    }
}
