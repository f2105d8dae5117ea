//! What this crate needs from the rest of the house.

use async_trait::async_trait;
use contract::users::Statistics as Record;
use db::PagedJson;
use kernel::{AppError, SessionId, UserId};

use crate::rules::privacy::Relation;

/// Hears of sessions that have ended, so that their sockets close here and on other nodes.
pub trait SessionEvents: Send + Sync {
    /// These sessions of this user are over. It is called after the commit and must not block.
    fn ended(&self, user: UserId, sessions: &[SessionId]);
}

/// Knows how people have played.
#[async_trait]
pub trait Statistics: Send + Sync {
    /// One person's record over all games.
    async fn of(&self, user: UserId) -> Result<Record, AppError>;
}

/// The record of a house where nothing was played yet.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoStatistics;

#[async_trait]
impl Statistics for NoStatistics {
    async fn of(&self, _: UserId) -> Result<Record, AppError> {
        Ok(Record::default())
    }
}

/// Knows how people stand to each other.
#[async_trait]
pub trait Relations: Send + Sync {
    /// What `other` is to `viewer`, who is somebody else.
    async fn between(&self, viewer: UserId, other: UserId) -> Result<Relation, AppError>;

    /// Who must not show up for this viewer, because one has blocked the other.
    async fn hidden_from(&self, viewer: UserId) -> Result<Vec<UserId>, AppError>;
}

/// The relations of a house where people have not met yet.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoRelations;

#[async_trait]
impl Relations for NoRelations {
    async fn between(&self, _: UserId, _: UserId) -> Result<Relation, AppError> {
        Ok(Relation::Stranger)
    }

    async fn hidden_from(&self, _: UserId) -> Result<Vec<UserId>, AppError> {
        Ok(vec![])
    }
}

/// A room that keeps something about people: part of what they can download, and of what has to go
/// when they do.
#[async_trait]
pub trait PersonalData: Send + Sync {
    /// What it is called in the download, as in `messages`.
    fn chapter(&self) -> &'static str;

    /// Everything it keeps about this person, which is read while it is written to the download.
    fn gather(&self, user: UserId) -> Result<PagedJson, AppError>;

    /// Forgets the person, but not what belongs to others too. It may be called again after it
    /// was done.
    async fn forget(&self, user: UserId) -> Result<(), AppError>;
}
