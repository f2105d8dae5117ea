//! Other users, as far as they may be seen.

mod display_name;
pub mod queries;
mod user_ref;
mod user_rows;

use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;
use contract::users::{PublicProfile, UserSummary};
use db::AnyConn;
use kernel::error::Common;
use kernel::{Actor, AppError, Page, PageRequest, Relation, Role, UserId};

pub(crate) use display_name::name_or_username;
pub(crate) use user_ref::UserRef;
use user_rows::UserProfileRow;

use crate::Accounts;
use crate::rules::privacy::allows;
use crate::rules::search::SearchQuery;

/// Validates a search term.
///
/// # Errors
/// `users.search_too_short`.
pub fn check_search(term: &str) -> Result<(), AppError> {
    parse_search(term).map(|_| ())
}

fn parse_search(term: &str) -> Result<SearchQuery, AppError> {
    SearchQuery::parse(term).map_err(|error| error.on_field("search"))
}

/// Other users, as far as their privacy settings allow.
#[async_trait]
pub trait DirectoryService: Send + Sync {
    /// Searches users by the beginning of any word of their username or display name, ignoring case
    /// and accents. Matches of the username come first, then those of the display name, then those
    /// of later words. Each of the three yields at most 200 users.
    ///
    /// # Errors
    /// `users.search_too_short`.
    async fn search(
        &self,
        actor: &Actor,
        term: &str,
        page: PageRequest,
    ) -> Result<Page<UserSummary>, AppError>;

    /// Gets the profile of a user by username or id, as far as the actor may see it.
    ///
    /// # Errors
    /// `users.not_found`, also across a block.
    async fn public_profile(&self, actor: &Actor, handle: &str) -> Result<PublicProfile, AppError>;

    /// Finds a user by username or id. Deleted accounts are not found.
    ///
    /// # Errors
    /// `users.not_found`.
    async fn find_user(&self, handle: &str) -> Result<UserSummary, AppError>;

    /// The summaries of these users, as [`queries::summaries`].
    ///
    /// # Errors
    /// Only if the database is unavailable.
    async fn summaries(&self, ids: Vec<UserId>) -> Result<HashMap<UserId, UserSummary>, AppError>;
}

#[async_trait]
impl DirectoryService for Accounts {
    async fn search(
        &self,
        actor: &Actor,
        term: &str,
        page: PageRequest,
    ) -> Result<Page<UserSummary>, AppError> {
        let (query, viewer) = (parse_search(term)?, actor.user);
        let relations = Arc::clone(&self.inner.relations);
        let read = move |conn: &mut AnyConn| {
            let hidden = relations.hidden_from(conn, viewer)?;
            user_rows::search(conn, &query, &hidden)
        };
        let found = self.inner.store.read(read).await?;
        Ok(page_of(found, page))
    }

    async fn public_profile(&self, actor: &Actor, handle: &str) -> Result<PublicProfile, AppError> {
        let (user, actor, this) = (UserRef::parse(handle), *actor, self.clone());
        let read = move |conn: &mut AnyConn| this.read_public_profile(conn, &actor, &user);
        self.inner.store.read(read).await
    }

    async fn find_user(&self, handle: &str) -> Result<UserSummary, AppError> {
        let user = UserRef::parse(handle);
        let read = move |conn: &mut AnyConn| user_rows::load_profile(conn, &user);
        Ok(self.inner.store.read(read).await?.summary)
    }

    async fn summaries(&self, ids: Vec<UserId>) -> Result<HashMap<UserId, UserSummary>, AppError> {
        if ids.is_empty() {
            return Ok(HashMap::new());
        }
        let read = move |conn: &mut _| queries::summaries(conn, &ids);
        self.inner.store.read(read).await
    }
}

impl Accounts {
    fn read_public_profile(
        &self,
        conn: &mut AnyConn,
        actor: &Actor,
        user: &UserRef,
    ) -> Result<PublicProfile, AppError> {
        let row = user_rows::load_profile(conn, user)?;
        let is_open = self.may_see_profile(conn, actor, &row)?;
        let statistics = match is_open {
            true => Some(self.inner.statistics.of(conn, row.summary.id)?),
            false => None,
        };
        Ok(PublicProfile {
            id: row.summary.id,
            username: row.summary.username,
            display_name: row.summary.display_name,
            avatar: row.summary.avatar,
            bio: is_open.then_some(row.bio),
            date_joined: is_open.then_some(row.date_joined),
            restricted: !is_open,
            statistics,
        })
    }

    /// Whether the actor may see more of a profile than its name and avatar.
    ///
    /// # Errors
    /// `users.not_found` across a block.
    fn may_see_profile(
        &self,
        conn: &mut AnyConn,
        actor: &Actor,
        row: &UserProfileRow,
    ) -> Result<bool, AppError> {
        let (viewer, owner) = (actor.user, row.summary.id);
        if viewer == owner {
            return Ok(true);
        }
        match self.inner.relations.between(conn, viewer, owner)? {
            Relation::Blocked => Err(Common::UserNotFound.into()),
            relation => Ok(allows(row.privacy.profile, relation) || actor.role >= Role::Moderator),
        }
    }
}

fn page_of<T>(found: Vec<T>, page: PageRequest) -> Page<T> {
    let total = i64::try_from(found.len()).unwrap_or(i64::MAX);
    let count = |rows: i64| usize::try_from(rows).unwrap_or_default();
    let items = found
        .into_iter()
        .skip(count(page.offset))
        .take(count(page.limit));
    Page {
        items: items.collect(),
        total,
    }
}
