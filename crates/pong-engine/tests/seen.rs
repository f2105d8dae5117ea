//! What is shown is what is: observations number by number, the coin's and the match's clocks.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test code")]

mod support;

use pong_engine::*;
use support::{Style, TestPlayers};

/// An eventful match in cool mode, whose players let the time run out.
fn eventful(seed: u64) -> (Match, TestPlayers) {
    let rules = Rules::default()
        .with_cool_mode(true)
        .with_score_to_win(20)
        .and_then(|rules| rules.with_time_limit(2))
        .unwrap();
    let players = TestPlayers::new((Style::Follower, Style::Keeper), seed);
    (Match::new(rules, seed), players)
}

/// The table in the documentation of `observe`, once more.
fn expected(game: &Match, own: Side) -> [f32; OBSERVATION] {
    let (seen, rules, other) = (game.public(), game.rules(), own.other());
    let forward = if own == Side::Left { 1.0 } else { -1.0 };
    let number = |value: i16, unit: u16| f32::from(value) / f32::from(unit);
    let ball = seen.ball();
    let score = |side| f32::from(seen.score()[side]) / f32::from(rules.score_to_win());
    let (coin_x, coin_y) = seen.coin().map_or((0, 16_384), |coin| (coin.x(), coin.y()));
    let ticks_left = f32::from(rules.limit_ticks()) - f32::from(seen.tick());
    [
        forward * number(ball.x, 16_384),
        number(ball.y, 16_384),
        forward * number(ball.vx, 1_024),
        number(ball.vy, 1_024),
        number(seen.paddle(own).y, 16_384),
        number(seen.paddle(own).v, 512),
        number(seen.paddle(other).y, 16_384),
        number(seen.paddle(other).v, 512),
        number(seen.half_length(rules, own), 4_096),
        number(seen.half_length(rules, other), 4_096),
        number(seen.drive(rules, own), 512),
        number(seen.drive(rules, other), 512),
        number(seen.thickness(own), 1_024),
        number(seen.thickness(other), 1_024),
        f32::from(seen.serve_in().unwrap_or(0)) / 60.0,
        score(own),
        score(other),
        ticks_left / 3_600.0 / 8.0,
        forward * number(coin_x, 16_384),
        number(coin_y, 16_384),
    ]
}

#[test]
fn observations_are_those_of_the_table() {
    for seed in 0..8 {
        let (mut game, mut players) = eventful(seed);
        while game.outcome().is_none() {
            let inputs = players.play(&game);
            game.step(inputs);
            for side in Side::BOTH {
                let mut seen = [7.0; OBSERVATION];
                game.observe(side, &mut seen);
                assert_eq!(
                    seen,
                    expected(&game, side),
                    "seed {seed}, tick {}",
                    game.tick()
                );
            }
        }
    }
}

#[test]
fn the_clocks_shown_run_out_when_it_happens() {
    let (mut coins, mut effects, mut serves) = (0, 0, 0);
    for seed in 0..32 {
        let (mut game, mut players) = eventful(seed);
        while game.outcome().is_none() {
            let before = game.public();
            let inputs = players.play(&game);
            let events = game.step(inputs);
            let after = game.public();
            assert_eq!(after.tick(), game.tick());
            let left = |seen: PublicState| seen.coin().map(|coin| coin.ticks_left());
            let taken = Side::BOTH
                .map(Event::Coin)
                .into_iter()
                .any(|coin| events.contains(coin));
            match (left(before), left(after)) {
                (None, Some(ticks)) => assert_eq!(ticks, 2 * 10_500 / 50),
                (Some(ticks), Some(fewer)) => assert_eq!(ticks, fewer + 1),
                (Some(ticks), None) => {
                    assert_eq!(ticks == 1 && !taken, events.contains(Event::CoinLeft));
                    coins += 1;
                }
                (None, None) => {}
            }
            if let (Some(was), Some(is)) = (before.coin(), after.coin()) {
                assert_eq!((is.x(), is.y()), (was.x(), was.y() + was.vy()));
            }
            if let (Some(was), None) = (before.effect(), after.effect()) {
                assert!(was.ticks_left == 1 && events.contains(Event::EffectOver));
                effects += 1;
            }
            if events.contains(Event::Serve) {
                assert_eq!(before.serve_in(), Some(1));
                serves += 1;
            }
        }
    }
    assert!(
        coins > 10 && effects > 5 && serves > 50,
        "{coins} {effects} {serves}"
    );
}

#[test]
fn sudden_death_is_shown_from_its_event_to_the_end() {
    let mut sudden = 0;
    for seed in 0..120 {
        let rules = Rules::default().with_time_limit(1).unwrap();
        let mut game = Match::new(rules, seed);
        let mut players = TestPlayers::new((Style::Keeper, Style::Keeper), seed);
        let mut expected = false;
        while game.outcome().is_none() {
            let inputs = players.play(&game);
            let events = game.step(inputs);
            expected |= events.contains(Event::SuddenDeath);
            sudden += u32::from(events.contains(Event::SuddenDeath));
            expected &= !events.contains(Event::End);
            assert_eq!(game.public().is_sudden_death(rules), expected);
        }
    }
    assert!(sudden > 3, "{sudden}");
}
