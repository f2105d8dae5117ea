//! Snapshots, states and replays from elsewhere: an error or a playable match, never a panic.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test code")]

mod support;

use pong_engine::*;
use proptest::prelude::*;
use support::{table, table_in_play};

/// Plays on for a while; debug assertions and overflow checks watch.
fn play_on(game: &mut Match) {
    for tick in 0..2_000_u16 {
        let key = |every: u16| Direction::ALL[usize::from(tick / every % 3)];
        game.step(Inputs::new(key(17), key(23)));
    }
    assert!(Match::restore(&game.snapshot()).as_ref() == Ok(game));
    assert_eq!(
        PublicState::decode(&game.public().encode()),
        Ok(game.public())
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn altered_snapshots_are_refused_or_play(
        table in table_in_play(),
        at in 1..SNAPSHOT_BYTES,
        byte in any::<u8>(),
    ) {
        let mut bytes = table.0.snapshot().to_bytes();
        bytes[at] = byte;
        let snapshot = Snapshot::from_bytes(&bytes);
        if let Ok(mut game) = snapshot.and_then(|snapshot| Match::restore(&snapshot)) {
            prop_assert_eq!(PublicState::decode(&game.public().encode()), Ok(game.public()));
            play_on(&mut game);
        }
    }

    #[test]
    fn random_bytes_are_no_snapshot_that_breaks(mut bytes in prop::array::uniform32(any::<u8>())) {
        bytes[0] = SNAPSHOT_VERSION;
        let mut whole = [0; SNAPSHOT_BYTES];
        whole[..32].copy_from_slice(&bytes);
        let snapshot = Snapshot::from_bytes(&whole);
        if let Ok(mut game) = snapshot.and_then(|snapshot| Match::restore(&snapshot)) {
            prop_assert_eq!(PublicState::decode(&game.public().encode()), Ok(game.public()));
            play_on(&mut game);
        }
    }

    #[test]
    fn altered_wire_forms_are_refused_or_exact(
        table in table_in_play(),
        at in 0..WIRE_BYTES,
        byte in any::<u8>(),
    ) {
        let mut bytes = table.0.public().encode();
        bytes[at] = byte;
        if let Ok(state) = PublicState::decode(&bytes) {
            prop_assert_eq!(state.encode(), bytes);
            prop_assert_eq!(state.mirrored().mirrored(), state);
            if let Ok(mut game) = Match::predict(table.0.rules(), &state) {
                play_on(&mut game);
            }
        }
    }

    #[test]
    fn altered_replays_never_pass_for_another_match(
        table in table(),
        at in any::<prop::sample::Index>(),
        byte in any::<u8>(),
    ) {
        let (game, mut players) = table;
        let mut recorder = Recorder::new(game.rules(), game.snapshot().seed, Vec::new());
        for _ in 0..1_000 {
            let inputs = players.play(recorder.game());
            recorder.step(inputs);
        }
        let (game, record) = recorder.finish();
        let mut altered = record.clone();
        let at = at.index(record.len());
        altered[at] = byte;
        if let Ok(end) = Replay::parse(&altered).and_then(|replay| replay.verify()) {
            // The byte was replaced by itself.
            prop_assert_eq!(end, game);
        }
    }

    #[test]
    fn random_bytes_are_no_replay_that_breaks(body in prop::collection::vec(any::<u8>(), 0..200)) {
        let (_, record) = Recorder::new(Rules::default(), 1, Vec::new()).finish();
        let mut forged = record[..18].to_vec();
        forged.extend(body);
        prop_assert!(Replay::parse(&forged).unwrap().verify().is_err());
    }
}

/// A match in play, the coin crossing.
fn sample() -> Snapshot {
    let rules = Rules::default()
        .with_cool_mode(true)
        .with_score_to_win(20)
        .unwrap();
    let mut game = Match::new(rules, 3);
    loop {
        game.step(Inputs::default());
        let state = game.snapshot();
        if state.serve_at.is_none() && matches!(state.coin, Some(Coin::Crossing { .. })) {
            return state;
        }
    }
}

fn slowed(until: u16) -> Effect {
    Effect {
        kind: EffectKind::Slow,
        owner: Side::Left,
        until,
    }
}

#[test]
fn restore_names_what_is_impossible() {
    use SnapshotError as E;
    type Change = fn(&mut Snapshot);
    let changes: [(Change, E); 25] = [
        (|s| s.tick = MAX_TICKS + 1, E::Score),
        (|s| s.score.left = s.rules.score_to_win(), E::Score),
        (|s| s.ending = Some(Ending::Score), E::Score),
        (|s| s.ending = Some(Ending::Time), E::Score),
        (|s| s.ending = Some(Ending::SuddenDeath), E::Score),
        (|s| s.rally = s.tick + 1, E::Score),
        (|s| (s.tick, s.rally) = (9_000, 28), E::Score),
        (|s| s.serve_at = Some(s.tick), E::Serve),
        (|s| s.serve_at = Some(s.tick + SERVE_PAUSE + 1), E::Serve),
        (|s| (s.serve_at, s.rally) = (Some(s.tick + 1), 0), E::Ball),
        (|s| s.ball.x = HALF_WIDTH + BALL_HALF, E::Ball),
        (|s| s.ball.y = HALF_HEIGHT - BALL_HALF + 1, E::Ball),
        (|s| s.ball.vx += 1, E::Ball),
        (|s| s.ball.vx = i16::MIN, E::Ball),
        (|s| s.ball.vy = i16::MIN, E::Ball),
        (|s| (s.ball.vx, s.ball.vy) = (0, 0), E::Ball),
        (
            |s| s.paddles.left.y = HALF_HEIGHT - PADDLE_HALF + 1,
            E::Paddle,
        ),
        (
            |s| s.paddles.right.v = -s.rules.speed().pace().paddle - 1,
            E::Paddle,
        ),
        (|s| s.coin = None, E::Coin),
        (|s| s.coins = 0, E::Coin),
        (|s| s.coins = 2, E::Coin),
        (|s| s.coins = u8::MAX, E::Coin),
        (|s| s.coin = Some(Coin::Away { until: 2_279 }), E::Coin),
        (|s| s.rules = s.rules.with_cool_mode(false), E::Coin),
        (|s| s.effect = Some(slowed(s.tick + 9)), E::Coin),
    ];
    assert!(Match::restore(&sample()).is_ok());
    for (at, (change, error)) in changes.into_iter().enumerate() {
        let mut state = sample();
        change(&mut state);
        assert_eq!(Match::restore(&state).err(), Some(error), "change {at}");
    }
}

/// A restored match is one that could have been played: it ends when such a match does.
#[test]
fn restore_refuses_what_cannot_end_in_time() {
    let rules = Rules::default().with_time_limit(5).unwrap();
    let mut game = Match::new(rules, 3);
    while game.public().serve_in().is_some() {
        game.step(Inputs::default());
    }
    let early = game.snapshot();
    let shrunk = rules.limit_ticks() + SUDDEN_DEATH_SECONDS * TICK_RATE;
    for (tick, fits) in [(shrunk, true), (shrunk + 20, true), (shrunk + 200, false)] {
        let late = Snapshot { tick, ..early };
        assert_eq!(Match::restore(&late).is_ok(), fits, "tick {tick}");
    }
    let pending = Snapshot {
        tick: rules.limit_ticks() + 1,
        ball: Ball::default(),
        serve_at: Some(rules.limit_ticks() + SERVE_PAUSE),
        ..early
    };
    assert!(Match::restore(&pending).is_ok());
    let later = Snapshot {
        serve_at: Some(rules.limit_ticks() + SERVE_PAUSE + 1),
        ..pending
    };
    assert_eq!(Match::restore(&later).err(), Some(SnapshotError::Serve));
}

#[test]
fn bytes_of_another_length_or_version_are_refused() {
    let bytes = sample().to_bytes();
    assert_eq!(Snapshot::from_bytes(&bytes), Ok(sample()));
    assert_eq!(
        Snapshot::from_bytes(&bytes[1..]),
        Err(SnapshotError::Length)
    );
    let mut other = bytes;
    other[0] += 1;
    assert_eq!(Snapshot::from_bytes(&other), Err(SnapshotError::Version));
    let mut other = bytes;
    other[5] = 2;
    assert_eq!(Snapshot::from_bytes(&other), Err(SnapshotError::Form));
    let mut other = bytes;
    other[2] = 21;
    assert_eq!(
        Snapshot::from_bytes(&other),
        Err(SnapshotError::Rules(RulesError::ScoreToWin))
    );

    let wire = Match::new(Rules::default(), 1).public().encode();
    assert_eq!(PublicState::decode(&wire[1..]), Err(WireError::Length));
    let mut other = wire;
    other[0] ^= 1;
    assert_eq!(PublicState::decode(&other), Err(WireError::Version));
    let mut other = wire;
    other[7] |= 0x80;
    assert_eq!(PublicState::decode(&other), Err(WireError::Value));
}

/// A real state on the wire, with its middle word changed.
fn with_middle(change: impl Fn(u64) -> u64) -> Result<PublicState, WireError> {
    let mut bytes = Match::restore(&sample()).unwrap().public().encode();
    let middle = u64::from_le_bytes(bytes[8..16].try_into().unwrap());
    bytes[8..16].copy_from_slice(&change(middle).to_le_bytes());
    PublicState::decode(&bytes)
}

#[test]
fn the_wire_carries_no_ball_and_no_coin_beyond_the_last() {
    let ball_at = |x: i16| {
        let biased = u64::from((x + 16_383).cast_unsigned() + 1);
        with_middle(|word| word & !0x7fff | biased)
    };
    let goal = HALF_WIDTH + BALL_HALF;
    assert_eq!(ball_at(goal - 1).unwrap().ball().x, goal - 1);
    assert_eq!(ball_at(1 - goal).unwrap().ball().x, 1 - goal);
    assert_eq!(ball_at(goal), Err(WireError::Value));
    assert_eq!(ball_at(-goal), Err(WireError::Value));

    let coin_of_age = |age: u64| with_middle(|word| word & !(0x1ff << 54) | age << 54);
    let crossing = 420;
    let last = coin_of_age(crossing - 1).unwrap().coin().unwrap();
    assert_eq!(last.ticks_left(), 1);
    for age in crossing..512 {
        assert_eq!(coin_of_age(age), Err(WireError::Value), "age {age}");
    }
}
