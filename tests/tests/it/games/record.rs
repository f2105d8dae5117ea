//! Downloaded records of matches of Pong, played again by the engine.

use e2e::TestUser;
use pong_engine::{Match, Replay, Side, Sides};

/// The record of a match of Pong.
pub(super) struct PongRecord(Vec<u8>);

impl PongRecord {
    /// Downloads the record of a match that has ended.
    pub(super) async fn download(person: &TestUser, id: &str) -> Self {
        let path = format!("/api/v1/matches/{id}/replay/");
        Self(person.get(&path).await.expect(200).body)
    }

    fn replay(&self) -> Replay<'_> {
        Replay::parse(&self.0).unwrap()
    }

    /// The secret number from which the match follows.
    pub(super) fn seed(&self) -> u64 {
        self.replay().seed()
    }

    /// The match as it is in the end of the record.
    pub(super) fn verify(&self) -> Match {
        self.replay().verify().unwrap()
    }

    /// The points of both seats.
    pub(super) fn score(&self) -> [u8; 2] {
        let Sides { left, right } = self.verify().score();
        [left, right]
    }

    /// The direction of a side in each tick, from the first one on.
    pub(super) fn directions(&self, seat: &str) -> Vec<i64> {
        let (replay, side) = (self.replay(), side_of(seat));
        let (mut player, mut directions) = (replay.player(), vec![]);
        while player.step().unwrap().is_some() {
            directions.push(i64::from(i8::from(player.inputs().of(side))));
        }
        directions
    }

    /// The longest way of a side's paddle in a tick.
    pub(super) fn longest_step(&self, seat: &str) -> i16 {
        let (replay, side) = (self.replay(), side_of(seat));
        let (mut player, mut longest) = (replay.player(), 0);
        loop {
            let before = player.game().paddle(side).y;
            if player.step().unwrap().is_none() {
                return longest;
            }
            longest = longest.max((player.game().paddle(side).y - before).abs());
        }
    }
}

/// The side of a seat.
fn side_of(seat: &str) -> Side {
    match seat {
        "first" => Side::Left,
        _ => Side::Right,
    }
}
