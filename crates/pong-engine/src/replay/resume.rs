//! Continues a record that another recorder began.

use super::{Recorder, Replay, ReplayError};
use crate::game::Match;

impl<S: Extend<u8> + AsRef<[u8]>> Recorder<S> {
    /// Continues a record that [`Self::record`] returned, with the match as it was then: on another
    /// machine, for instance, after the first one failed.
    ///
    /// Fails with [`ReplayError::Diverged`] if the record is not that of this match, and as
    /// [`Replay::verify`] does if it is malformed.
    ///
    /// ```
    /// use pong_engine::{Direction, Inputs, Match, Recorder, Rules};
    ///
    /// let keys = Inputs::new(Direction::Up, Direction::Down);
    /// let mut first = Recorder::new(Rules::default(), 42, Vec::new());
    /// for _ in 0..600 {
    ///     first.step(keys);
    /// }
    /// let (snapshot, record) = (first.game().snapshot(), first.record().clone());
    ///
    /// let mut second = Recorder::resume(Match::restore(&snapshot)?, record)?;
    /// first.step(keys);
    /// second.step(keys);
    /// assert_eq!(second.finish(), first.finish());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn resume(game: Match, record: S) -> Result<Self, ReplayError> {
        let mut player = Replay::parse(record.as_ref())?.player();
        while player.step_unfinished(game.tick())?.is_some() {}
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
