//! The service of this crate.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use contract::groups::{CreateGroup, Group, GroupId};
use db::{AnyConn, IdempotencyKey, OptionExt, PagedJson, Store, Tx, lock, map_unique_violation};
use kernel::error::Common;
use kernel::{Actor, AppError, Page, PageRequest, UserId};
use serde_json::json;

use crate::Error;
use crate::policy::NewGroup;
use crate::queries::{self, GroupRow};

/// The maximum number of groups that a user owns.
pub const MAX_OWNED_GROUPS: i64 = 20;

/// The maximum number of groups that a user creates in a day.
pub const MAX_GROUPS_PER_DAY: usize = 3;
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Groups: creates, gets and lists them.
///
/// All methods may fail as `unavailable` or `overloaded` if the database does; each names its other
/// errors.
#[async_trait]
pub trait GroupsService: Send + Sync {
    /// The same service for one request: with the same key again it creates nothing more and returns
    /// the first result.
    fn once(&self, key: Option<IdempotencyKey>) -> Arc<dyn GroupsService>;

    /// Checks the texts of a new group, without the database.
    ///
    /// # Errors
    /// `groups.name_invalid`, `groups.description_invalid`.
    fn check(&self, wanted: &CreateGroup) -> Result<(), AppError>;

    /// Creates a group that the actor owns.
    ///
    /// # Errors
    /// Those of [`check`](Self::check); `groups.name_taken` if a listed group has the name;
    /// `groups.too_many_groups` if the actor owns [`MAX_OWNED_GROUPS`]; `too_many_requests` if they
    /// created [`MAX_GROUPS_PER_DAY`] within a day.
    async fn create(&self, actor: &Actor, wanted: CreateGroup) -> Result<Group, AppError>;

    /// Gets a group.
    ///
    /// # Errors
    /// `groups.not_found`, also for a group that the actor may not see.
    async fn get(&self, actor: &Actor, id: GroupId) -> Result<Group, AppError>;

    /// Lists the groups that the actor may see, newest first.
    ///
    /// # Errors
    /// Only those of the database.
    async fn list(&self, actor: &Actor, page: PageRequest) -> Result<Page<Group>, AppError>;

    /// The memberships of a user, for data exports.
    fn personal_data(&self, user: UserId) -> PagedJson;

    /// Deletes the groups of a user whose account is deleted.
    ///
    /// # Errors
    /// Only those of the database.
    async fn forget(&self, user: UserId) -> Result<(), AppError>;
}

/// The groups in a database. Clones are cheap and share everything.
#[derive(Clone, Debug)]
pub struct Groups {
    store: Store,
    key: Option<IdempotencyKey>,
}

impl Groups {
    /// The groups in this database.
    #[must_use]
    pub fn new(store: Store) -> Self {
        Self { store, key: None }
    }
}

/// Counts created groups only, so that refused names cost nothing.
fn check_daily_limit(tx: &mut Tx<'_>, owner: UserId) -> Result<(), AppError> {
    let now = tx.env().now();
    let created = queries::created_since(tx.conn, owner, now - DAY)?;
    match created.first() {
        Some(first) if created.len() >= MAX_GROUPS_PER_DAY => {
            let wait = DAY.saturating_sub(now.since(*first));
            Err(Common::TooManyRequests.retry_after(wait))
        }
        _ => Ok(()),
    }
}

#[async_trait]
impl GroupsService for Groups {
    fn once(&self, key: Option<IdempotencyKey>) -> Arc<dyn GroupsService> {
        let store = self.store.clone();
        Arc::new(Self { store, key })
    }

    fn check(&self, wanted: &CreateGroup) -> Result<(), AppError> {
        NewGroup::parse(wanted).map(drop)
    }

    async fn create(&self, actor: &Actor, wanted: CreateGroup) -> Result<Group, AppError> {
        let group = NewGroup::parse(&wanted)?;
        let owner = actor.user;
        let create = move |tx: &mut Tx<'_>| {
            // Two requests of a user are counted one after the other.
            lock(tx.conn, &format!("groups:{owner}"))?;
            if queries::count_owned(tx.conn, owner)? >= MAX_OWNED_GROUPS {
                return Err(Error::TooManyGroups.into());
            }
            check_daily_limit(tx, owner)?;
            let row = GroupRow::new(group, tx.env().id(), owner, tx.env().now());
            map_unique_violation(queries::insert(tx.conn, &row), || Error::NameTaken)?;
            Ok(row.into_group(true))
        };
        self.store.write_once(self.key.as_ref(), create).await
    }

    async fn get(&self, actor: &Actor, id: GroupId) -> Result<Group, AppError> {
        let user = actor.user;
        let find =
            move |conn: &mut AnyConn| queries::find(conn, user, id).or_err(|| Error::NotFound);
        self.store.read(find).await
    }

    async fn list(&self, actor: &Actor, page: PageRequest) -> Result<Page<Group>, AppError> {
        let user = actor.user;
        let list = move |conn: &mut AnyConn| queries::list(conn, user, page);
        self.store.read(list).await
    }

    fn personal_data(&self, user: UserId) -> PagedJson {
        PagedJson::list(&self.store, move |conn, after, limit| {
            let memberships = queries::memberships(conn, user, after, limit)?;
            let entries = memberships.into_iter().map(|(group, role, joined_at)| {
                let entry = json!({
                    "id": group.id, "name": group.name, "role": role, "joined_at": joined_at,
                });
                (group.id, entry)
            });
            Ok(entries.collect())
        })
    }

    async fn forget(&self, user: UserId) -> Result<(), AppError> {
        let delete = move |tx: &mut Tx<'_>| Ok(queries::delete_owned(tx.conn, user)?);
        self.store.write(delete).await
    }
}
