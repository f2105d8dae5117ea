//! A minimal learning environment, and a linear policy that learns in it.
//!
//! `cargo run --release -p pong-engine --example learning_env` improves a linear player by random
//! search until it beats the computer's easy level: about a second.

#![allow(clippy::print_stdout, reason = "printing is what it is for")]

use pong_engine::bots::{Bot, Level};
use pong_engine::{Direction, Inputs, Match, OBSERVATION, Rules, Side};

/// Ticks for which an action holds.
const FRAME: u8 = 4;
/// Matches by which a player is judged.
const TRIALS: u64 = 12;
const ROUNDS: u32 = 3_000;

/// A match against the computer, in steps of an action each.
struct Environment {
    game: Match,
    opponent: Bot,
    seen: [f32; OBSERVATION],
}

impl Environment {
    /// A new match.
    fn new(rules: Rules, level: Level, seed: u64) -> Self {
        let mut environment = Self {
            game: Match::new(rules, seed),
            opponent: Bot::new(rules, Side::Right, level, !seed),
            seen: [0.0; OBSERVATION],
        };
        environment.game.observe(Side::Left, &mut environment.seen);
        environment
    }

    /// Holds a key for a frame; gives the reward and whether the match is over.
    fn step(&mut self, action: Direction) -> (f32, bool) {
        let mut reward = 0.0;
        for _ in 0..FRAME {
            let reply = self.opponent.play(|| self.game.public());
            let events = self.game.step(Inputs::new(action, reply));
            reward += match events.scorer() {
                Some(Side::Left) => 1.0,
                Some(Side::Right) => -1.0,
                None => 0.0,
            };
        }
        self.game.observe(Side::Left, &mut self.seen);
        (reward, self.game.outcome().is_some())
    }
}

/// A linear policy.
#[derive(Clone, Copy)]
struct Policy([f32; OBSERVATION]);

impl Policy {
    fn act(&self, seen: &[f32; OBSERVATION]) -> Direction {
        let sum: f32 = self
            .0
            .iter()
            .zip(seen)
            .map(|(weight, seen)| weight * seen)
            .sum();
        match sum {
            ..-0.05 => Direction::Up,
            0.05.. => Direction::Down,
            _ => Direction::Still,
        }
    }

    /// Its reward in a match, on average.
    fn worth(&self, rules: Rules, level: Level) -> f32 {
        let total: f32 = (0..TRIALS).map(|seed| self.play(rules, level, seed)).sum();
        total / TRIALS as f32
    }

    fn play(&self, rules: Rules, level: Level, seed: u64) -> f32 {
        let mut environment = Environment::new(rules, level, seed);
        let mut total = 0.0;
        loop {
            let (reward, over) = environment.step(self.act(&environment.seen));
            total += reward;
            if over {
                return total;
            }
        }
    }

    /// Another one near it.
    fn varied(mut self, noise: &mut Noise, size: f32) -> Self {
        for weight in &mut self.0 {
            *weight += size * noise.next();
        }
        self
    }
}

/// Numbers from -1 to 1, mostly small.
struct Noise(u64);

impl Noise {
    fn next(&mut self) -> f32 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        let number = (self.0 >> 40) as f32 / (1 << 23) as f32 - 1.0;
        number * number * number
    }
}

fn main() -> Result<(), pong_engine::RulesError> {
    let rules = Rules::default().with_score_to_win(3)?;
    let mut noise = Noise(1);
    let mut best = Policy([0.0; OBSERVATION]);
    let mut worth = best.worth(rules, Level::Easy);
    println!("to begin with: {worth:+.2} points a match");
    for round in 1..=ROUNDS {
        let next = best.varied(&mut noise, 2.0);
        let found = next.worth(rules, Level::Easy);
        if found > worth {
            (best, worth) = (next, found);
            println!("round {round}: {worth:+.2}");
        }
    }
    println!("weights: {:?}", best.0);
    Ok(())
}
