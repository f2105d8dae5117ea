//! A set of matches that goes everywhere: every speed, every effect, every kind of ending.

use std::fmt::Write as _;

use pong_engine::{Direction, Inputs, Match, Rules, Side, Speed};

/// One line for each match: how it is made, how it went, and the hashes of all its states folded into one.
pub(crate) fn lines() -> String {
    let mut text = String::from(
        "# speed score minutes cool seed play | left right ending ticks | states seen\n",
    );
    for (number, rules) in all_rules().into_iter().enumerate() {
        for (play, style) in [(0, "idle"), (1, "random"), (2, "follow"), (3, "mixed")] {
            let seed = 1_000 * number as u64 + play;
            let (game, states, seen) = played(rules, seed, play);
            write_line(&mut text, &game, (seed, style), (states, seen));
        }
    }
    text
}

fn all_rules() -> Vec<Rules> {
    let limits = [(3, 1), (5, 5), (20, 5), (20, 1), (20, 2)];
    let mut all = Vec::new();
    for speed in Speed::ALL {
        for cool in [false, true] {
            for (score, minutes) in limits {
                let rules = Rules::default().with_speed(speed).with_cool_mode(cool);
                all.extend(
                    rules
                        .with_score_to_win(score)
                        .and_then(|rules| rules.with_time_limit(minutes)),
                );
            }
        }
    }
    all
}

fn played(rules: Rules, seed: u64, play: u64) -> (Match, u64, u32) {
    let mut game = Match::new(rules, seed);
    let (mut states, mut seen) = (0_u64, 0_u32);
    let mut noise = seed;
    while game.outcome().is_none() {
        noise = noise
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let inputs = Inputs::new(
            key_of(&game, Side::Left, play, noise),
            key_of(&game, Side::Right, play, noise >> 7),
        );
        game.step(inputs);
        states = states.rotate_left(1) ^ game.hash();
        seen = seen.rotate_left(1) ^ game.public().hash();
    }
    (game, states, seen)
}

/// What a player does: nothing, anything for sixteen ticks, after the ball, or one of these each.
fn key_of(game: &Match, side: Side, play: u64, noise: u64) -> Direction {
    let seen = game.public();
    let held = u64::from(game.tick() / 16 + 1)
        .wrapping_mul(0x9e37_79b9_7f4a_7c15 ^ u64::from(game.tick() / 16))
        >> 40;
    let random = [
        Direction::Up,
        Direction::Still,
        Direction::Down,
        Direction::Up,
    ];
    let anything = random
        .into_iter()
        .nth((held % 4) as usize)
        .unwrap_or_default();
    let aim = i32::from(seen.ball().y) + (noise >> 33) as i32 % 2_000 - 1_000;
    let follow = Direction::along(aim - i32::from(seen.paddle(side).y));
    match (play, side) {
        (0, _) => Direction::Still,
        (1, _) | (3, Side::Left) => anything,
        _ => follow,
    }
}

fn write_line(
    text: &mut String,
    game: &Match,
    (seed, style): (u64, &str),
    (states, seen): (u64, u32),
) {
    let rules = game.rules();
    let Some(outcome) = game.outcome() else {
        return;
    };
    // Writing to a string can't fail.
    let _ = writeln!(
        text,
        "{:?} {} {} {} {seed} {style} | {} {} {:?} {} | {states:016x} {seen:08x}",
        rules.speed(),
        rules.score_to_win(),
        rules.time_limit(),
        rules.cool_mode(),
        outcome.score.left,
        outcome.score.right,
        outcome.ending,
        outcome.ticks,
    );
}
