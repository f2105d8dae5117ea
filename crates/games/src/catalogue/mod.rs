//! The catalogue of games. A game is one file (or folder) here and one line in `BUILTIN`.

mod game;
mod options;
mod play;
mod pong;
mod tictactoe;

use kernel::AppError;

use crate::error::Error;

pub use game::{ComputerLevel, Game, GameInfo, PlayedState, TickSpan, is_ranked};
pub use options::{GameOption, OptionValues, Wants};
pub use play::{
    Computer, MoveError, Play, SavedPlay, StepEvents, Strength, Tempo, Turn, VerifiedRecord,
};

/// The games that come with the crate.
static BUILTIN: &[&dyn Game] = &[&pong::PongGame, &tictactoe::TicTacToe];

/// The games of a server.
#[derive(Debug, Clone, Copy)]
pub struct Catalog(&'static [&'static dyn Game]);

impl Catalog {
    /// The games that come with the crate.
    #[must_use]
    pub fn builtin() -> Self {
        Self(BUILTIN)
    }

    /// These games.
    #[must_use]
    pub const fn new(games: &'static [&'static dyn Game]) -> Self {
        Self(games)
    }

    /// All games.
    #[must_use]
    pub const fn all(self) -> &'static [&'static dyn Game] {
        self.0
    }

    /// The game of this name.
    #[must_use]
    pub fn find(self, slug: &str) -> Option<&'static dyn Game> {
        self.0.iter().copied().find(|game| game.slug() == slug)
    }

    /// The game of this name.
    ///
    /// # Errors
    /// `games.unknown_game`.
    pub fn get(self, slug: &str) -> Result<&'static dyn Game, AppError> {
        self.find(slug)
            .ok_or_else(|| Error::UnknownGame.on_field("game"))
    }
}

impl Default for Catalog {
    fn default() -> Self {
        Self::builtin()
    }
}
