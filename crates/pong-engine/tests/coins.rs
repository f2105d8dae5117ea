//! How cool mode goes: coins and what they do.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test code")]

mod support;

use pong_engine::*;
use support::{Style, TestPlayers};

fn until(game: &mut Match, players: &mut TestPlayers, event: Event) -> Events {
    loop {
        assert!(game.outcome().is_none(), "the match ended before {event:?}");
        let inputs = players.play(game);
        let events = game.step(inputs);
        if events.contains(event) {
            return events;
        }
    }
}

fn idle_players() -> TestPlayers {
    TestPlayers::new((Style::Idle, Style::Idle), 0)
}

/// A match in which the left player's ball is about to touch the coin.
fn before_coin(seed: u64) -> Match {
    let rules = Rules::default()
        .with_cool_mode(true)
        .with_score_to_win(20)
        .unwrap();
    let mut game = Match::new(rules, seed);
    until(&mut game, &mut idle_players(), Event::CoinAppeared);
    let mut state = game.snapshot();
    for _ in 0..100 {
        game.step(Inputs::default());
    }
    let coin = game.public().coin().unwrap();
    state.tick = game.tick();
    state.score = game.score();
    state.serve_at = None;
    state.rally = 0;
    state.ball = Ball {
        x: coin.x() - 900,
        y: coin.y(),
        vx: 340,
        vy: 0,
    };
    Match::restore(&state).unwrap()
}

/// The farthest that a ball can be from a coin at the end of the tick in which it touches it.
#[test]
fn a_ball_that_leaves_the_coin_at_full_speed_takes_it() {
    let mut state = before_coin(1).snapshot();
    let coin = Match::restore(&state).unwrap().public().coin().unwrap();
    state.rules = state.rules.with_speed(Speed::Fast);
    state.rally = 20;
    state.ball = Ball {
        x: coin.x() + COIN_HALF + BALL_HALF,
        y: coin.y(),
        vx: 900,
        vy: 0,
    };
    let mut game = Match::restore(&state).unwrap();
    assert!(
        game.step(Inputs::default())
            .contains(Event::Coin(Side::Left))
    );
    state.ball.x += 1;
    let mut game = Match::restore(&state).unwrap();
    assert_eq!(game.step(Inputs::default()), Events::NONE);
}

/// A match in which the left player has just taken a coin of this kind.
fn with_effect(kind: EffectKind) -> Match {
    let taken = |seed| {
        let mut game = before_coin(seed);
        assert!(
            game.step(Inputs::default())
                .contains(Event::Coin(Side::Left))
        );
        game
    };
    let of_kind = |game: &Match| {
        game.public()
            .effect()
            .is_some_and(|effect| effect.kind == kind)
    };
    (0..100).map(taken).find(of_kind).unwrap()
}

#[test]
fn a_coin_gives_its_effect_for_its_time_and_comes_back() {
    for (kind, seconds) in EffectKind::ALL.into_iter().zip([10, 8, 5, 5, 15]) {
        let mut game = with_effect(kind);
        let start = game.tick();
        assert_eq!(
            game.public().effect().map(|effect| effect.owner),
            Some(Side::Left)
        );
        assert_eq!(game.public().coin(), None);
        let mut keepers = TestPlayers::new((Style::Keeper, Style::Keeper), 1);
        until(&mut game, &mut keepers, Event::EffectOver);
        assert_eq!(game.tick() - start, seconds * TICK_RATE, "{kind:?}");
        assert_eq!(game.public().effect(), None);
        until(&mut game, &mut keepers, Event::CoinAppeared);
        assert_eq!(game.tick() - start, 30 * TICK_RATE, "{kind:?}");
    }
}

#[test]
fn predict_knows_when_an_effect_ends() {
    for kind in EffectKind::ALL {
        let mut game = with_effect(kind);
        let mut guess = Match::predict(game.rules(), &game.public()).unwrap();
        for _ in 0..kind.ticks() + 60 {
            let inputs = Inputs::new(Direction::Up, Direction::Still);
            assert_eq!(guess.step(inputs), game.step(inputs), "{kind:?}");
            assert_eq!(guess.public(), game.public(), "{kind:?}");
            // Nobody but the match knows the next serve.
            if game.public().serve_in().is_some() {
                break;
            }
        }
    }
}

#[test]
fn a_coin_nobody_takes_leaves_and_comes_back() {
    let mut game = before_coin(1);
    let mut state = game.snapshot();
    state.ball = Ball::default();
    state.serve_at = Some(state.tick + 60);
    game = Match::restore(&state).unwrap();
    let keepers = &mut TestPlayers::new((Style::Keeper, Style::Keeper), 1);
    let mut left = false;
    for _ in 0..420 {
        let inputs = keepers.play(&game);
        left |= game.step(inputs).contains(Event::CoinLeft) || game.public().effect().is_some();
    }
    assert!(left && game.public().coin().is_none());
}

#[test]
fn every_effect_changes_what_it_says() {
    let rules = Rules::default();
    let pace = rules.speed().pace();
    let drive = |kind, side| with_effect(kind).public().drive(rules, side);
    assert_eq!(drive(EffectKind::Reverse, Side::Right), -pace.paddle);
    assert_eq!(drive(EffectKind::Reverse, Side::Left), pace.paddle);
    assert_eq!(drive(EffectKind::Slow, Side::Right), pace.paddle / 2);
    let half = |kind, side| with_effect(kind).public().half_length(rules, side);
    assert_eq!(half(EffectKind::Shorten, Side::Right), PADDLE_HALF_SHORT);
    assert_eq!(half(EffectKind::Shorten, Side::Left), PADDLE_HALF);
    assert_eq!(half(EffectKind::Lengthen, Side::Left), PADDLE_HALF_LONG);
    assert_eq!(half(EffectKind::Lengthen, Side::Right), PADDLE_HALF);
    let thickness = |side| with_effect(EffectKind::Thicken).public().thickness(side);
    assert_eq!(thickness(Side::Left), PADDLE_THICKNESS_THICK);
    assert_eq!(thickness(Side::Right), PADDLE_THICKNESS);

    let mut game = with_effect(EffectKind::Reverse);
    for _ in 0..5 {
        game.step(Inputs::new(Direction::Down, Direction::Down));
    }
    assert!(game.public().paddle(Side::Left).v > 0 && game.public().paddle(Side::Right).v < 0);
}

#[test]
fn a_lengthened_paddle_stays_inside() {
    let lengthened = |seed| {
        let mut state = before_coin(seed).snapshot();
        state.paddles = state.paddles.map(|_| Paddle {
            y: HALF_HEIGHT - PADDLE_HALF,
            v: 0,
        });
        let mut game = Match::restore(&state).unwrap();
        game.step(Inputs::default());
        let lengthens = game
            .public()
            .effect()
            .is_some_and(|effect| effect.kind == EffectKind::Lengthen);
        lengthens.then(|| game.public())
    };
    let seen = (0..100).find_map(lengthened).unwrap();
    assert_eq!(
        seen.paddle(Side::Left),
        Paddle {
            y: HALF_HEIGHT - PADDLE_HALF_LONG,
            v: 0
        }
    );
    assert_eq!(
        seen.paddle(Side::Right),
        Paddle {
            y: HALF_HEIGHT - PADDLE_HALF,
            v: 0
        }
    );
}

#[test]
fn coins_and_effects_are_mirrored_too() {
    let crossing = before_coin(1);
    let coin = crossing.public().coin().unwrap();
    let mirrored = crossing.mirrored().public();
    assert_ne!(coin.x(), 0);
    assert_eq!(mirrored.coin().map(|coin| coin.x()), Some(-coin.x()));
    assert_eq!(mirrored, crossing.public().mirrored());
    for kind in EffectKind::ALL {
        let game = with_effect(kind);
        let mirrored = game.mirrored().public();
        let effect = mirrored.effect().unwrap();
        assert_eq!((effect.kind, effect.owner), (kind, Side::Right));
        assert_eq!(mirrored, game.public().mirrored());
    }
}
