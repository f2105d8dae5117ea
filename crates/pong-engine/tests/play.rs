//! How a match goes: serves, rallies, effects, sudden death.

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

#[test]
fn the_ball_is_served_after_a_pause_toward_who_conceded() {
    let mut game = Match::new(Rules::default(), 11);
    let mut random = TestPlayers::new((Style::Random, Style::Random), 3);
    let mut points = 0;
    while game.outcome().is_none() {
        let receiver = game.public().receiver();
        assert_eq!(game.public().serve_in(), Some(60));
        for _ in 0..59 {
            assert_eq!(game.step(Inputs::default()), Events::NONE);
        }
        assert_eq!(game.step(Inputs::default()), Event::Serve.into());
        let ball = game.public().ball();
        assert_eq!((ball.x, ball.y, ball.vx.signum()), (0, 0, receiver.sign()));
        assert_eq!(game.public().serve_in(), None);
        game.step(Inputs::default());
        assert_eq!(game.public().ball().x, ball.vx);
        let scorer = until_point(&mut game, &mut random);
        assert_eq!(game.public().receiver(), scorer.other());
        points += 1;
    }
    assert!(points >= 5);
}

fn until_point(game: &mut Match, players: &mut TestPlayers) -> Side {
    loop {
        let inputs = players.play(game);
        if let Some(scorer) = game.step(inputs).scorer() {
            return scorer;
        }
    }
}

#[test]
fn first_serves_go_to_both_sides_at_all_angles() {
    let serves: Vec<Ball> = (0..400)
        .map(|seed| {
            let mut game = Match::new(Rules::default(), seed);
            until(&mut game, &mut idle_players(), Event::Serve);
            game.public().ball()
        })
        .collect();
    let left = serves.iter().filter(|ball| ball.vx < 0).count();
    assert!((150..250).contains(&left), "{left} of 400 to the left");
    let mut angles: Vec<i16> = serves.iter().map(|ball| ball.vy).collect();
    angles.sort_unstable();
    angles.dedup();
    assert_eq!(angles.len(), 10);
    assert!(!angles.contains(&0));
}

#[test]
fn paddles_accelerate_brake_and_stop_at_the_wall() {
    let mut game = Match::new(Rules::default(), 1);
    let pace = game.rules().speed().pace();
    let down = Inputs::new(Direction::Down, Direction::Still);
    game.step(down);
    assert_eq!(
        game.public().paddle(Side::Left),
        Paddle {
            y: pace.grip,
            v: pace.grip
        }
    );
    for _ in 0..20 {
        game.step(down);
    }
    assert_eq!(game.public().paddle(Side::Left).v, pace.paddle);
    game.step(Inputs::default());
    assert_eq!(game.public().paddle(Side::Left).v, pace.paddle - pace.grip);
    for _ in 0..100 {
        game.step(down);
    }
    assert_eq!(
        game.public().paddle(Side::Left),
        Paddle {
            y: HALF_HEIGHT - PADDLE_HALF,
            v: 0
        }
    );
    assert_eq!(game.public().paddle(Side::Right), Paddle::default());
}

/// A ball flying straight at the right paddle, which is `off` beside it.
fn shot(off: i16) -> Match {
    let mut state = Match::new(Rules::default(), 1).snapshot();
    state.tick = 100;
    state.serve_at = None;
    state.ball = Ball {
        x: 14_500,
        y: 100,
        vx: 340,
        vy: 0,
    };
    state.paddles.right.y = 100 - off;
    Match::restore(&state).unwrap()
}

#[test]
fn the_farther_from_the_middle_the_steeper_and_every_hit_is_faster() {
    let speed = Rules::default().speed().pace().ball(1);
    let mut last = i16::MIN;
    for off in [-1_800, -1_200, -600, 0, 600, 1_200, 1_800] {
        let mut game = shot(off);
        let events = game.step(Inputs::default());
        assert_eq!(events, Event::Hit(Side::Right).into(), "{off}");
        let ball = game.public().ball();
        assert!(ball.vx < 0 && ball.vy > last, "{off}: {ball:?}");
        assert_eq!(ball.vy.signum(), off.signum());
        last = ball.vy;
        let length = f64::from(ball.vx).hypot(f64::from(ball.vy));
        assert!((f64::from(speed) - 2.0..=f64::from(speed)).contains(&length));
    }
    for off in [-1_801, 1_801] {
        assert_eq!(shot(off).step(Inputs::default()), Events::NONE);
    }
}

#[test]
fn the_rest_of_the_tick_is_played_after_a_hit() {
    let mut game = shot(0);
    game.step(Inputs::default());
    // 100 of 340 to the front, at 14 600; 240/340 of a tick is left at the new speed of 358.
    assert_eq!(
        game.public().ball(),
        Ball {
            x: 14_600 - 252,
            y: 100,
            vx: -358,
            vy: 0
        }
    );
}

/// Every hit after the one that makes the ball as fast as it gets takes a seventh of both paddles.
#[test]
fn a_long_rally_shrinks_the_paddles_until_the_ball_gets_through() {
    let after = |hits: u16| {
        let mut state = shot(0).snapshot();
        (state.tick, state.rally) = (9_000, hits);
        state.ball.vx = state.rules.speed().pace().ball(hits);
        let mut game = Match::restore(&state).unwrap();
        let events = game.step(Inputs::default());
        assert_eq!(Match::restore(&game.snapshot()).as_ref(), Ok(&game));
        let seen = game.public();
        assert_eq!(PublicState::decode(&seen.encode()), Ok(seen));
        let half = Side::BOTH.map(|side| seen.half_length(game.rules(), side));
        assert_eq!(half[0], half[1]);
        (
            events.contains(Event::Hit(Side::Right)),
            seen.rally(),
            half[0],
        )
    };
    assert_eq!(after(19), (true, 20, 1_600));
    assert_eq!(after(20), (true, 21, 1_600 * 6 / 7));
    assert_eq!(after(25), (true, 26, 1_600 / 7));
    assert_eq!(after(26), (true, 27, 0));
    assert_eq!(after(27), (false, 27, 0));
}

#[test]
fn paddles_have_their_full_length_at_the_next_serve() {
    let mut state = shot(0).snapshot();
    (state.tick, state.rally, state.ball.vx) = (9_000, 27, 700);
    state.paddles.left.y = HALF_HEIGHT;
    let mut game = Match::restore(&state).unwrap();
    while game.step(Inputs::default()).scorer().is_none() {}
    let seen = game.public();
    assert_eq!(
        (seen.rally(), seen.half_length(game.rules(), Side::Left)),
        (0, PADDLE_HALF)
    );
    assert_eq!(seen.paddle(Side::Left).y, HALF_HEIGHT - PADDLE_HALF);
}

#[test]
fn a_paddle_end_saves_a_ball_beside_it() {
    let mut state = shot(2_100).snapshot();
    state.ball.x = 14_900;
    state.paddles.right.v = 240;
    let mut saved = Match::restore(&state).unwrap();
    let inputs = Inputs::new(Direction::Still, Direction::Down);
    assert!(
        !saved.clone().step(inputs).contains(Event::Hit(Side::Right)),
        "300 short, 240 moved"
    );
    state.paddles.right.y += 100;
    saved = Match::restore(&state).unwrap();
    assert!(saved.step(inputs).contains(Event::Hit(Side::Right)));
    assert!(saved.public().ball().vx < 0 && saved.public().ball().vy > 0);
}

#[test]
fn a_tick_can_hold_a_wall_a_paddle_and_a_wall() {
    let mut state = Match::new(Rules::default().with_speed(Speed::Fast), 1).snapshot();
    state.tick = 100;
    state.serve_at = None;
    state.rally = 20;
    // 60° at the cap: 450 along x, 779 along y.
    state.ball = Ball {
        x: 14_400,
        y: 9_500,
        vx: 450,
        vy: 779,
    };
    state.paddles.right.y = HALF_HEIGHT - PADDLE_HALF;
    let mut game = Match::restore(&state).unwrap();
    let events = game.step(Inputs::default());
    assert!(
        events.contains(Event::Wall) && events.contains(Event::Hit(Side::Right)),
        "{events:?}"
    );
    let ball = game.public().ball();
    assert!(ball.vx < 0 && ball.y <= HALF_HEIGHT - BALL_HALF);

    // Hit at the end of the tick, it gets to no wall after that.
    state.ball.x = 14_160;
    let mut game = Match::restore(&state).unwrap();
    let events = game.step(Inputs::default());
    let hit = Events::from(Event::Hit(Side::Right));
    assert_eq!(events, hit | Event::Wall.into());
    assert!((9_300..9_400).contains(&game.public().ball().y));

    // Past the paddle, the wall is all there is.
    state.paddles.right.y = 0;
    let mut game = Match::restore(&state).unwrap();
    assert_eq!(game.step(Inputs::default()), Event::Wall.into());
    assert_eq!(game.public().ball().vy, -779);
    // 279 of 779 to the wall take all of a tick, 280 do not.
    for (y, wall) in [(9_020, false), (9_021, false), (9_022, true)] {
        state.ball.y = y;
        let mut game = Match::restore(&state).unwrap();
        let events = game.step(Inputs::default());
        assert_eq!(events.contains(Event::Wall), wall, "{y}");
    }
}

#[test]
fn when_the_time_is_up_the_leader_wins_or_sudden_death_begins() {
    let rules = Rules::default().with_time_limit(1).unwrap();
    let at_limit = |left| {
        let mut state = Match::new(rules, 1).snapshot();
        state.tick = rules.limit_ticks() - 1;
        state.serve_at = Some(state.tick + 30);
        state.score = Sides { left, right: 2 };
        let mut game = Match::restore(&state).unwrap();
        (game.step(Inputs::default()), game)
    };
    for (left, winner) in [(1, Side::Right), (3, Side::Left)] {
        let (events, game) = at_limit(left);
        assert_eq!(events, Event::End.into());
        assert_eq!(
            game.outcome().map(|o| (o.winner, o.ending)),
            Some((winner, Ending::Time))
        );
    }

    let (events, mut game) = at_limit(2);
    assert_eq!(events, Event::SuddenDeath.into());
    assert!(game.public().is_sudden_death(rules));
    let keepers = &mut TestPlayers::new((Style::Keeper, Style::Keeper), 1);
    let full = game.public().half_length(rules, Side::Left);
    while game.outcome().is_none() {
        let inputs = keepers.play(&game);
        game.step(inputs);
        assert!(game.public().half_length(rules, Side::Left) <= full);
    }
    assert_eq!(game.outcome().map(|o| o.ending), Some(Ending::SuddenDeath));
    assert_eq!(
        u16::from(game.score().left) + u16::from(game.score().right),
        5
    );
}

#[test]
fn a_point_in_the_last_tick_still_counts() {
    let rules = Rules::default().with_time_limit(1).unwrap();
    let scored = |left, right| {
        let mut state = Match::new(rules, 1).snapshot();
        state.tick = rules.limit_ticks() - 1;
        state.serve_at = None;
        state.score = Sides { left, right };
        state.ball = Ball {
            x: 16_100,
            y: 0,
            vx: 340,
            vy: 0,
        };
        let mut game = Match::restore(&state).unwrap();
        let events = game.step(Inputs::default());
        assert_eq!(events.scorer(), Some(Side::Left));
        assert_eq!(
            Match::restore(&game.snapshot()).as_ref(),
            Ok(&game),
            "{left}:{right}"
        );
        (
            game.outcome().map(|outcome| outcome.ending),
            events.contains(Event::SuddenDeath),
        )
    };
    assert_eq!(scored(1, 1), (Some(Ending::Time), false));
    assert_eq!(scored(1, 2), (None, true));
    assert_eq!(scored(1, 3), (Some(Ending::Time), false));
    assert_eq!(scored(4, 0), (Some(Ending::Score), false));
}

/// All three ways to end come through bytes and wire.
#[test]
fn every_ending_is_kept_and_shown() {
    let rules = Rules::default().with_time_limit(1).unwrap();
    for (ending, tick, left) in [
        (Ending::Score, 3_600, 5),
        (Ending::Time, 3_600, 4),
        (Ending::SuddenDeath, 3_700, 4),
    ] {
        let mut state = Match::new(rules, 1).snapshot();
        (state.tick, state.serve_at, state.ending) = (tick, None, Some(ending));
        state.score = Sides { left, right: 3 };
        let game = Match::restore(&state).unwrap();
        assert_eq!(Snapshot::from_bytes(&state.to_bytes()), Ok(state));
        let seen = PublicState::decode(&game.public().encode()).unwrap();
        assert_eq!(seen.ending(), Some(ending));
    }
}

#[test]
fn sudden_death_shrinks_the_paddles_to_nothing() {
    let rules = Rules::default().with_time_limit(1).unwrap();
    let mut state = Match::new(rules, 1).snapshot();
    state.serve_at = None;
    state.ball = Ball {
        x: 14_500,
        y: 0,
        vx: 340,
        vy: 0,
    };
    let hit_after = |seconds: u16| {
        state.tick = rules.limit_ticks() + seconds * TICK_RATE;
        Match::restore(&state)
            .unwrap()
            .step(Inputs::default())
            .contains(Event::Hit(Side::Right))
    };
    assert_eq!([0, 30, 59, 60].map(hit_after), [true, true, true, false]);
}
