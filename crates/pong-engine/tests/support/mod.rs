//! Players and matches for the tests: made from numbers, so that every failure can be repeated.

#![allow(dead_code, reason = "each test file uses what it needs")]
#![allow(clippy::indexing_slicing, clippy::unwrap_used, reason = "test code")]

use pong_engine::{Direction, Inputs, Match, Rules, Side, Speed};
use proptest::prelude::*;

/// SplitMix64, written anew: the tests don't rely on the crate's own.
#[derive(Clone, Debug)]
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let word = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        word ^ (word >> 31)
    }

    pub(crate) fn below(&mut self, n: u64) -> u64 {
        (self.roll() >> 32) % n
    }
}

/// How a player plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    /// Holds random keys for random times.
    Random,
    /// Follows the ball, off its middle, now and then inattentive.
    Follower,
    /// Follows the ball whenever it comes.
    Keeper,
    /// Does nothing.
    Idle,
}

/// A player made from a style and a seed.
#[derive(Clone, Debug)]
pub(crate) struct TestPlayer {
    style: Style,
    dice: Dice,
    held: Direction,
    wait: u64,
    aim: i32,
}

impl TestPlayer {
    pub(crate) fn new(style: Style, seed: u64) -> Self {
        Self {
            style,
            dice: Dice(seed),
            held: Direction::Still,
            wait: 0,
            aim: 0,
        }
    }

    pub(crate) fn play(&mut self, game: &Match, side: Side) -> Direction {
        if self.wait == 0 {
            self.wait = 1 + self.dice.below(40);
            self.held = Direction::ALL[self.dice.below(3) as usize];
            self.aim = self.dice.below(3_000) as i32 - 1_500;
        }
        self.wait -= 1;
        match self.style {
            Style::Random => self.held,
            Style::Follower if self.wait < 12 => self.held,
            Style::Follower | Style::Keeper => self.follow(game, side),
            Style::Idle => Direction::Still,
        }
    }

    fn follow(&self, game: &Match, side: Side) -> Direction {
        let seen = game.public();
        let distance = i32::from(seen.ball().y) + self.aim - i32::from(seen.paddle(side).y);
        if distance.abs() < 200 {
            Direction::Still
        } else {
            Direction::along(distance)
        }
    }
}

/// Two players.
#[derive(Clone, Debug)]
pub(crate) struct TestPlayers(TestPlayer, TestPlayer);

impl TestPlayers {
    pub(crate) fn new(styles: (Style, Style), seed: u64) -> Self {
        Self(
            TestPlayer::new(styles.0, seed),
            TestPlayer::new(styles.1, !seed),
        )
    }

    pub(crate) fn play(&mut self, game: &Match) -> Inputs {
        Inputs::new(
            self.0.play(game, Side::Left),
            self.1.play(game, Side::Right),
        )
    }
}

pub(crate) fn rules() -> impl Strategy<Value = Rules> {
    (0..3_usize, 3..=20_u8, 1..=5_u8, any::<bool>()).prop_map(|(speed, score, minutes, cool)| {
        Rules::default()
            .with_speed(Speed::ALL[speed])
            .with_cool_mode(cool)
            .with_score_to_win(score)
            .and_then(|rules| rules.with_time_limit(minutes))
            .unwrap()
    })
}

pub(crate) fn style() -> impl Strategy<Value = Style> {
    prop_oneof![
        3 => Just(Style::Random),
        3 => Just(Style::Follower),
        2 => Just(Style::Keeper),
        1 => Just(Style::Idle),
    ]
}

/// A match and the two who play it.
pub(crate) fn table() -> impl Strategy<Value = (Match, TestPlayers)> {
    (rules(), any::<u64>(), style(), style(), any::<u64>()).prop_map(
        |(rules, seed, left, right, dice)| {
            (
                Match::new(rules, seed),
                TestPlayers::new((left, right), dice),
            )
        },
    )
}

/// A match played for some ticks, and the two who play it.
pub(crate) fn table_in_play() -> impl Strategy<Value = (Match, TestPlayers)> {
    (table(), 0..6_000_u16).prop_map(|((mut game, mut players), ticks)| {
        for _ in 0..ticks {
            if game.outcome().is_some() {
                break;
            }
            let inputs = players.play(&game);
            game.step(inputs);
        }
        (game, players)
    })
}
