//! Hit or miss, against an oracle of its own: exact fractions, no code shared with the engine.
//!
//! One tick begins with the ball near a paddle. The oracle cuts the tick at every moment at which
//! anything could change (a bounce, the front, the back, an end of the paddle) and looks, with
//! fractions of whole numbers, whether ball and paddle overlap at any of these moments.

#![allow(clippy::unwrap_used, reason = "test code")]

use pong_engine::*;
use proptest::prelude::*;

/// A fraction with a positive denominator.
#[derive(Clone, Copy)]
struct Fraction(i128, i128);

impl Fraction {
    fn new(num: i128, den: i128) -> Self {
        Self(num * den.signum(), den.abs())
    }

    fn in_tick(self) -> bool {
        0 <= self.0 && self.0 <= self.1
    }
}

struct Tick {
    ball: Ball,
    paddle: (i128, i128),
    x: (i128, i128),
    reach: i128,
}

impl Tick {
    /// The ball's y at a moment, times its denominator: a triangle wave, by remainders.
    fn ball_y(&self, t: Fraction) -> i128 {
        let wall = i128::from(HALF_HEIGHT - BALL_HALF) * t.1;
        let straight = i128::from(self.ball.y) * t.1 + i128::from(self.ball.vy) * t.0;
        let phase = (straight + wall).rem_euclid(4 * wall);
        if phase <= 2 * wall {
            phase - wall
        } else {
            3 * wall - phase
        }
    }

    fn overlaps(&self, t: Fraction) -> bool {
        let x = i128::from(self.ball.x) * t.1 + i128::from(self.ball.vx) * t.0;
        let (from, to) = self.paddle;
        let paddle = from * t.1 + (to - from) * t.0;
        self.x.0 * t.1 <= x
            && x <= self.x.1 * t.1
            && (self.ball_y(t) - paddle).abs() <= self.reach * t.1
    }

    /// Every moment at which an overlap can begin.
    fn moments(&self) -> Vec<Fraction> {
        let (vx, vy) = (i128::from(self.ball.vx), i128::from(self.ball.vy));
        let (x, y) = (i128::from(self.ball.x), i128::from(self.ball.y));
        let wall = i128::from(HALF_HEIGHT - BALL_HALF);
        let (from, to) = self.paddle;
        let mut moments = vec![Fraction(0, 1), Fraction(1, 1)];
        moments.extend([self.x.0, self.x.1].map(|at| Fraction::new(at - x, vx)));
        // The ball's straight path and its images beyond one bounce, against both ends of the paddle.
        for (y, vy) in [(y, vy), (2 * wall - y, -vy), (-2 * wall - y, -vy)] {
            for end in [-self.reach, self.reach] {
                let closing = vy - (to - from);
                if closing != 0 {
                    moments.push(Fraction::new(from + end - y, closing));
                }
            }
        }
        moments.into_iter().filter(|t| t.in_tick()).collect()
    }

    fn is_hit(&self) -> bool {
        // A paddle that has shrunk to nothing returns nothing.
        self.reach > i128::from(BALL_HALF) && self.moments().into_iter().any(|t| self.overlaps(t))
    }
}

/// A state with the ball in reach of the right paddle, moving toward it.
fn close_call() -> impl Strategy<Value = (Snapshot, Direction)> {
    let kind = prop_oneof![
        Just(None),
        Just(Some((EffectKind::Shorten, Side::Left))),
        Just(Some((EffectKind::Lengthen, Side::Right))),
        Just(Some((EffectKind::Thicken, Side::Right))),
        Just(Some((EffectKind::Slow, Side::Left))),
    ];
    let ball = (
        13_000..16_199_i16,
        -9_800..=9_800_i16,
        // The longest rally in which slow paddles have a length.
        0..=25_u16,
        0..=16_i32,
        any::<bool>(),
    );
    (
        0..3_usize,
        ball,
        kind,
        -1..=1_i8,
        -500..=500_i16,
        -2_900..=2_900_i32,
    )
        .prop_map(
            |(speed, (x, y, rally, steps, down), kind, direction, v, gap)| {
                let rules = Rules::default()
                    .with_speed(Speed::ALL.into_iter().nth(speed).unwrap())
                    .with_cool_mode(true);
                let mut state = Match::new(rules, 7).snapshot();
                state.tick = 2_500;
                state.coins = 1;
                state.serve_at = None;
                state.rally = rally;
                let (vx, vy) = velocity(rules.speed().pace().ball(rally), steps);
                state.ball = Ball {
                    x,
                    y,
                    vx,
                    vy: if down { vy } else { -vy },
                };
                state.effect = kind.map(|(kind, owner)| Effect {
                    kind,
                    owner,
                    until: 2_500 + kind.ticks() / 2,
                });
                let back = kind.map_or(1_800, |(kind, _)| 1_800 - kind.ticks() / 2);
                state.coin = Some(Coin::Away {
                    until: 2_500 + back,
                });
                let shaped = kind.map(|(kind, _)| kind);
                let limit = i32::from(HALF_HEIGHT - half_length(rules, rally, shaped));
                let fastest = rules.speed().pace().paddle;
                let near = (i32::from(y) + gap).clamp(-limit, limit) as i16;
                state.paddles[Side::Right] = Paddle {
                    y: near,
                    v: v.clamp(-fastest, fastest),
                };
                (state, Direction::try_from(direction).unwrap())
            },
        )
}

/// The published angles: multiples of 3.75° up to 60°, lengths rounded down.
fn velocity(speed: i16, steps: i32) -> (i16, i16) {
    let angle = (f64::from(steps) * 3.75).to_radians();
    let part = |of: f64| (f64::from(speed) * (of * 16_384.0 + 1e-9).floor() / 16_384.0) as i16;
    (part(angle.cos()), part(angle.sin()))
}

/// The published lengths: each hit beyond those that make the ball as fast as it gets takes a
/// seventh.
fn half_length(rules: Rules, rally: u16, shaped: Option<EffectKind>) -> i16 {
    let full = match shaped {
        Some(EffectKind::Shorten) => PADDLE_HALF_SHORT,
        Some(EffectKind::Lengthen) => PADDLE_HALF_LONG,
        _ => PADDLE_HALF,
    };
    let hits = match rules.speed() {
        Speed::Slow => 19,
        Speed::Medium | Speed::Fast => 20,
    };
    let left = 7 - i16::try_from(rally.saturating_sub(hits)).unwrap();
    (f64::from(full) * f64::from(left) / 7.0) as i16
}

/// Where the right paddle gets to. The state after the tick does not show it: a point there gives a shrunk
/// paddle its length back and pushes it away from the wall.
fn paddle_end(before: &Snapshot, direction: Direction, shaped: Option<EffectKind>) -> i16 {
    let pace = before.rules.speed().pace();
    let speed = match shaped {
        Some(EffectKind::Slow) => pace.paddle / 2,
        _ => pace.paddle,
    };
    let Paddle { y, v } = before.paddles.right;
    let wanted = i16::from(i8::from(direction)) * speed;
    let v = v + (wanted - v).clamp(-pace.grip, pace.grip);
    let limit = HALF_HEIGHT - half_length(before.rules, before.rally, shaped);
    (y + v).clamp(-limit, limit)
}

fn tick_of(before: &Snapshot, direction: Direction) -> Tick {
    let shaped = before
        .effect
        .filter(|effect| effect.target() == Side::Right)
        .map(|effect| effect.kind);
    let half = half_length(before.rules, before.rally, shaped);
    let thickness = match shaped {
        Some(EffectKind::Thicken) => PADDLE_THICKNESS_THICK,
        _ => PADDLE_THICKNESS,
    };
    Tick {
        ball: before.ball,
        paddle: (
            before.paddles.right.y.into(),
            paddle_end(before, direction, shaped).into(),
        ),
        x: (
            (PADDLE_FACE - BALL_HALF).into(),
            (PADDLE_FACE + thickness + BALL_HALF).into(),
        ),
        reach: (half + BALL_HALF).into(),
    }
}

#[test]
fn hits_and_misses_are_those_of_the_oracle() {
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig::with_cases(20_000));
    let counts = std::cell::Cell::new([0_u32; 2]);
    runner
        .run(&close_call(), |(before, direction)| {
            let mut game = Match::restore(&before).unwrap();
            let events = game.step(Inputs::default().with(Side::Right, direction));
            let expected = tick_of(&before, direction).is_hit();
            prop_assert_eq!(events.contains(Event::Hit(Side::Right)), expected);
            let mut seen = counts.get();
            seen[usize::from(expected)] += 1;
            counts.set(seen);
            Ok(())
        })
        .unwrap();
    let [misses, hits] = counts.get();
    assert!(
        misses > 2_000 && hits > 2_000,
        "{misses} misses, {hits} hits: too few of one kind"
    );
}

/// A match that knows a ball to be unreachable no longer tests it for collisions; one restored every tick always
/// does. The paddle does its best to reach the ball.
#[test]
fn no_ball_is_given_up_that_could_be_reached() {
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig::with_cases(20_000));
    let late_hits = std::cell::Cell::new(0_u32);
    runner
        .run(&close_call(), |(before, _)| {
            let mut game = Match::restore(&before).unwrap();
            for tick in 0..20 {
                let mut restored = Match::restore(&game.snapshot()).unwrap();
                let seen = game.public();
                let distance = i32::from(seen.ball().y) - i32::from(seen.paddle(Side::Right).y);
                let inputs = Inputs::default().with(Side::Right, Direction::along(distance));
                let events = game.step(inputs);
                prop_assert_eq!(events, restored.step(inputs));
                prop_assert_eq!(&game, &restored);
                let hit = events.contains(Event::Hit(Side::Right));
                late_hits.set(late_hits.get() + u32::from(hit && tick > 0));
                if hit || events.scorer().is_some() {
                    break;
                }
            }
            Ok(())
        })
        .unwrap();
    assert!(late_hits.get() > 1_000, "{} late hits", late_hits.get());
}

#[test]
fn a_whole_match_agrees_with_the_oracle() {
    let rules = Rules::default().with_speed(Speed::Fast);
    let (mut hits, mut goals) = (0, 0);
    for seed in 0..20 {
        let mut game = Match::new(rules, seed);
        // The oracle knows nothing of the paddles that shrink after the limit.
        while game.outcome().is_none() && game.tick() < rules.limit_ticks() {
            let before = game.snapshot();
            let key = |side: Side| {
                Direction::along(i32::from(before.ball.y) - i32::from(before.paddles[side].y))
            };
            // The right player is slow enough to miss now and then.
            let right = match before.tick % 3 {
                0 => Direction::Still,
                _ => key(Side::Right),
            };
            let events = game.step(Inputs::new(key(Side::Left), right));
            if before.serve_at.is_none() && before.ball.vx > 0 {
                let expected = tick_of(&before, right).is_hit();
                assert_eq!(
                    events.contains(Event::Hit(Side::Right)),
                    expected,
                    "seed {seed}, tick {}",
                    game.tick()
                );
                hits += u32::from(expected);
                goals += u32::from(events.contains(Event::Point(Side::Left)));
            }
        }
    }
    assert!(hits > 100 && goals > 10, "{hits} hits, {goals} goals");
}
