//! A batch does what its matches do one by one, bit for bit, and allocates nothing on the distance.
//!
//! With the feature `simd` these tests take the AVX2 path where the machine has it, without it the
//! portable one; both are held against the same scalar matches.

#![cfg(feature = "batch")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test code")]

mod support;

use pong_engine::*;
use proptest::prelude::*;
use support::{Dice, TestPlayers, table_in_play};

fn any_rules(dice: &mut Dice) -> Rules {
    Rules::default()
        .with_speed(Speed::ALL[dice.below(3) as usize])
        .with_cool_mode(dice.below(2) == 0)
        .with_score_to_win(3 + dice.below(18) as u8)
        .and_then(|rules| rules.with_time_limit(1 + dice.below(5) as u8))
        .unwrap()
}

/// Keys held for a while: paddles get to the walls and meet the ball now and then.
fn any_inputs(dice: &mut Dice, inputs: &mut [Inputs]) {
    for inputs in inputs {
        if dice.below(9) == 0 {
            let side = Side::BOTH[dice.below(2) as usize];
            *inputs = inputs.with(side, Direction::ALL[dice.below(3) as usize]);
        }
    }
}

/// Steps a batch and its matches one by one, and compares everything after every tick.
fn compare(mut games: Vec<Match>, ticks: u32, mut choose: impl FnMut(&[Match], &mut [Inputs])) {
    let mut batch: Batch = games.iter().cloned().collect();
    let mut inputs = vec![Inputs::default(); games.len()];
    for tick in 0..ticks {
        choose(&games, &mut inputs);
        let expected: Vec<Events> = games
            .iter_mut()
            .zip(&inputs)
            .map(|(game, inputs)| game.step(*inputs))
            .collect();
        assert_eq!(batch.step(&inputs).unwrap(), expected, "tick {tick}");
        let ended = (0..games.len()).filter(|at| expected[*at].contains(Event::End));
        assert!(ended.eq(batch.ended()), "tick {tick}");
        assert!(batch.iter().eq(games.iter().cloned()), "tick {tick}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn a_batch_is_its_matches(seed in any::<u64>(), count in 0..200_usize, ticks in 1..1_500_u32) {
        let mut dice = Dice(seed);
        let games = (0..count)
            .map(|_| Match::new(any_rules(&mut dice), dice.roll()))
            .collect();
        compare(games, ticks, |_, inputs| any_inputs(&mut dice, inputs));
    }

    #[test]
    fn matches_enter_a_batch_at_any_moment(
        tables in prop::collection::vec(table_in_play(), 1..70),
        ticks in 1..1_500_u32,
    ) {
        let (games, mut players): (Vec<Match>, Vec<TestPlayers>) = tables.into_iter().unzip();
        compare(games, ticks, |games, inputs| {
            for ((players, game), inputs) in players.iter_mut().zip(games).zip(inputs) {
                *inputs = players.play(game);
            }
        });
    }
}

/// More ticks than the 16 bits of a batch's tick count, with matches that stay over for long and matches
/// that are replaced at any tick.
#[test]
fn tick_of_a_batch_wraps_around() {
    let mut dice = Dice(1);
    let mut games: Vec<Match> = (0..5)
        .map(|_| Match::new(any_rules(&mut dice), dice.roll()))
        .collect();
    let mut batch: Batch = games.iter().cloned().collect();
    let mut inputs = vec![Inputs::default(); games.len()];
    for tick in 0..75_000_u32 {
        any_inputs(&mut dice, &mut inputs);
        for (game, inputs) in games.iter_mut().zip(&inputs) {
            game.step(*inputs);
        }
        batch.step(&inputs).unwrap();
        let at = dice.below(6_000) as usize;
        if games.get(at).is_some_and(|game| game.outcome().is_some()) {
            let next = Match::new(any_rules(&mut dice), dice.roll());
            let over = std::mem::replace(&mut games[at], next.clone());
            assert_eq!(batch.replace(at, next), Some(over));
        }
        if tick % 97 == 0 {
            assert!(batch.iter().eq(games.iter().cloned()), "tick {tick}");
        }
    }
    assert!(batch.iter().eq(games));
}

#[test]
fn refill_replaces_the_matches_that_ended() {
    let rules = Rules::default().with_score_to_win(3).unwrap();
    let mut batch: Batch = (0..100).map(|seed| Match::new(rules, seed)).collect();
    let mut games: Vec<Match> = batch.iter().collect();
    let inputs = vec![Inputs::default(); 100];
    let mut seed = 100;
    for _ in 0..4_000 {
        batch.step(&inputs).unwrap();
        for game in &mut games {
            game.step(Inputs::default());
        }
        let ended: Vec<usize> = batch.ended().collect();
        let mut replaced = Vec::new();
        batch.refill(|at, over| {
            assert_eq!(over, &games[at]);
            replaced.push(at);
            seed += 1;
            games[at] = Match::new(rules, seed);
            games[at].clone()
        });
        assert_eq!(replaced, ended);
        assert_eq!(batch.ended().next(), None);
    }
    assert!(seed > 300, "several rounds were played");
    assert!(batch.iter().eq(games));
}

#[test]
fn refill_skips_replaced_matches() {
    let rules = Rules::default().with_score_to_win(3).unwrap();
    let mut batch: Batch = (0..130).map(|_| Match::new(rules, 5)).collect();
    let inputs = vec![Inputs::default(); 130];
    while batch.ended().next().is_none() {
        batch.step(&inputs).unwrap();
    }
    assert!(batch.ended().eq(0..130));
    for at in [0, 63, 64, 129] {
        batch.replace(at, Match::new(rules, 1)).unwrap();
    }
    batch.refill(|_, _| Match::new(rules, 2));
    for (at, game) in batch.iter().enumerate() {
        let seed = if [0, 63, 64, 129].contains(&at) { 1 } else { 2 };
        assert_eq!(game, Match::new(rules, seed));
    }
}

#[test]
fn get_replace_and_outcome_take_an_index() {
    let mut batch = Batch::new();
    assert!(batch.is_empty() && batch.get(0).is_none() && batch.step(&[]) == Ok(&[][..]));
    batch.extend((0..65).map(|seed| Match::new(Rules::default(), seed)));
    assert!(batch.len() == 65 && !batch.is_empty());
    let inputs = vec![Inputs::new(Direction::Up, Direction::Down); 65];
    while batch.outcome(64).is_none() {
        batch.step(&inputs).unwrap();
        assert_eq!(batch.events().len(), 65);
    }
    assert_eq!(batch.outcome(64), batch.get(64).unwrap().outcome());
    assert_eq!(batch.outcome(65), None);
    assert!(batch.replace(65, Match::new(Rules::default(), 1)).is_none());

    for side in Side::BOTH {
        let mut seen = vec![[0.0; OBSERVATION]; 65];
        batch.observe(side, &mut seen).unwrap();
        for (game, seen) in batch.iter().zip(seen) {
            let mut own = [0.0; OBSERVATION];
            game.observe(side, &mut own);
            assert_eq!(seen, own);
        }
    }
}

#[test]
fn the_wrong_number_of_inputs_is_an_error_and_changes_nothing() {
    let mut batch: Batch = (0..5)
        .map(|seed| Match::new(Rules::default(), seed))
        .collect();
    let before = batch.clone();
    for given in [0, 4, 6] {
        let error = LengthError { expected: 5, given };
        assert_eq!(batch.step(&vec![Inputs::default(); given]), Err(error));
        let mut seen = vec![[0.0; OBSERVATION]; given];
        assert_eq!(batch.observe(Side::Left, &mut seen), Err(error));
    }
    assert_eq!(
        LengthError {
            expected: 5,
            given: 4
        }
        .to_string(),
        "the batch has 5 matches, not 4"
    );
    assert!(batch.iter().eq(before.iter()));
}

/// All speeds, with and without coins, into sudden death and beyond the end.
#[test]
fn a_batch_observes_what_each_match_does() {
    let rules = |at: usize| {
        Rules::default()
            .with_speed(Speed::ALL[at % 3])
            .with_cool_mode(at.is_multiple_of(2))
            .with_time_limit(1)
            .unwrap()
    };
    let mut batch: Batch = (0..130)
        .map(|at| Match::new(rules(at), at as u64))
        .collect();
    let (mut left, mut right) = (vec![[0.0; OBSERVATION]; 130], vec![[0.0; OBSERVATION]; 130]);
    let mut compact = [(); 2].map(|()| vec![[0.0; COMPACT_OBSERVATION]; 130]);
    for tick in 0..7_500_usize {
        let follow = |game: Match| {
            let seen = game.public();
            let distance = |side| i32::from(seen.ball().y) - i32::from(seen.paddle(side).y);
            Inputs::new(
                Direction::along(distance(Side::Left)),
                Direction::along(distance(Side::Right)),
            )
        };
        let inputs: Vec<Inputs> = batch.iter().map(follow).collect();
        batch.step(&inputs).unwrap();
        if !tick.is_multiple_of(53) {
            continue;
        }
        batch.observe_both(&mut left, &mut right).unwrap();
        let [compact_left, compact_right] = &mut compact;
        batch.observe_compact(compact_left, compact_right).unwrap();
        for (at, game) in batch.iter().enumerate() {
            for (side, seen, compact) in [
                (Side::Left, left[at], compact_left[at]),
                (Side::Right, right[at], compact_right[at]),
            ] {
                let mut own = [0.0; OBSERVATION];
                game.observe(side, &mut own);
                assert_eq!(seen.map(f32::to_bits), own.map(f32::to_bits), "{game:?}");
                assert_eq!(compact[..], own[..COMPACT_OBSERVATION]);
            }
        }
    }
    assert!(batch.iter().all(|game| game.outcome().is_some()));
}
