//! Roles and suspensions.

mod queries;

use async_trait::async_trait;
use db::Tx;
use kernel::error::Common;
use kernel::{Actor, AppError, Role, UserId};
use serde_json::json;

use crate::Accounts;
use crate::account_rows::{self, AccountRow};
use crate::audit::{AuditAction, AuditEntry};
use crate::error::Error;
use crate::revocation::revoke_pending;
use crate::sessions::{SessionSelection, end};

/// Roles and suspensions.
#[async_trait]
pub trait RolesService: Send + Sync {
    /// Changes the role of a user; for admins.
    ///
    /// # Errors
    /// `auth.role_needed`; `users.not_found`; `users.last_admin`.
    async fn set_role(&self, actor: &Actor, name: &str, role: Role) -> Result<(), AppError>;

    /// Suspends an account and ends its sessions; for admins.
    ///
    /// # Errors
    /// `auth.role_needed`; `users.not_found`; `users.last_admin`.
    async fn suspend(&self, actor: &Actor, name: &str) -> Result<(), AppError>;

    /// Lifts the suspension of an account; for admins.
    ///
    /// # Errors
    /// `auth.role_needed`; `users.not_found`.
    async fn restore(&self, actor: &Actor, name: &str) -> Result<(), AppError>;
}

#[async_trait]
impl RolesService for Accounts {
    async fn set_role(&self, actor: &Actor, name: &str, role: Role) -> Result<(), AppError> {
        require_admin(actor)?;
        self.change_role(Some(actor.user), name, role).await
    }

    async fn suspend(&self, actor: &Actor, name: &str) -> Result<(), AppError> {
        require_admin(actor)?;
        let (name, by) = (name.to_owned(), actor.user);
        let suspend = move |tx: &mut Tx<'_>| {
            let account = find(tx, &name)?;
            ensure_not_last_admin(tx, &account)?;
            queries::set_suspended(tx.conn, account.id, Some(tx.env().now()))?;
            AuditEntry::anonymous(account.id, AuditAction::Suspended)
                .by(Some(by))
                .record(tx)?;
            revoke_pending(tx, account.id)?;
            end(tx, account.id, SessionSelection::All)
        };
        let ended = self.inner.store.write(suspend).await?;
        self.announce(&ended);
        Ok(())
    }

    async fn restore(&self, actor: &Actor, name: &str) -> Result<(), AppError> {
        require_admin(actor)?;
        let (name, by) = (name.to_owned(), actor.user);
        let restore = move |tx: &mut Tx<'_>| {
            let account = find(tx, &name)?;
            queries::set_suspended(tx.conn, account.id, None)?;
            AuditEntry::anonymous(account.id, AuditAction::Restored)
                .by(Some(by))
                .record(tx)
        };
        self.inner.store.write(restore).await
    }
}

impl Accounts {
    /// Grants a user the admin role without an actor: for the command line of the server.
    ///
    /// # Errors
    /// `users.not_found`.
    pub async fn grant_admin(&self, name: &str) -> Result<(), AppError> {
        self.change_role(None, name, Role::Admin).await
    }

    async fn change_role(
        &self,
        by: Option<UserId>,
        name: &str,
        role: Role,
    ) -> Result<(), AppError> {
        let name = name.to_owned();
        let change = move |tx: &mut Tx<'_>| {
            let account = find(tx, &name)?;
            let before = Role::from_text(&account.role)?;
            if role != Role::Admin {
                ensure_not_last_admin(tx, &account)?;
            }
            queries::set_role(tx.conn, account.id, role)?;
            AuditEntry::anonymous(account.id, AuditAction::RoleChanged)
                .by(by)
                .detail(json!({ "from": before, "to": role }))
                .record(tx)?;
            Ok(account.id)
        };
        let user = self.inner.store.write(change).await?;
        self.inner.sessions.invalidate_user(user);
        Ok(())
    }
}

/// Refuses to remove the last admin. Concurrent removals are serialized.
pub(crate) fn ensure_not_last_admin(tx: &mut Tx<'_>, account: &AccountRow) -> Result<(), AppError> {
    db::lock(tx.conn, "admins")?;
    let admins = queries::admins(tx.conn)?;
    if admins == [account.id] {
        return Err(Error::LastAdmin.into());
    }
    Ok(())
}

fn require_admin(actor: &Actor) -> Result<(), AppError> {
    match actor.role {
        Role::Admin => Ok(()),
        Role::Member | Role::Moderator => Err(Common::RoleNeeded.into()),
    }
}

fn find(tx: &mut Tx<'_>, name: &str) -> Result<AccountRow, AppError> {
    let found = account_rows::by_login(tx.conn, name)?.ok_or(Common::UserNotFound)?;
    account_rows::lock(tx, found.id)?;
    let account = account_rows::by_id(tx.conn, found.id)?;
    if account.deleted_at.is_some() {
        return Err(Common::UserNotFound.into());
    }
    Ok(account)
}
