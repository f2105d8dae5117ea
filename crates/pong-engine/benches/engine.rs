//! The cost of a tick, a batch, an observation, a snapshot, a state on the wire and a replay. README.md beside
//! this file describes the method.
//!
//! `cargo bench -p pong-engine` steps batches with AVX2 where the machine has it;
//! `cargo bench -p pong-engine --no-default-features --features std,batch,bots` does without.

#![allow(clippy::unwrap_used, reason = "benchmarks")]

use divan::Bencher;
use divan::counter::{BytesCount, ItemsCount};
use pong_engine::bots::{Bot, Level};
use pong_engine::*;

const BATCHES: [usize; 4] = [1, 1_000, 10_000, 100_000];
/// The number of rows of random inputs, one for each tick.
const ROWS: usize = 61;
/// Matches of bots in one measurement.
const BOT_MATCHES: u64 = 20;
/// Ticks of one match in a measurement.
const TICKS: u64 = 10_000;

fn main() {
    divan::main();
}

/// SplitMix64.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let word = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        word ^ (word >> 31)
    }

    fn direction(&mut self) -> Direction {
        let [up, still, down] = Direction::ALL;
        match self.roll() % 3 {
            0 => up,
            1 => still,
            _ => down,
        }
    }

    fn inputs(&mut self) -> Inputs {
        Inputs::new(self.direction(), self.direction())
    }
}

fn random_inputs(count: usize) -> Vec<Inputs> {
    let mut dice = Dice(count as u64);
    (0..count).map(|_| dice.inputs()).collect()
}

/// The longest match, so that few end while they are measured.
fn long_rules(speed: Speed, cool: bool) -> Rules {
    Rules::default()
        .with_speed(speed)
        .with_cool_mode(cool)
        .with_score_to_win(20)
        .and_then(|rules| rules.with_time_limit(5))
        .unwrap()
}

fn fresh(seed: u64) -> Match {
    Match::new(long_rules(Speed::Medium, false), seed)
}

/// Both follow the ball.
fn tracking(game: &Match) -> Inputs {
    let seen = game.public();
    let follow = |side| {
        let distance = i32::from(seen.ball().y) - i32::from(seen.paddle(side).y);
        Direction::along(distance / 256)
    };
    Inputs::new(follow(Side::Left), follow(Side::Right))
}

/// Plays many ticks; a new match replaces one that is over.
fn play(mut next: impl FnMut(&Match) -> Inputs) -> u64 {
    let mut game = fresh(1);
    for tick in 0..TICKS {
        let inputs = next(&game);
        if game.step(inputs).contains(Event::End) {
            game = fresh(tick);
        }
    }
    game.hash()
}

#[divan::bench]
fn tick_random_inputs(bencher: Bencher<'_, '_>) {
    let inputs = random_inputs(TICKS as usize);
    bencher.counter(ItemsCount::new(TICKS)).bench(|| {
        let mut next = inputs.iter().copied();
        play(|_| next.next().unwrap_or_default())
    });
}

/// The cost of choosing the inputs included.
#[divan::bench]
fn tick_tracking_inputs(bencher: Bencher<'_, '_>) {
    bencher
        .counter(ItemsCount::new(TICKS))
        .bench(|| play(tracking));
}

/// Plays a batch until its matches are in different states.
fn warm(mut batch: Batch, rows: &[Vec<Inputs>]) -> Batch {
    for row in rows.iter().cycle().take(500) {
        step(&mut batch, row);
    }
    batch
}

/// A tick of all, and a new match for each that is over.
fn step(batch: &mut Batch, inputs: &[Inputs]) {
    batch.step(inputs).unwrap();
    batch.refill(|at, over| Match::new(over.rules(), at as u64));
}

/// Random inputs for all matches of a batch, for several ticks.
fn random_rows(size: usize) -> Vec<Vec<Inputs>> {
    let row = |seed| {
        let mut dice = Dice(seed);
        (0..size).map(|_| dice.inputs()).collect()
    };
    (0..ROWS as u64).map(row).collect()
}

fn bench_batch(bencher: Bencher<'_, '_>, size: usize, make: impl Fn(u64) -> Match) {
    let rows = random_rows(size);
    let mut batch = warm((0..size as u64).map(make).collect(), &rows);
    let ticks = (200_000 / size).clamp(10, 20_000);
    let mut rows = rows.iter().cycle();
    bencher
        .counter(ItemsCount::new(size * ticks))
        .bench_local(|| {
            for row in rows.by_ref().take(ticks) {
                step(&mut batch, row);
            }
        });
}

#[divan::bench(args = BATCHES)]
fn batch_random_inputs(bencher: Bencher<'_, '_>, size: usize) {
    bench_batch(bencher, size, fresh);
}

/// Every speed, half of the matches in cool mode.
#[divan::bench(args = BATCHES)]
fn batch_mixed_rules(bencher: Bencher<'_, '_>, size: usize) {
    bench_batch(bencher, size, |seed| {
        let speed = Speed::ALL.into_iter().nth((seed % 3) as usize);
        Match::new(
            long_rules(speed.unwrap_or_default(), seed.is_multiple_of(2)),
            seed,
        )
    });
}

/// Both follow the ball: the longest rallies.
#[divan::bench(args = [1_000, 10_000])]
fn batch_tracking_inputs(bencher: Bencher<'_, '_>, size: usize) {
    let mut batch: Batch = (0..size as u64).map(fresh).collect();
    // The inputs are chosen before the measurement.
    let start = batch.clone();
    let ticks = (1_000_000 / size).min(1_000);
    let rows: Vec<Vec<Inputs>> = (0..ticks)
        .map(|_| {
            let row: Vec<Inputs> = batch.iter().map(|game| tracking(&game)).collect();
            batch.step(&row).unwrap();
            row
        })
        .collect();
    bencher
        .counter(ItemsCount::new(size * ticks))
        .with_inputs(|| start.clone())
        .bench_local_refs(|batch| {
            for row in &rows {
                batch.step(row).unwrap();
            }
        });
}

#[divan::bench]
fn batch_observe_10000(bencher: Bencher<'_, '_>) {
    let batch: Batch = (0..10_000).map(fresh).collect();
    let mut seen = vec![[0.0; OBSERVATION]; batch.len()];
    bencher
        .counter(ItemsCount::new(batch.len()))
        .bench_local(|| batch.observe(Side::Left, &mut seen));
}

/// The number of matches that are observed: they fit the core's own cache.
const OBSERVED: u64 = 1_000;

/// The cost of an observation without a batch, to compare with. An item is one side's observation of a match,
/// here and in the next two.
#[divan::bench]
fn observe_one_by_one_1000(bencher: Bencher<'_, '_>) {
    let games: Vec<Match> = (0..OBSERVED).map(fresh).collect();
    let mut seen = vec![[0.0; OBSERVATION]; games.len()];
    bencher
        .counter(ItemsCount::new(games.len()))
        .bench_local(|| {
            for (game, seen) in games.iter().zip(&mut seen) {
                game.observe(Side::Left, seen);
            }
        });
}

#[divan::bench]
fn batch_observe_both_1000(bencher: Bencher<'_, '_>) {
    let batch: Batch = (0..OBSERVED).map(fresh).collect();
    let mut left = vec![[0.0; OBSERVATION]; batch.len()];
    let mut right = left.clone();
    bencher
        .counter(ItemsCount::new(2 * batch.len()))
        .bench_local(|| batch.observe_both(&mut left, &mut right));
}

#[divan::bench]
fn batch_observe_compact_1000(bencher: Bencher<'_, '_>) {
    let batch: Batch = (0..OBSERVED).map(fresh).collect();
    let mut left = vec![[0.0; COMPACT_OBSERVATION]; batch.len()];
    let mut right = left.clone();
    bencher
        .counter(ItemsCount::new(2 * batch.len()))
        .bench_local(|| batch.observe_compact(&mut left, &mut right));
}

/// A step of a learning environment: a tick, new matches for those that are over, and compact observations of
/// both sides. An item is a match.
#[divan::bench]
fn batch_step_and_observe_compact_1000(bencher: Bencher<'_, '_>) {
    let rows = random_rows(OBSERVED as usize);
    let mut batch = warm((0..OBSERVED).map(fresh).collect(), &rows);
    let mut left = vec![[0.0; COMPACT_OBSERVATION]; batch.len()];
    let mut right = left.clone();
    let mut rows = rows.iter().cycle();
    bencher
        .counter(ItemsCount::new(batch.len() * ROWS))
        .bench_local(|| {
            for row in rows.by_ref().take(ROWS) {
                step(&mut batch, row);
                batch.observe_compact(&mut left, &mut right).unwrap();
            }
        });
}

/// A match in the middle of a rally.
fn midway() -> Match {
    let mut game = fresh(7);
    while game.public().rally() < 3 {
        game.step(tracking(&game));
    }
    game
}

#[divan::bench]
fn snapshot_to_bytes(bencher: Bencher<'_, '_>) {
    let game = midway();
    bencher
        .counter(BytesCount::new(SNAPSHOT_BYTES))
        .bench(|| divan::black_box(&game).snapshot().to_bytes());
}

#[divan::bench]
fn snapshot_restore(bencher: Bencher<'_, '_>) {
    let bytes = midway().snapshot().to_bytes();
    bencher.counter(BytesCount::new(SNAPSHOT_BYTES)).bench(|| {
        let snapshot = Snapshot::from_bytes(divan::black_box(&bytes));
        snapshot.and_then(|snapshot| Match::restore(&snapshot))
    });
}

#[divan::bench]
fn hash(bencher: Bencher<'_, '_>) {
    let game = midway();
    bencher.bench(|| divan::black_box(&game).hash());
}

#[divan::bench]
fn wire_encode(bencher: Bencher<'_, '_>) {
    let game = midway();
    bencher
        .counter(BytesCount::new(WIRE_BYTES))
        .bench(|| divan::black_box(&game).public().encode());
}

#[divan::bench]
fn wire_decode(bencher: Bencher<'_, '_>) {
    let bytes = midway().public().encode();
    bencher
        .counter(BytesCount::new(WIRE_BYTES))
        .bench(|| PublicState::decode(divan::black_box(&bytes)));
}

/// A record of one minute in which both press or release a key now and then.
fn record() -> Vec<u8> {
    let mut dice = Dice(5);
    let mut recorder = Recorder::new(long_rules(Speed::Medium, false), 9, Vec::new());
    let mut inputs = Inputs::default();
    for _ in 0..3_600 {
        if dice.roll().is_multiple_of(18) {
            inputs = dice.inputs();
        }
        recorder.step(inputs);
    }
    recorder.finish().1
}

/// Verifies one minute of play; an item is a tick.
#[divan::bench]
fn replay_verify(bencher: Bencher<'_, '_>) {
    let record = record();
    bencher
        .counter(ItemsCount::new(3_600_usize))
        .bench(|| Replay::parse(divan::black_box(&record)).and_then(|replay| replay.verify()));
}

/// Twenty default matches of two bots from beginning to end; an item is a tick.
#[divan::bench(args = [Level::Beginner, Level::Champion])]
fn twenty_bot_matches(bencher: Bencher<'_, '_>, level: Level) {
    // The same matches in every sample, so that all have the same ticks.
    let match_of_bots = |seed| {
        let rules = Rules::default();
        let mut game = Match::new(rules, seed);
        let mut left = Bot::new(rules, Side::Left, level, 2 * seed);
        let mut right = Bot::new(rules, Side::Right, level, 2 * seed + 1);
        while game.outcome().is_none() {
            game.step(Inputs::new(
                left.play(|| game.public()),
                right.play(|| game.public()),
            ));
        }
        u64::from(game.tick())
    };
    let ticks: u64 = (0..BOT_MATCHES).map(match_of_bots).sum();
    bencher
        .counter(ItemsCount::new(ticks))
        .bench(|| (0..BOT_MATCHES).map(match_of_bots).sum::<u64>());
}
