//! What this crate needs of others. Reads take the connection, so that a response is read in one
//! closure and a decision is made in the transaction that relies on it.

use async_trait::async_trait;
use contract::users::Statistics as UserStatistics;
use db::{AnyConn, PagedJson};
use kernel::{AppError, Relation, SessionId, UserId};

/// Receives sessions that have ended, to close their sockets on all nodes.
pub trait SessionEvents: Send + Sync {
    /// These sessions of a user have ended. Called after the commit; must not block.
    fn ended(&self, user: UserId, sessions: &[SessionId]);
}

/// Provides the match statistics of users.
pub trait StatisticsPort: Send + Sync {
    /// The statistics of a user over all games.
    ///
    /// # Errors
    /// Only if the database is unavailable.
    fn of(&self, conn: &mut AnyConn, user: UserId) -> Result<UserStatistics, AppError>;
}

/// The statistics of an installation without games.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoStatistics;

impl StatisticsPort for NoStatistics {
    fn of(&self, _: &mut AnyConn, _: UserId) -> Result<UserStatistics, AppError> {
        Ok(UserStatistics::default())
    }
}

/// Provides the relations between users.
pub trait RelationsPort: Send + Sync {
    /// The relation between two different users.
    ///
    /// # Errors
    /// Only if the database is unavailable.
    fn between(
        &self,
        conn: &mut AnyConn,
        viewer: UserId,
        other: UserId,
    ) -> Result<Relation, AppError>;

    /// The users who are hidden from a viewer by a block.
    ///
    /// # Errors
    /// Only if the database is unavailable.
    fn hidden_from(&self, conn: &mut AnyConn, viewer: UserId) -> Result<Vec<UserId>, AppError>;
}

/// The relations of an installation without friends and blocks: all users are strangers.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoRelations;

impl RelationsPort for NoRelations {
    fn between(&self, _: &mut AnyConn, _: UserId, _: UserId) -> Result<Relation, AppError> {
        Ok(Relation::Stranger)
    }

    fn hidden_from(&self, _: &mut AnyConn, _: UserId) -> Result<Vec<UserId>, AppError> {
        Ok(vec![])
    }
}

/// A domain that stores personal data: it is part of a user's export, and erased after the deletion
/// of their account.
#[async_trait]
pub trait PersonalData: Send + Sync {
    /// The name of its part of the export, such as `messages`.
    fn section(&self) -> &'static str;

    /// All its data of a user, read while the export is written.
    ///
    /// # Errors
    /// The domain is unavailable.
    fn export(&self, user: UserId) -> Result<PagedJson, AppError>;

    /// Erases a user's data, except what belongs to others too. Idempotent.
    ///
    /// # Errors
    /// Only if the database is unavailable.
    async fn erase(&self, user: UserId) -> Result<(), AppError>;
}
