//! What must hold for bytes from anywhere. The fuzz targets and the bounded random tests share it.

#![allow(dead_code, reason = "each fuzz target uses one of these")]
#![allow(clippy::unwrap_used, reason = "test code")]

use pong_engine::*;

/// Bytes as keys: the sixteen values of a nibble give all nine pairs.
fn inputs(byte: u8) -> Inputs {
    let key = |bits: u8| Direction::along(i32::from(bits & 3) - 1);
    Inputs::new(key(byte), key(byte >> 2))
}

/// Plays a match as the bytes say, each byte for four ticks, and comes back from its own snapshot.
fn play_on(game: &mut Match, keys: &[u8]) {
    for key in keys.iter().cycle().take(400) {
        for _ in 0..4 {
            game.step(inputs(*key));
        }
    }
    assert_eq!(Match::restore(&game.snapshot()).as_ref(), Ok(&*game));
    let seen = game.public();
    assert_eq!(PublicState::decode(&seen.encode()), Ok(seen));
}

/// The bytes as a snapshot, and keys for the match that goes on from it.
pub(crate) fn restore(bytes: &[u8]) {
    let Some((snapshot, keys)) = bytes.split_first_chunk::<SNAPSHOT_BYTES>() else {
        assert!(Snapshot::from_bytes(bytes).is_err());
        return;
    };
    let Ok(snapshot) = Snapshot::from_bytes(snapshot) else {
        return;
    };
    if let Ok(mut game) = Match::restore(&snapshot) {
        assert_eq!(game.snapshot(), snapshot);
        let mirror = game.mirrored();
        assert_eq!(mirror.mirrored(), game);
        play_on(&mut game, keys);
    }
}

/// The bytes as a snapshot whose form and rules are repaired, so that more of them can be restored.
pub(crate) fn nearly_restore(bytes: &[u8]) {
    let mut repaired = bytes.to_vec();
    let fixed = [
        (0, SNAPSHOT_VERSION, 0),
        (1, 0, 3),
        (2, 3, 18),
        (3, 1, 5),
        (4, 0, 2),
        (5, 0, 2),
        (6, 0, 4),
    ];
    for (at, low, count) in fixed {
        if let Some(byte) = repaired.get_mut(at) {
            *byte = low + byte.checked_rem(count).unwrap_or(0);
        }
    }
    restore(&repaired);
}

/// The bytes as a replay.
pub(crate) fn replay(bytes: &[u8]) {
    let Ok(replay) = Replay::parse(bytes) else {
        return;
    };
    let verified = replay.verify();
    let mut recorder = Recorder::new(replay.rules(), replay.seed(), Vec::new());
    let mut player = replay.player();
    while let Ok(Some(events)) = player.step() {
        assert_eq!(recorder.step(player.inputs()), events);
    }
    // Written anew, what could be played is a record that holds.
    let (game, record) = recorder.finish();
    assert_eq!(Replay::parse(&record).unwrap().verify().as_ref(), Ok(&game));
    if let Ok(end) = verified {
        assert_eq!(end, game);
    }
    let _ = Recorder::resume(game, bytes.to_vec());
}

/// The bytes as the body of a replay that begins as one should.
pub(crate) fn nearly_replay(bytes: &[u8]) {
    let (_, record) = Recorder::new(Rules::default(), 1, Vec::new()).finish();
    let mut forged: Vec<u8> = record.into_iter().take(18).collect();
    forged.extend(bytes);
    replay(&forged);
}

/// The bytes as a state on the wire, and keys for a prediction from it.
pub(crate) fn wire(bytes: &[u8]) {
    let Some((state, keys)) = bytes.split_first_chunk::<WIRE_BYTES>() else {
        assert!(PublicState::decode(bytes).is_err());
        return;
    };
    let Ok(seen) = PublicState::decode(state) else {
        return;
    };
    assert_eq!(&seen.encode(), state);
    assert_eq!(seen.mirrored().mirrored(), seen);
    for cool in [false, true] {
        let rules = Rules::default().with_cool_mode(cool);
        if let Ok(mut game) = Match::predict(rules, &seen) {
            assert_eq!(game.public(), seen);
            play_on(&mut game, keys);
        }
    }
}

/// Matches from seeds and snapshots among the bytes, stepped one by one and as a batch.
pub(crate) fn batch(bytes: &[u8]) {
    let (snapshots, keys) = bytes.as_chunks::<SNAPSHOT_BYTES>();
    let mut games: Vec<Match> = snapshots
        .iter()
        .filter_map(|bytes| Match::restore(&Snapshot::from_bytes(bytes).ok()?).ok())
        .collect();
    let rules = Rules::default().with_speed(Speed::Fast);
    games.extend((0..3).map(|seed| Match::new(rules.with_cool_mode(seed > 0), seed)));
    let mut batch: Batch = games.iter().cloned().collect();
    for tick in 0..1_500 {
        let key = keys.iter().cycle().nth(tick / 4 % 64);
        let row: Vec<Inputs> = (0..games.len())
            .map(|at| inputs(key.map_or(0, |key| key.rotate_left(at as u32))))
            .collect();
        let expected: Vec<Events> = games
            .iter_mut()
            .zip(&row)
            .map(|(game, inputs)| game.step(*inputs))
            .collect();
        assert_eq!(batch.step(&row).unwrap(), expected);
    }
    assert!(batch.iter().eq(games));
}
