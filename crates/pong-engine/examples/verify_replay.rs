//! Verifies a record of a match, or makes one.
//!
//! ```text
//! cargo run -p pong-engine --example verify_replay -- --record match.pong 42
//! cargo run -p pong-engine --example verify_replay -- match.pong
//! ```

#![allow(clippy::print_stdout, reason = "printing is what it is for")]

use std::error::Error;
use std::fs;

use pong_engine::bots::{Bot, Level};
use pong_engine::{Inputs, Recorder, Replay, Rules, Side};

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match words
        .iter()
        .map(String::as_str)
        .collect::<Vec<_>>()
        .as_slice()
    {
        ["--record", file] => record(file, 1),
        ["--record", file, seed] => record(file, seed.parse()?),
        [file] => verify(file),
        _ => Err("give a file, or --record, a file and a seed".into()),
    }
}

fn record(file: &str, seed: u64) -> Result<(), Box<dyn Error>> {
    let rules = Rules::default().with_cool_mode(true);
    let mut recorder = Recorder::new(rules, seed, Vec::new());
    let mut left = Bot::new(rules, Side::Left, Level::Hard, seed);
    let mut right = Bot::new(rules, Side::Right, Level::Expert, !seed);
    while recorder.game().outcome().is_none() {
        let state = || recorder.game().public();
        let inputs = Inputs::new(left.play(state), right.play(state));
        recorder.step(inputs);
    }
    let (game, bytes) = recorder.finish();
    fs::write(file, &bytes)?;
    println!("{} ticks in {} bytes", game.tick(), bytes.len());
    Ok(())
}

fn verify(file: &str) -> Result<(), Box<dyn Error>> {
    let bytes = fs::read(file)?;
    let replay = Replay::parse(&bytes)?;
    println!("{:?}, seed {}", replay.rules(), replay.seed());
    let game = replay.verify()?;
    match game.outcome() {
        Some(outcome) => println!("{outcome} after {} ticks, as recorded", outcome.ticks),
        None => println!("not played to its end, but as recorded up to there"),
    }
    Ok(())
}
