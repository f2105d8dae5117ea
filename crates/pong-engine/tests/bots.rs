//! The computer's levels against one another and at the edges of what they may do.
//!
//! All matches have fixed seeds, so that all runs are alike. `examples/calibrate.rs`
//! plays many more of them.

#![cfg(feature = "bots")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test code")]

#[path = "support/arena.rs"]
mod arena;
mod support;

use std::cell::Cell;

use arena::{Beginner, Perfect, bot, tally};
use pong_engine::bots::{Adaptive, Bot, BotProfile, Level, Skill};
use pong_engine::*;
use proptest::prelude::*;
use support::Dice;

fn each_level_beats_the_one_below(speed: Speed) {
    let rules = Rules::default().with_speed(speed);
    for pair in Level::ALL.windows(2) {
        let won = tally(rules, 0..200, &bot(pair[1]), &bot(pair[0])).percent();
        assert!((64.0..86.0).contains(&won), "{pair:?}: {won} %");
    }
}

#[test]
fn each_level_beats_the_one_below_when_slow() {
    each_level_beats_the_one_below(Speed::Slow);
}

#[test]
fn each_level_beats_the_one_below_at_medium_speed() {
    each_level_beats_the_one_below(Speed::Medium);
}

#[test]
fn each_level_beats_the_one_below_when_fast() {
    each_level_beats_the_one_below(Speed::Fast);
}

#[test]
fn a_beginner_has_a_chance_against_the_lowest_and_none_against_the_highest() {
    for speed in Speed::ALL {
        let rules = Rules::default().with_speed(speed);
        let lowest = tally(rules, 0..200, &Beginner::maker, &bot(Level::Beginner));
        assert!(lowest.percent() > 35.0, "{speed:?}: {lowest:?}");
        let highest = tally(rules, 0..20, &Beginner::maker, &bot(Level::Champion));
        assert!(highest.won <= 1, "{speed:?}: {highest:?}");
    }
}

#[test]
fn beginners_return_easy_balls() {
    for speed in Speed::ALL {
        let rules = Rules::default().with_speed(speed);
        let beginner = bot(Level::Beginner);
        let tally = tally(rules, 0..200, &beginner, &beginner);
        assert!(tally.hits_a_rally() >= 2.0, "{speed:?}: {tally:?}");
        assert!(tally.untouched() <= 31.0, "{speed:?}: {tally:?}");
    }
}

/// Not even two who never miss need sudden death.
#[test]
fn matches_of_perfect_players_end_by_score() {
    for speed in Speed::ALL {
        let rules = Rules::default().with_speed(speed);
        let tally = tally(rules, 0..2, &Perfect::maker, &Perfect::maker);
        assert_eq!(tally.by_score, 2, "{speed:?}: {tally:?}");
    }
}

#[test]
fn a_perfect_player_beats_the_highest_and_even_the_greatest_skill() {
    for speed in Speed::ALL {
        for skill in [Level::Champion.skill(), Skill::MAX] {
            let rules = Rules::default().with_speed(speed).with_cool_mode(true);
            let tally = tally(rules, 0..6, &Perfect::maker, &bot(skill));
            assert!(tally.won >= 5, "{speed:?}, {skill:?}: {tally:?}");
        }
    }
}

#[test]
fn matches_between_equals_end_by_score() {
    for level in Level::ALL {
        let tally = tally(Rules::default(), 0..40, &bot(level), &bot(level));
        assert!(
            tally.by_score * 10 >= tally.matches * 9,
            "{level:?}: {tally:?}"
        );
    }
}

#[test]
fn bot_observes_the_public_state_once_a_second_at_most() {
    let rules = Rules::default()
        .with_speed(Speed::Fast)
        .with_cool_mode(true);
    for (seed, level) in Level::ALL.into_iter().enumerate() {
        let mut game = Match::new(rules, seed as u64);
        let mut left = Bot::new(rules, Side::Left, level, 1);
        let mut right = Bot::new(rules, Side::Right, level, 2);
        let (last, observations) = (Cell::new(None), Cell::new(0_u16));
        while game.outcome().is_none() {
            let tick = game.tick();
            let state = || {
                assert!(last.get().is_none_or(|last| tick >= last + TICK_RATE));
                last.set(Some(tick));
                observations.set(observations.get() + 1);
                PublicState::decode(&game.public().encode()).unwrap()
            };
            let keys = Inputs::new(left.play(state), right.play(|| game.public()));
            game.step(keys);
        }
        assert!(
            observations.get() > game.tick() / (3 * TICK_RATE),
            "it does observe"
        );
    }
}

#[test]
fn a_bot_is_the_same_on_either_side_and_in_every_run() {
    let rules = Rules::default().with_cool_mode(true);
    let keys = |side: Side| {
        let game = Match::new(rules, 3);
        let mut game = if side == Side::Left {
            game
        } else {
            game.mirrored()
        };
        let mut bot = Bot::new(rules, side, Level::Hard, 9);
        let mut other = Bot::new(rules, side.other(), Level::Medium, 10);
        let mut keys = Vec::new();
        while game.outcome().is_none() {
            let key = bot.play(|| game.public());
            let inputs = Inputs::default()
                .with(side, key)
                .with(side.other(), other.play(|| game.public()));
            game.step(inputs);
            keys.push(key);
        }
        keys
    };
    let left = keys(Side::Left);
    assert_eq!(left, keys(Side::Left));
    assert_eq!(left, keys(Side::Right));
    assert!(Direction::ALL.into_iter().all(|key| left.contains(&key)));
}

#[test]
fn a_bot_can_take_over_in_the_middle_of_a_match() {
    let rules = Rules::default();
    let mut game = Match::new(rules, 5);
    let mut left = Bot::new(rules, Side::Left, Level::Medium, 1);
    let mut right = Bot::new(rules, Side::Right, Level::Medium, 2);
    while game.outcome().is_none() {
        if game.tick() == 500 {
            right = Bot::new(rules, Side::Right, Skill::MAX, 3);
        }
        let keys = Inputs::new(left.play(|| game.public()), right.play(|| game.public()));
        game.step(keys);
    }
    assert_eq!(game.outcome().unwrap().winner, Side::Right);
}

/// A ball that comes from the far end toward a bot under an effect.
fn under_effect(kind: Option<(EffectKind, Side)>, dice: &mut Dice) -> Match {
    let rules = Rules::default().with_cool_mode(true);
    let mut state = Match::new(rules, dice.roll()).snapshot();
    state.tick = 600;
    state.coins = 1;
    state.serve_at = None;
    // 30° or less, at the speed of a serve.
    let speeds = [(339, 22), (337, 44), (333, 66), (314, 130), (294, 170)];
    let (vx, vy) = speeds[dice.below(5) as usize];
    state.ball = Ball {
        x: 14_000,
        y: dice.below(16_000) as i16 - 8_000,
        vx: -vx,
        vy: if dice.below(2) == 0 { vy } else { -vy },
    };
    state.effect = kind.map(|(kind, owner)| Effect {
        kind,
        owner,
        until: 600 + kind.ticks(),
    });
    state.coin = Some(Coin::Away { until: 600 + 1_800 });
    Match::restore(&state).unwrap()
}

fn returned(kind: Option<(EffectKind, Side)>) -> u32 {
    let mut dice = Dice(8);
    let balls = (0..200).map(|seed| {
        let mut game = under_effect(kind, &mut dice);
        let mut bot = Bot::new(game.rules(), Side::Left, Skill::MAX, seed);
        loop {
            let key = bot.play(|| game.public());
            let events = game.step(Inputs::default().with(Side::Left, key));
            if events.contains(Event::Hit(Side::Left)) {
                return 1;
            }
            if events.scorer().is_some() {
                return 0;
            }
        }
    });
    balls.sum()
}

#[test]
fn bot_adapts_to_every_effect() {
    assert!(returned(None) >= 190);
    assert!(returned(Some((EffectKind::Reverse, Side::Right))) >= 190);
    assert!(returned(Some((EffectKind::Shorten, Side::Right))) >= 185);
    assert!(returned(Some((EffectKind::Slow, Side::Right))) >= 150);
    assert!(returned(Some((EffectKind::Lengthen, Side::Left))) >= 190);
    assert!(returned(Some((EffectKind::Thicken, Side::Left))) >= 190);
}

/// How many of the coins that appear are taken when two of this skill play, in percent.
fn coins_taken(skill: Skill) -> u32 {
    let rules = Rules::default().with_cool_mode(true);
    let (mut seen, mut taken) = (0, 0);
    for seed in 0..30 {
        let mut game = Match::new(rules, seed);
        let mut left = Bot::new(rules, Side::Left, skill, seed);
        let mut right = Bot::new(rules, Side::Right, skill, !seed);
        while game.outcome().is_none() {
            let keys = Inputs::new(left.play(|| game.public()), right.play(|| game.public()));
            let events = game.step(keys);
            seen += u32::from(events.contains(Event::CoinAppeared));
            let coins = Side::BOTH.map(|side| u32::from(events.contains(Event::Coin(side))));
            taken += coins.iter().sum::<u32>();
        }
    }
    100 * taken / seen
}

#[test]
fn bot_aims_at_the_coin() {
    let (able, unable) = (coins_taken(Skill::MAX), coins_taken(Level::Medium.skill()));
    assert!(able > 50 && able > unable + 15, "{able} %, {unable} %");
}

/// How often a human of some skill wins once the computer has adapted.
fn wins_after_adapting(human: Level) -> f64 {
    let rules = Rules::default();
    let mut adaptive = Adaptive::default();
    let mut won = 0;
    for seed in 0..120 {
        let maker = bot(BotProfile::from(adaptive));
        let outcome = arena::play(rules, seed, &bot(human), &maker);
        adaptive.observe(&outcome, Side::Left);
        won += u32::from(seed >= 20 && outcome.winner == Side::Left);
    }
    f64::from(won)
}

#[test]
fn the_adaptive_level_lets_everybody_win_every_other_match() {
    for human in Level::ALL {
        let won = wins_after_adapting(human);
        assert!((38.0..=62.0).contains(&won), "{human:?}: {won} of 100");
    }
}

proptest! {
    #[test]
    fn bot_accepts_any_decoded_state(
        words in prop::array::uniform24(any::<u8>()),
        (skill, reaction, accuracy) in (any::<u16>(), any::<u16>(), any::<u8>()),
        cool in any::<bool>(),
    ) {
        let rules = Rules::default().with_cool_mode(cool).with_speed(Speed::Slow);
        let profile = BotProfile::of(Skill::new(skill))
            .with_reaction_ms(reaction)
            .with_accuracy(accuracy);
        let mut bot = Bot::new(rules, Side::Right, profile, 1);
        let mut seen = Match::new(rules, 1).public();
        if let Some(state) = plausible(words) {
            seen = state;
        }
        for _ in 0..300 {
            bot.play(|| seen);
        }
    }
}

/// Bytes bent until they are a state on the wire, however odd.
fn plausible(mut bytes: [u8; WIRE_BYTES]) -> Option<PublicState> {
    bytes[0] = bytes[0] & 0xf0 | WIRE_VERSION;
    for byte in [7, 15, 23] {
        bytes[byte] &= 0x7f;
    }
    for _ in 0..64 {
        if let Ok(state) = PublicState::decode(&bytes) {
            return Some(state);
        }
        let sum = bytes
            .iter()
            .fold(7_u8, |sum, byte| sum.wrapping_mul(31) ^ byte);
        let at = usize::from(sum) % WIRE_BYTES;
        bytes[at] &= sum.rotate_left(3);
        bytes[0] = bytes[0] & 0xf0 | WIRE_VERSION;
    }
    None
}
