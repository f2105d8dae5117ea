//! Roles and suspensions.

mod store;

use async_trait::async_trait;
use db::Tx;
use kernel::error::Common;
use kernel::{Actor, AppError, Role, UserId};
use serde_json::json;

use crate::Accounts;
use crate::account_rows::{self, AccountRow};
use crate::audit::{Action, AuditEntry};
use crate::error::Error;
use crate::revocation::revoke_pending;
use crate::sessions::{Which, end};
use crate::words::choice;

/// Roles and suspensions.
#[async_trait]
pub trait RolesService: Send + Sync {
    /// Grants a user the admin role without an actor: for the command line of the server.
    ///
    /// # Errors
    /// `users.not_found`.
    async fn grant_admin(&self, name: &str) -> Result<(), AppError>;

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
    async fn grant_admin(&self, name: &str) -> Result<(), AppError> {
        self.change_role(None, name, Role::Admin).await
    }

    async fn set_role(&self, actor: &Actor, name: &str, role: Role) -> Result<(), AppError> {
        require_admin(actor)?;
        self.change_role(Some(actor.user), name, role).await
    }

    async fn suspend(&self, actor: &Actor, name: &str) -> Result<(), AppError> {
        require_admin(actor)?;
        let (name, by) = (name.to_owned(), actor.user);
        let suspend = move |tx: &mut Tx<'_>| {
            let member = find(tx, &name)?;
            admit_leaving(tx, &member)?;
            store::set_suspended(tx.conn, member.id, Some(tx.env().now()))?;
            AuditEntry::unknown(member.id, Action::Suspended)
                .by(Some(by))
                .record(tx)?;
            revoke_pending(tx, member.id)?;
            end(tx, member.id, Which::All)
        };
        let ended = self.inner.store.write(suspend).await?;
        self.announce(&ended);
        Ok(())
    }

    async fn restore(&self, actor: &Actor, name: &str) -> Result<(), AppError> {
        require_admin(actor)?;
        let (name, by) = (name.to_owned(), actor.user);
        let restore = move |tx: &mut Tx<'_>| {
            let member = find(tx, &name)?;
            store::set_suspended(tx.conn, member.id, None)?;
            AuditEntry::unknown(member.id, Action::Restored)
                .by(Some(by))
                .record(tx)
        };
        self.inner.store.write(restore).await
    }
}

impl Accounts {
    async fn change_role(
        &self,
        by: Option<UserId>,
        name: &str,
        role: Role,
    ) -> Result<(), AppError> {
        let name = name.to_owned();
        let change = move |tx: &mut Tx<'_>| {
            let member = find(tx, &name)?;
            let before: Role = choice(&member.role)?;
            if role != Role::Admin {
                admit_leaving(tx, &member)?;
            }
            store::set_role(tx.conn, member.id, role)?;
            AuditEntry::unknown(member.id, Action::RoleChanged)
                .by(by)
                .detail(json!({ "from": before, "to": role }))
                .record(tx)?;
            Ok(member.id)
        };
        let user = self.inner.store.write(change).await?;
        self.inner.sessions.forget_user(user);
        Ok(())
    }
}

/// Refuses to remove the last admin. Concurrent removals are serialized.
pub(crate) fn admit_leaving(tx: &mut Tx<'_>, member: &AccountRow) -> Result<(), AppError> {
    db::lock(tx.conn, "admins")?;
    let admins = store::admins(tx.conn)?;
    if admins == [member.id] {
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
    let member = account_rows::by_id(tx.conn, found.id)?;
    if member.deleted_at.is_some() {
        return Err(Common::UserNotFound.into());
    }
    Ok(member)
}
