//! Plays the levels of the bots against one another and checks their strength.
//!
//! `cargo run --release -p pong-engine --example calibrate` plays a thousand matches of each pair at
//! each speed; another number of them can be given. With the word `fit` it searches the skills
//! instead: from the lowest up, the next one is that whose share of wins, between the least and the
//! most over all speeds, has 74 % in its middle. The result depends on nothing but the number of matches.

#![allow(clippy::print_stdout, reason = "printing is what it is for")]

#[path = "../tests/support/arena.rs"]
mod arena;

use std::ops::{Range, RangeInclusive};
use std::process::ExitCode;

use arena::{Beginner, Maker, Perfect, Tally, bot, tally};
use pong_engine::bots::{Level, Skill};
use pong_engine::{Rules, Speed};

/// What each level should win against the one below, in percent.
const STEP: RangeInclusive<f64> = 70.0..=80.0;
/// Where the interval around it has to lie.
const BOUNDS: (f64, f64) = (65.0, 85.0);
/// How many matches between equal opponents have to end by score.
const BY_SCORE: f64 = 90.0;
/// How many hits rallies between the lowest level and itself need to have on average, and how many
/// serves may remain untouched, in percent.
const RALLIES: (f64, f64) = (2.0, 30.0);
/// What a beginner has to win against the lowest level.
const BEGINNER: f64 = 40.0;
/// What a perfect player has to win against the highest.
const PERFECT: f64 = 95.0;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let matches = words.iter().find_map(|word| word.parse().ok());
    let matches = matches.unwrap_or(1_000);
    if words.iter().any(|word| word == "fit") {
        fit(matches);
        return ExitCode::SUCCESS;
    }
    let kept = [false, true].map(|cool| {
        Speed::ALL.map(|speed| {
            judge(
                Rules::default().with_speed(speed).with_cool_mode(cool),
                matches,
            )
        })
    });
    if kept.as_flattened().iter().all(|kept| *kept) {
        println!("All promises kept.");
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// Every speed, without and with coins.
fn all_rules() -> impl Iterator<Item = Rules> {
    [false, true].into_iter().flat_map(|cool| {
        Speed::ALL.map(|speed| Rules::default().with_speed(speed).with_cool_mode(cool))
    })
}

/// Other seeds than those that the skills were fitted to.
fn seeds(matches: u64) -> Range<u64> {
    1_000_000..1_000_000 + matches
}

/// Prints what was found, and whether it is as promised.
fn judge(rules: Rules, matches: u64) -> bool {
    let cool = if rules.cool_mode() { ", cool mode" } else { "" };
    println!("{:?}{cool}: {matches} matches of each pair", rules.speed());
    matrix(rules, matches);
    let kept = [
        ladder(rules, matches),
        endings(rules, matches),
        rallies(rules, matches),
        edges(rules, matches),
    ];
    println!();
    kept == [true; 4]
}

/// What the level of the row wins against that of the column.
fn matrix(rules: Rules, matches: u64) {
    print!("  {:9}", "");
    for level in Level::ALL {
        print!("{:>9}", format!("{level:?}"));
    }
    for one in Level::ALL {
        print!("\n  {:9}", format!("{one:?}"));
        for two in Level::ALL.into_iter().filter(|two| *two < one) {
            let tally = tally(rules, seeds(matches), &bot(one), &bot(two));
            print!("{:>8.1}%", tally.percent());
        }
    }
    println!();
}

fn ladder(rules: Rules, matches: u64) -> bool {
    let steps = Level::ALL.windows(2).map(|pair| {
        let [low, high] = pair else { return true };
        let tally = tally(rules, seeds(matches), &bot(*high), &bot(*low));
        let (least, most) = tally.interval();
        let kept = STEP.contains(&tally.percent()) && least > BOUNDS.0 && most < BOUNDS.1;
        report(&format!("{high:?} beats {low:?}"), &tally, kept)
    });
    steps.fold(true, |all, kept| all & kept)
}

fn endings(rules: Rules, matches: u64) -> bool {
    let levels = Level::ALL.into_iter().map(|level| {
        let tally = tally(rules, seeds(matches), &bot(level), &bot(level));
        let share = 100.0 * f64::from(tally.by_score) / f64::from(tally.matches);
        let seconds = tally.ticks as f64 / f64::from(tally.matches) / 60.0;
        let kept = share >= BY_SCORE;
        println!(
            "  {level:?} against itself: {share:.1} % end by score, after {seconds:.0} s on average{}",
            judgement(kept)
        );
        kept
    });
    levels.fold(true, |all, kept| all & kept)
}

fn rallies(rules: Rules, matches: u64) -> bool {
    let lowest = bot(Level::Beginner);
    let tally = tally(rules, seeds(matches), &lowest, &lowest);
    let (hits, untouched) = (tally.hits_a_rally(), tally.untouched());
    let kept = hits >= RALLIES.0 && untouched <= RALLIES.1;
    println!(
        "  Beginner against itself: {hits:.2} hits a rally, {untouched:.1} % of serves untouched{}",
        judgement(kept)
    );
    kept
}

fn edges(rules: Rules, matches: u64) -> bool {
    let edge = |name: &str, player: Maker<'_>, level, matches, least| {
        let tally = tally(rules, seeds(matches), player, &bot(level));
        report(
            &format!("{name} beats {level:?}"),
            &tally,
            tally.percent() >= least,
        )
    };
    let beginner = edge(
        "a beginner",
        &Beginner::maker,
        Level::Beginner,
        matches,
        BEGINNER,
    );
    // It thinks long, and need not play often.
    let few = (matches / 10).max(20);
    beginner
        & edge(
            "a perfect player",
            &Perfect::maker,
            Level::Champion,
            few,
            PERFECT,
        )
}

fn report(what: &str, tally: &Tally, kept: bool) -> bool {
    let (least, most) = tally.interval();
    println!(
        "  {what}: {:.1} % ({least:.1} to {most:.1}){}",
        tally.percent(),
        judgement(kept)
    );
    kept
}

fn judgement(kept: bool) -> &'static str {
    if kept { "" } else { "  NOT AS PROMISED" }
}

fn fit(matches: u64) {
    let mut skill = Level::Beginner.skill();
    println!("{:?}: {}", Level::Beginner, skill.get());
    for level in Level::ALL.into_iter().skip(1) {
        skill = next_skill(skill, matches);
        println!("{level:?}: {}", skill.get());
    }
}

/// The least skill that wins 74 of 100 matches against this one, taking the middle between the
/// rules that suit it most and least.
fn next_skill(low: Skill, matches: u64) -> Skill {
    let wins = |high: u16| -> f64 {
        let shares = all_rules()
            .map(|rules| tally(rules, 0..matches, &bot(Skill::new(high)), &bot(low)).percent());
        let extremes = shares.fold((100.0_f64, 0.0_f64), |(least, most), share| {
            (least.min(share), most.max(share))
        });
        f64::midpoint(extremes.0, extremes.1)
    };
    let (mut from, mut to) = (low.get(), Skill::MAX.get());
    while to - from > 1 {
        let middle = from.midpoint(to);
        if wins(middle) < 74.0 {
            from = middle;
        } else {
            to = middle;
        }
    }
    Skill::new(to)
}
