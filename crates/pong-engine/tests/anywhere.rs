//! A batch and the bytes on every kind of machine: no dependency but the standard library, so that
//! `other_target.sh` can compile it with nothing but `rustc`.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test code")]

use pong_engine::*;

fn any_rules(number: u64) -> Rules {
    Rules::default()
        .with_speed(Speed::ALL[(number % 3) as usize])
        .with_cool_mode(number.is_multiple_of(2))
        .with_score_to_win(3 + (number % 18) as u8)
        .and_then(|rules| rules.with_time_limit(1 + (number % 5) as u8))
        .unwrap()
}

/// Keys held for a while, from a xorshift generator.
fn any_inputs(state: &mut u64, inputs: &mut [Inputs]) {
    let mut roll = |below: u64| {
        *state ^= *state << 13;
        *state ^= *state >> 7;
        *state ^= *state << 17;
        (*state >> 11) % below
    };
    for inputs in inputs {
        if roll(9) == 0 {
            let side = Side::BOTH[roll(2) as usize];
            *inputs = inputs.with(side, Direction::ALL[roll(3) as usize]);
        }
    }
}

#[test]
#[cfg(feature = "batch")]
fn a_batch_is_its_matches() {
    let mut games: Vec<Match> = (0..150)
        .map(|number| Match::new(any_rules(number), number))
        .collect();
    let mut batch: Batch = games.iter().cloned().collect();
    let mut inputs = vec![Inputs::default(); games.len()];
    let mut state = 7;
    for tick in 0..6_000 {
        any_inputs(&mut state, &mut inputs);
        let expected: Vec<Events> = games
            .iter_mut()
            .zip(&inputs)
            .map(|(game, inputs)| game.step(*inputs))
            .collect();
        assert_eq!(batch.step(&inputs).unwrap(), expected, "tick {tick}");
        assert!(tick % 50 > 0 || batch.iter().eq(games.iter().cloned()));
    }
    assert!(batch.iter().eq(games));
}

#[test]
fn bytes_are_read_back() {
    for number in 0..60 {
        let mut recorder = Recorder::new(any_rules(number), number, Vec::new());
        let mut inputs = [Inputs::default()];
        let mut state = number + 1;
        for _ in 0..1_500 {
            any_inputs(&mut state, &mut inputs);
            recorder.step(inputs[0]);
            let game = recorder.game();
            let snapshot = Snapshot::from_bytes(&game.snapshot().to_bytes()).unwrap();
            assert_eq!(&Match::restore(&snapshot).unwrap(), game);
            let seen = game.public();
            assert_eq!(PublicState::decode(&seen.encode()), Ok(seen));
        }
        let (game, record) = recorder.finish();
        assert_eq!(Replay::parse(&record).unwrap().verify(), Ok(game));
    }
}
