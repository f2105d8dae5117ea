//! Matches of bots that go everywhere: every speed, every level, every profile, with coins and without.

use std::fmt::Write as _;

use pong_engine::bots::{Bot, BotProfile, Level, Skill};
use pong_engine::{Inputs, Match, Rules, Side, Speed};

/// One line for each match: who plays, how it went, and all keys folded into one number.
pub(crate) fn lines() -> String {
    let mut text = String::from("# speed cool left right | score ticks | keys\n");
    for speed in Speed::ALL {
        for cool in [false, true] {
            let rules = Rules::default().with_speed(speed).with_cool_mode(cool);
            for (seed, [left, right]) in (1..).zip(pairs()) {
                let (game, keys) = played(rules, seed, left.1, right.1);
                let (score, ticks) = (game.score(), game.tick());
                let (left, right) = (left.0, right.0);
                // Writing to a string can't fail.
                let _ = writeln!(
                    text,
                    "{speed:?} {cool} {left} {right} | {}:{} {ticks} | {keys:016x}",
                    score.left, score.right
                );
            }
        }
    }
    text
}

/// Who plays whom: the levels around the table, the least and the greatest skill, the delayed and
/// the blind.
fn pairs() -> Vec<[(String, BotProfile); 2]> {
    let level = |level: Level| (format!("{level:?}"), BotProfile::from(level));
    let next = Level::ALL.into_iter().cycle().skip(1);
    let skill = |skill: u16| (skill.to_string(), BotProfile::of(Skill::new(skill)));
    let hard = BotProfile::from(Level::Hard);
    let mut all: Vec<_> = Level::ALL
        .into_iter()
        .zip(next)
        .map(|(left, right)| [level(left), level(right)])
        .collect();
    all.push([skill(0), skill(1_000)]);
    all.push([skill(999), skill(700)]);
    all.push([
        ("delayed".to_owned(), hard.with_reaction_ms(700)),
        ("inexact".to_owned(), hard.with_accuracy(33)),
    ]);
    all
}

fn played(rules: Rules, seed: u64, left: BotProfile, right: BotProfile) -> (Match, u64) {
    let mut game = Match::new(rules, seed);
    let mut left = Bot::new(rules, Side::Left, left, seed);
    let mut right = Bot::new(rules, Side::Right, right, !seed);
    let mut keys = 0_u64;
    while game.outcome().is_none() {
        let inputs = Inputs::new(left.play(|| game.public()), right.play(|| game.public()));
        let pair = Side::BOTH.map(|side| i8::from(inputs.of(side)) as u64);
        keys = (keys.rotate_left(5) ^ pair[0] ^ pair[1] << 8).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        game.step(inputs);
    }
    (game, keys)
}
