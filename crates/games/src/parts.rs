//! What this crate needs.

use std::sync::Arc;

use db::Store;

use crate::catalogue::Catalog;
use crate::ports::{GamePlayers, GameRelations, MatchListener};

/// What this crate needs.
#[derive(Clone)]
pub struct GamesParts {
    /// The database.
    pub store: Store,
    /// The games that can be played.
    pub catalog: Catalog,
    /// Looks users up.
    pub players: Arc<dyn GamePlayers>,
    /// Knows the relations of users.
    pub relations: Arc<dyn GameRelations>,
    /// Follow matches.
    pub listeners: Vec<Arc<dyn MatchListener>>,
}

impl std::fmt::Debug for GamesParts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "GamesParts on {:?}", self.store)
    }
}
