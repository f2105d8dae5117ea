//! What the largest tournaments cost. README.md beside this file describes the method.

#![allow(clippy::unwrap_used, reason = "benchmarks")]

use divan::Bencher;
use tournaments::rules::*;

const NOW: UnixMillis = UnixMillis(0);
const PLAYERS: u32 = 1_024;
const ROUNDS: u16 = 11;

fn main() {
    divan::main();
}

fn start(format: Format) -> Competition {
    let entrants = (1..=PLAYERS)
        .map(|number| Entrant::new(EntrantNumber(number)))
        .collect();
    Competition::start(format, Timing::default(), entrants, &Seeding::Rating, NOW)
        .unwrap()
        .0
}

/// A Swiss tournament with so many rounds behind it, in which every fifth match is drawn.
fn swiss_after(rounds: u16) -> Competition {
    let mut competition = start(Format::Swiss { rounds: ROUNDS });
    let mut dice = DrawGenerator::new(57);
    let later = NOW.plus(Timing::default().call_delay);
    for _ in 0..rounds {
        let pairing = competition.swiss_round(&[]).unwrap().pair().unwrap();
        competition.apply_pairing(&pairing, NOW).unwrap();
        for slot in competition.callable(later, &Default::default()) {
            competition.call(slot, later).unwrap();
            competition.begin(slot).unwrap();
            let result = match dice.below(5) {
                0 => SlotResult::drawn(5, 5),
                1 | 2 => SlotResult::played(SlotSide::A, 11, 5),
                _ => SlotResult::played(SlotSide::B, 5, 11),
            };
            competition.record(slot, result, later).unwrap();
        }
    }
    competition
}

/// Pairs the round after so many.
#[divan::bench(args = [0, 1, 2, 4, 6, 8, 10], sample_count = 5, sample_size = 1)]
fn pair_1024(bencher: Bencher<'_, '_>, rounds: u16) {
    let competition = swiss_after(rounds);
    bencher.bench(|| competition.swiss_round(&[]).unwrap().pair_or_repeat());
}

#[divan::bench(sample_count = 20)]
fn table_of_1024(bencher: Bencher<'_, '_>) {
    let competition = swiss_after(ROUNDS);
    bencher.bench(|| competition.table());
}

#[divan::bench(sample_count = 20)]
fn start_double_elimination_of_1024() -> Competition {
    start(Format::DoubleElimination)
}

/// Takes a tournament from its rows, and a result into it.
#[divan::bench(sample_count = 20)]
fn record_in_double_elimination_of_1024(bencher: Bencher<'_, '_>) {
    let mut competition = start(Format::DoubleElimination);
    let later = NOW.plus(Timing::default().call_delay);
    let slot = SlotKey::new(Bracket::Upper, 1, 1);
    competition.call(slot, later).unwrap();
    competition.begin(slot).unwrap();
    let entrants: Vec<Entrant> = competition.entrants().copied().collect();
    let slots: Vec<BracketSlot> = competition.slots().cloned().collect();
    let (format, progress) = (competition.format(), competition.progress());
    let rows = || (entrants.clone(), slots.clone());
    bencher.with_inputs(rows).bench_values(|(entrants, slots)| {
        let mut competition =
            Competition::restore(format, Timing::default(), progress, entrants, slots);
        competition
            .record(slot, SlotResult::played(SlotSide::A, 11, 5), later)
            .unwrap()
    });
}
