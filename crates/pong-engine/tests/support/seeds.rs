//! The seeds of the fuzz targets: valid bytes of each format, from matches in many states.

#![allow(clippy::unwrap_used, reason = "test code")]

use pong_engine::*;

/// Keys for the match that a target plays on from a seed.
const KEYS: [u8; 16] = [0, 5, 2, 8, 1, 10, 4, 6, 9, 0, 2, 8, 5, 1, 10, 4];

/// A file in `fuzz/seeds`.
pub(crate) struct FuzzSeed {
    pub(crate) target: &'static str,
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
}

pub(crate) fn all() -> Vec<FuzzSeed> {
    let states = states();
    let mut seeds = Vec::new();
    for (name, game) in &states {
        seeds.push(seed("restore", name, &[&game.snapshot().to_bytes(), &KEYS]));
        seeds.push(seed("wire", name, &[&game.public().encode(), &KEYS]));
    }
    for ((name, one), (_, two)) in states.iter().zip(states.iter().skip(1)) {
        let both = [one, two].map(|game| game.snapshot().to_bytes());
        seeds.push(seed("batch", name, &[both.as_flattened(), &KEYS]));
    }
    for (name, record) in records() {
        seeds.push(seed("replay", name, &[&record]));
    }
    seeds
}

fn seed(target: &'static str, name: &str, parts: &[&[u8]]) -> FuzzSeed {
    FuzzSeed {
        target,
        name: name.to_owned(),
        bytes: parts.concat(),
    }
}

/// A match in each kind of state.
fn states() -> Vec<(&'static str, Match)> {
    let rules = Rules::default();
    let coins = rules.with_cool_mode(true).with_score_to_win(20).unwrap();
    let fast = coins.with_speed(Speed::Fast).with_time_limit(1).unwrap();
    let effect = |kind| {
        find(coins, move |game| {
            game.public()
                .effect()
                .is_some_and(|effect| effect.kind == kind)
        })
    };
    let ended = |ending| find(fast, move |game| game.public().ending() == Some(ending));
    vec![
        ("new", Match::new(rules, 1)),
        ("rally", find(rules, |game| game.rally() == 3)),
        ("long_rally", find(rules, |game| game.rally() == 22)),
        (
            "coin",
            find(coins, |game| {
                game.public().coin().is_some_and(|coin| coin.y() == 0)
            }),
        ),
        ("reverse", effect(EffectKind::Reverse)),
        ("slow", effect(EffectKind::Slow)),
        ("shorten", effect(EffectKind::Shorten)),
        ("lengthen", effect(EffectKind::Lengthen)),
        ("thicken", effect(EffectKind::Thicken)),
        (
            "sudden_death",
            find(fast, |game| {
                game.public().is_sudden_death(game.rules()) && game.rally() == 1
            }),
        ),
        ("ended_by_score", find(rules, Match::is_over)),
        ("ended_by_time", ended(Ending::Time)),
        ("ended_in_sudden_death", ended(Ending::SuddenDeath)),
    ]
}

fn records() -> [(&'static str, Vec<u8>); 4] {
    let rules = Rules::default();
    let coins = rules.with_cool_mode(true).with_speed(Speed::Fast);
    let (_, unfinished) = recorded(rules, 1, 1_300).finish();
    let header = Recorder::new(rules, 1, Vec::new()).record().len();
    [
        ("finished", recorded(coins, 3, MAX_TICKS).finish().1),
        // What the target puts behind a header of its own.
        ("body", unfinished.iter().skip(header).copied().collect()),
        ("unfinished", unfinished),
        ("without_end", recorded(rules, 2, 700).record().clone()),
    ]
}

fn recorded(rules: Rules, seed: u64, ticks: u16) -> Recorder<Vec<u8>> {
    let mut recorder = Recorder::new(rules, seed, Vec::new());
    while !recorder.game().is_over() && recorder.game().tick() < ticks {
        // A key is held for a while, so that the record is short.
        let inputs = Inputs::new(
            follow(recorder.game(), Side::Left, 2_400),
            follow(recorder.game(), Side::Right, 3_600),
        );
        recorder.step(inputs);
    }
    recorder
}

/// The first match of these rules, between players who follow the ball, that gets into such a state.
fn find(rules: Rules, is_wanted: impl Fn(&Match) -> bool) -> Match {
    let found = (0..1_000).find_map(|seed| {
        // The reach of the second player, who misses in some of the matches.
        let tolerance = 150 + 200 * (seed % 16) as i32;
        let mut game = Match::new(rules, seed);
        while !game.is_over() && !is_wanted(&game) {
            let left = follow(&game, Side::Left, 150);
            game.step(Inputs::new(left, follow(&game, Side::Right, tolerance)));
        }
        is_wanted(&game).then_some(game)
    });
    found.unwrap()
}

/// Brings the paddle within a distance of a point beside the ball that differs from hit to hit.
fn follow(game: &Match, side: Side, tolerance: i32) -> Direction {
    let hits = i32::from(game.rally()) + i32::from(game.score().left) * 5;
    let offset = (hits * 977 + i32::from(side.sign()) * 331) % 2_400 - 1_200;
    let distance = i32::from(game.ball().y) + offset - i32::from(game.paddle(side).y);
    if distance.abs() < tolerance {
        Direction::Still
    } else {
        Direction::along(distance)
    }
}
