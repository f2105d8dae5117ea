//! What holds for every match, whatever its rules, its seed and its players do.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test code")]

mod support;

use pong_engine::*;
use proptest::prelude::*;
use support::{rules, table, table_in_play};

/// Calls `check` with the state before, the events, and the state after each tick.
fn play(
    (mut game, mut players): (Match, support::TestPlayers),
    mut check: impl FnMut(&Match, Events, &Match) -> Result<(), TestCaseError>,
) -> Result<Match, TestCaseError> {
    while game.outcome().is_none() {
        let before = game.clone();
        let inputs = players.play(&game);
        let events = game.step(inputs);
        check(&before, events, &game)?;
    }
    Ok(game)
}

fn square(ball: Ball) -> i32 {
    i32::from(ball.vx).pow(2) + i32::from(ball.vy).pow(2)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn everything_stays_inside(table in table()) {
        let rules = table.0.rules();
        play(table, |_, _, game| {
            let seen = game.public();
            let ball = seen.ball();
            prop_assert!(ball.x.abs() < HALF_WIDTH + BALL_HALF);
            prop_assert!(ball.y.abs() <= HALF_HEIGHT - BALL_HALF);
            for side in Side::BOTH {
                let paddle = seen.paddle(side);
                prop_assert!(paddle.y.abs() + seen.half_length(rules, side) <= HALF_HEIGHT);
                prop_assert!(paddle.v.abs() <= rules.speed().pace().paddle);
            }
            Ok(())
        })?;
    }

    #[test]
    fn the_ball_keeps_to_the_cap_and_never_slows_in_a_rally(table in table()) {
        let pace = table.0.rules().speed().pace();
        play(table, |before, events, game| {
            let (was, is) = (before.public(), game.public());
            prop_assert!(square(is.ball()) <= i32::from(pace.cap).pow(2));
            if is.ending().is_some() || is.serve_in().is_some() || was.serve_in().is_some() {
                return Ok(());
            }
            let hit = Side::BOTH.into_iter().any(|side| events.contains(Event::Hit(side)));
            prop_assert_eq!(is.rally(), was.rally() + u16::from(hit));
            let speed = |seen: PublicState| i32::from(pace.ball(seen.rally()));
            prop_assert!(speed(is) >= speed(was));
            prop_assert!(square(is.ball()) <= speed(is).pow(2) && square(is.ball()) > (speed(is) - 2).pow(2));
            let turned = is.ball().vx.signum() != was.ball().vx.signum();
            prop_assert_eq!(turned, hit);
            Ok(())
        })?;
    }

    #[test]
    fn the_score_grows_by_one_and_is_announced(table in table()) {
        let rules = table.0.rules();
        play(table, |before, events, game| {
            let (was, is) = (before.score(), game.score());
            let gained = is.map(u16::from).left + u16::from(is.right) - u16::from(was.left) - u16::from(was.right);
            prop_assert!(gained <= 1);
            for side in Side::BOTH {
                prop_assert_eq!(is[side] - was[side] == 1, events.contains(Event::Point(side)));
                prop_assert!(is[side] <= rules.score_to_win());
            }
            prop_assert_eq!(game.outcome().is_some(), events.contains(Event::End));
            if let (Some(scorer), None) = (events.scorer(), game.outcome()) {
                prop_assert_eq!(game.public().receiver(), scorer.other());
                prop_assert_eq!(game.public().serve_in(), Some(SERVE_PAUSE as u8));
            }
            Ok(())
        })?;
    }

    #[test]
    fn every_match_ends_in_time_with_a_winner(table in table()) {
        let rules = table.0.rules();
        let mut game = play(table, |_, _, _| Ok(()))?;
        let outcome = game.outcome().unwrap();
        let (won, lost) = (outcome.score[outcome.winner], outcome.score[outcome.winner.other()]);
        prop_assert!(won > lost && outcome.ticks == game.tick() && outcome.ticks <= MAX_TICKS);
        match outcome.ending {
            Ending::Score => prop_assert!(won == rules.score_to_win() && outcome.ticks <= rules.limit_ticks()),
            Ending::Time => prop_assert_eq!(outcome.ticks, rules.limit_ticks()),
            Ending::SuddenDeath => prop_assert!(won == lost + 1 && outcome.ticks > rules.limit_ticks()),
        }
        let end = game.clone();
        prop_assert_eq!(game.step(Inputs::new(Direction::Up, Direction::Down)), Events::NONE);
        prop_assert_eq!(game, end);
    }

    #[test]
    fn the_mirror_is_exact(table in table()) {
        let mut mirror = table.0.mirrored();
        prop_assert_eq!(&mirror.mirrored(), &table.0);
        let (mut game, mut players) = table;
        while game.outcome().is_none() {
            let inputs = players.play(&game);
            let events = game.step(inputs);
            prop_assert_eq!(mirror.step(inputs.mirrored()), events.mirrored());
            prop_assert_eq!(&mirror.mirrored(), &game);
            prop_assert_eq!(mirror.public(), game.public().mirrored());
        }
    }

    #[test]
    fn a_restored_match_goes_on_like_the_original(table in table_in_play()) {
        let (mut game, mut players) = table;
        let bytes = game.snapshot().to_bytes();
        let mut restored = Match::restore(&Snapshot::from_bytes(&bytes).unwrap()).unwrap();
        prop_assert_eq!(&restored, &game);
        for _ in 0..1_200 {
            let inputs = players.play(&game);
            prop_assert_eq!(restored.step(inputs), game.step(inputs));
            prop_assert_eq!(restored.hash(), game.hash());
        }
        prop_assert_eq!(restored, game);
    }

    #[test]
    fn every_state_can_be_restored_and_sent(table in table()) {
        play(table, |_, _, game| {
            let restored = Match::restore(&game.snapshot());
            prop_assert_eq!(restored.as_ref(), Ok(game));
            let wire = game.public().encode();
            let seen = PublicState::decode(&wire);
            prop_assert_eq!(seen, Ok(game.public()));
            prop_assert_eq!(seen.unwrap().hash(), game.public().hash());
            Ok(())
        })?;
    }

    #[test]
    fn hashes_differ_where_states_do(table in table_in_play(), other in table_in_play()) {
        let (game, other) = (table.0, other.0);
        prop_assert_eq!(game.hash() == other.hash(), game == other);
        let same = game.public() == other.public();
        prop_assert_eq!(game.public().hash() == other.public().hash(), same);
    }

    #[test]
    fn predict_agrees_with_the_match_until_the_next_draw(table in table_in_play()) {
        let (mut game, mut players) = table;
        let mut guess = Match::predict(game.rules(), &game.public()).unwrap();
        prop_assert_eq!(guess.public(), game.public());
        for _ in 0..600 {
            let inputs = players.play(&game);
            let events = game.step(inputs);
            let guessed = guess.step(inputs);
            let random = [Event::Serve, Event::CoinAppeared, Event::Coin(Side::Left), Event::Coin(Side::Right)];
            if random.into_iter().any(|event| events.contains(event) || guessed.contains(event)) {
                break;
            }
            prop_assert_eq!(guessed, events);
            prop_assert_eq!(guess.public(), game.public());
        }
    }

    #[test]
    fn coins_disturb_no_serve(rules in rules(), seed in any::<u64>()) {
        let serve = |cool| {
            let mut game = Match::new(rules.with_cool_mode(cool), seed);
            while !game.step(Inputs::default()).contains(Event::Serve) {}
            game.public().ball()
        };
        prop_assert_eq!(serve(true), serve(false));
    }

    #[test]
    fn observations_are_those_of_ones_own_side(table in table_in_play()) {
        let game = table.0;
        let (mut left, mut right) = ([0.0; OBSERVATION], [0.0; OBSERVATION]);
        game.observe(Side::Left, &mut left);
        game.mirrored().observe(Side::Right, &mut right);
        prop_assert_eq!(left, right);
        prop_assert!(left.iter().all(|number| (-1.0..=1.0).contains(number)), "{:?}", left);
    }
}
