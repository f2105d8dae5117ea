//! Going on with a record that was begun elsewhere.

use super::{Recorder, Replay, ReplayError};
use crate::game::Match;

impl<S: Extend<u8> + AsRef<[u8]>> Recorder<S> {
    /// Goes on with a record that [`Self::record`] gave, at the match as it was then: on another
    /// machine, say, after the first has failed. The record must be that of this match.
    pub fn resume(game: Match, record: S) -> Result<Self, ReplayError> {
        let mut player = Replay::parse(record.as_ref())?.player();
        while player.step_open(game.tick())?.is_some() {}
        if player.game() != &game {
            return Err(ReplayError::Diverged {
                tick: player.game().tick(),
            });
        }
        let (cursor, inputs) = player.position();
        Ok(Self {
            game,
            sink: record,
            cursor,
            inputs,
        })
    }
}
