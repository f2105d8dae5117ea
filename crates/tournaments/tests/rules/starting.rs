//! Limits, seeds, phases, and who takes part.

use std::collections::BTreeSet;

use tournaments::rules::*;

use crate::simulation::{Simulation, entrants};

const NOW: UnixMillis = UnixMillis(0);

fn start(format: Format, count: u32) -> Result<Competition, RuleError> {
    let started = Competition::start(
        format,
        Timing::default(),
        entrants(count),
        &Seeding::Rating,
        NOW,
    );
    started.map(|(competition, _)| competition)
}

fn numbers(seeds: &[u32]) -> Vec<EntrantNumber> {
    seeds.iter().copied().map(EntrantNumber).collect()
}

#[test]
fn each_format_has_its_limits() {
    let single = Format::SingleElimination { third_place: true };
    let round_robin = Format::RoundRobin {
        double: true,
        play_off: true,
    };
    let swiss = Format::Swiss { rounds: 3 };
    for (format, min, max) in [
        (single, 2, 1_024),
        (Format::DoubleElimination, 2, 1_024),
        (round_robin, 3, 32),
        (swiss, 4, 1_024),
    ] {
        let few = start(format, min - 1).unwrap_err();
        let expected = RuleError::TooFewEntrants {
            entrants: min as usize - 1,
            min: min as usize,
        };
        assert_eq!(few, expected);
        let many = start(format, max + 1).unwrap_err();
        let expected = RuleError::TooManyEntrants {
            entrants: max as usize + 1,
            max: max as usize,
        };
        assert_eq!(many, expected);
        start(format, min).unwrap();
        start(format, max).unwrap();
    }
}

#[test]
fn swiss_has_three_to_fifteen_rounds_and_fewer_than_entrants() {
    let out_of_range = |rounds, count, max| {
        let error = start(Format::Swiss { rounds }, count).unwrap_err();
        assert_eq!(error, RuleError::RoundsOutOfRange { min: 3, max });
    };
    out_of_range(2, 8, 7);
    out_of_range(8, 8, 7);
    out_of_range(16, 100, 15);
    start(Format::Swiss { rounds: 7 }, 8).unwrap();
    start(Format::Swiss { rounds: 15 }, 16).unwrap();
    let defaults = [4, 5, 8, 9, 64, 1_000, 1_024].map(Format::default_swiss_rounds);
    assert_eq!(defaults, [3, 4, 4, 5, 7, 11, 11]);
    for count in 4..=1_024 {
        let rounds = Format::default_swiss_rounds(count);
        Format::Swiss { rounds }.check(count).unwrap();
    }
}

#[test]
fn seeds_by_rating_put_established_before_provisional_before_unrated() {
    let ratings = [
        SeedRating::Unrated,
        SeedRating::Provisional(2_400),
        SeedRating::Established(1_500),
        SeedRating::Established(1_800),
        SeedRating::Provisional(1_500),
        SeedRating::Established(1_800),
        SeedRating::Unrated,
    ];
    let mut rated = entrants(7);
    for (entrant, rating) in rated.iter_mut().zip(ratings) {
        entrant.rating = rating;
    }
    rated.reverse();
    let order = seed_order(&rated, &Seeding::Rating).unwrap();
    assert_eq!(order, numbers(&[4, 6, 3, 2, 5, 1, 7]));
}

#[test]
fn a_draw_can_be_repeated_by_anybody() {
    let order = |draw_seed| seed_order(&entrants(8), &Seeding::Random { draw_seed }).unwrap();
    // Computed by another program, from the description of the generator.
    assert_eq!(order(2_026), numbers(&[8, 6, 1, 5, 2, 7, 3, 4]));
    let mut shuffled = entrants(8);
    shuffled.reverse();
    let again = seed_order(&shuffled, &Seeding::Random { draw_seed: 2_026 }).unwrap();
    assert_eq!(
        again,
        order(2_026),
        "it begins with the order of registration"
    );
    assert_ne!(order(1), order(2));
}

#[test]
fn a_draw_is_fair() {
    let mut first = [0_u32; 6];
    for draw_seed in 0..60_000 {
        let order = seed_order(&entrants(6), &Seeding::Random { draw_seed }).unwrap();
        first[order[0].0 as usize - 1] += 1;
    }
    assert!(
        first.iter().all(|count| (9_700..10_300).contains(count)),
        "{first:?}"
    );
}

#[test]
fn the_generator_is_split_mix() {
    let mut generator = DrawGenerator::new(1_234_567);
    let first: Vec<u64> = (0..3).map(|_| generator.next_u64()).collect();
    let published = [
        6_457_827_717_110_365_317,
        3_203_168_211_198_807_973,
        9_817_491_932_198_370_423,
    ];
    assert_eq!(first, published);
    assert!((0..1_000).all(|_| generator.below(3) < 3));
    assert_eq!(generator.below(1), 0);
}

#[test]
fn seeding_by_hand_names_each_once() {
    let seeds = |order: &[u32]| seed_order(&entrants(3), &Seeding::Manual(numbers(order)));
    assert_eq!(seeds(&[3, 1, 2]), Ok(numbers(&[3, 1, 2])));
    for order in [&[1, 2][..], &[1, 2, 2], &[1, 2, 3, 3], &[1, 2, 4], &[]] {
        assert_eq!(seeds(order), Err(RuleError::IncompleteSeeding), "{order:?}");
    }
    let (competition, _) = Competition::start(
        Format::SingleElimination { third_place: false },
        Timing::default(),
        entrants(3),
        &Seeding::Manual(numbers(&[3, 1, 2])),
        NOW,
    )
    .unwrap();
    let seed = |number| competition.entrant(EntrantNumber(number)).unwrap().seed;
    assert_eq!([1, 2, 3].map(seed), [Some(2), Some(3), Some(1)]);
    let first = competition
        .slot(SlotKey::new(Bracket::Upper, 1, 1))
        .unwrap();
    assert_eq!(
        first.winner(),
        Some(EntrantNumber(3)),
        "the first seed has the bye"
    );
}

#[test]
fn phases_follow_each_other() {
    use PhaseAction::*;
    use TournamentPhase::*;
    let phases = [
        Draft,
        Registration,
        CheckIn,
        Starting,
        Running,
        Paused,
        Finished,
        Canceled,
    ];
    let actions = [
        Open,
        BeginCheckIn,
        Start,
        Run,
        Pause,
        Resume,
        Finish,
        Cancel,
    ];
    let allowed = [
        (Draft, Open, Registration),
        (Registration, BeginCheckIn, CheckIn),
        (Registration, Start, Starting),
        (CheckIn, Start, Starting),
        (Starting, Run, Running),
        (Running, Pause, Paused),
        (Paused, Resume, Running),
        (Running, Finish, Finished),
        (Paused, Finish, Finished),
    ];
    for phase in phases {
        for action in actions {
            let row = allowed.iter().find(|row| (row.0, row.1) == (phase, action));
            let expected = match (row, action) {
                (Some((_, _, next)), _) => Ok(*next),
                (None, Cancel) if !phase.is_over() => Ok(Canceled),
                _ => Err(RuleError::WrongStatus),
            };
            assert_eq!(phase.after(action), expected, "{phase:?} {action:?}");
        }
    }
    let open = phases
        .into_iter()
        .filter(|phase| phase.takes_registrations());
    assert_eq!(open.collect::<Vec<_>>(), [Registration, CheckIn]);
}

#[test]
fn a_schedule_says_what_is_due() {
    let schedule = Schedule {
        check_in_from: Some(UnixMillis(100)),
        starts_at: Some(UnixMillis(200)),
        start_when_full: true,
        capacity: 8,
    };
    let due = |phase, taken, now| schedule.due_action(phase, taken, UnixMillis(now));
    use TournamentPhase::*;
    assert_eq!(due(Registration, 7, 99), None);
    assert_eq!(due(Registration, 8, 99), Some(PhaseAction::Start));
    assert_eq!(due(Registration, 7, 100), Some(PhaseAction::BeginCheckIn));
    assert_eq!(
        due(CheckIn, 8, 199),
        None,
        "who has registered may still check in"
    );
    assert_eq!(due(CheckIn, 7, 200), Some(PhaseAction::Start));
    for phase in [Draft, Starting, Running, Paused, Finished, Canceled] {
        assert_eq!(due(phase, 8, 1_000), None);
        assert_eq!(schedule.next_due(phase), None);
    }
    assert_eq!(schedule.next_due(Registration), Some(UnixMillis(100)));
    assert_eq!(schedule.next_due(CheckIn), Some(UnixMillis(200)));
    let by_hand = Schedule {
        check_in_from: None,
        starts_at: None,
        start_when_full: false,
        capacity: 8,
    };
    assert_eq!(by_hand.due_action(Registration, 8, UnixMillis(1_000)), None);
    assert_eq!(by_hand.next_due(Registration), None);
    let without_check_in = Schedule {
        check_in_from: None,
        ..schedule
    };
    assert_eq!(
        without_check_in.next_due(Registration),
        Some(UnixMillis(200))
    );
    let start = without_check_in.due_action(Registration, 1, UnixMillis(200));
    assert_eq!(start, Some(PhaseAction::Start));
}

/// Registered entrants of these statuses, from number 1.
fn with_statuses(statuses: &[(EntrantStatus, bool)]) -> Vec<Entrant> {
    let mut all = entrants(u32::try_from(statuses.len()).unwrap());
    for (entrant, (status, present)) in all.iter_mut().zip(statuses) {
        entrant.status = *status;
        entrant.present = *present;
    }
    all
}

#[test]
fn the_waiting_list_moves_up_in_order() {
    use EntrantStatus::*;
    let all = with_statuses(&[
        (Registered, true),
        (Waiting, true),
        (Withdrawn, true),
        (CheckedIn, true),
        (Waiting, true),
    ]);
    assert_eq!(status_at_registration(&all, 3), Registered);
    assert_eq!(status_at_registration(&all, 2), Waiting);
    assert_eq!(moves_up(&all, 2), []);
    assert_eq!(moves_up(&all, 3), numbers(&[2]));
    assert_eq!(moves_up(&all, 9), numbers(&[2, 5]));
}

#[test]
fn the_end_of_check_in_gives_places_to_those_who_are_there() {
    use EntrantStatus::*;
    let all = with_statuses(&[
        (CheckedIn, true),
        (Registered, false),
        (CheckedIn, true),
        (Waiting, false),
        (Waiting, true),
        (Waiting, true),
        (Disqualified, true),
    ]);
    let lineup = close_check_in(&all, 3, true);
    assert_eq!(lineup.entrants, numbers(&[1, 3, 5]));
    assert_eq!(lineup.dropped, numbers(&[2]));
    assert_eq!(lineup.waiting, numbers(&[4, 6]));
    let unchecked = close_check_in(&all, 4, false);
    assert_eq!(unchecked.entrants, numbers(&[1, 2, 3, 4]));
    assert_eq!(unchecked.dropped, []);
    assert_eq!(unchecked.waiting, numbers(&[5, 6]));
}

#[test]
fn the_first_matches_are_called_20_seconds_after_the_start() {
    let simulation = Simulation::start(Format::DoubleElimination, 6, 1);
    let start = simulation.now;
    let due: BTreeSet<Option<UnixMillis>> = simulation
        .competition
        .slots()
        .map(|slot| slot.due)
        .collect();
    assert_eq!(due, BTreeSet::from([None, Some(start.plus(20_000))]));
    assert_eq!(
        simulation.competition.next_due(start),
        Some(start.plus(20_000))
    );
}
