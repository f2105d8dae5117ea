//! The columns of an account that authentication needs.

use db::AnyConn;
use diesel::prelude::*;
use kernel::{AppError, Timestamp, UserId};
use mail::{MailTemplate, OutgoingMail};

use crate::rules::email;
use crate::rules::username;
use crate::schema::{authenticators, users};

/// An account, possibly deleted.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = users)]
pub(crate) struct AccountRow {
    pub(crate) id: UserId,
    pub(crate) username: String,
    pub(crate) username_key: String,
    pub(crate) display_name: String,
    pub(crate) email: String,
    pub(crate) email_verified_at: Option<Timestamp>,
    pub(crate) password_hash: String,
    pub(crate) role: String,
    pub(crate) email_codes: bool,
    pub(crate) suspended_at: Option<Timestamp>,
    pub(crate) deleted_at: Option<Timestamp>,
}

impl AccountRow {
    /// A mail to the owner of the account.
    pub(crate) fn outgoing_mail(&self, template: MailTemplate) -> Result<OutgoingMail, AppError> {
        let name = if self.display_name.is_empty() {
            &self.username
        } else {
            &self.display_name
        };
        Ok(OutgoingMail {
            to: email::parse(&self.email)?,
            name: name.clone(),
            template,
        })
    }

    /// Whether mail may be sent to the address.
    pub(crate) fn is_reachable(&self) -> bool {
        self.email_verified_at.is_some() && self.deleted_at.is_none()
    }

    /// The words that are too easy to guess as part of this user's password.
    pub(crate) fn personal_words(&self) -> Vec<String> {
        let mut words = vec![self.username_key.clone()];
        if let Ok(email) = email::parse(&self.email) {
            words.extend(email.personal_words());
        }
        words
    }
}

/// The account with this username or email address. Deleted accounts are not found.
pub(crate) fn by_login(conn: &mut AnyConn, input: &str) -> Result<Option<AccountRow>, AppError> {
    let active = users::table.filter(users::deleted_at.is_null());
    // Usernames contain no `@`.
    let found = match email::lookup_key(input) {
        Some(key) => active
            .filter(users::email_key.eq(key))
            .select(AccountRow::as_select())
            .first(conn),
        None => active
            .filter(users::username_key.eq(username::lookup_key(input)))
            .select(AccountRow::as_select())
            .first(conn),
    };
    Ok(found.optional()?)
}

/// The account with this id, also a deleted one.
pub(crate) fn by_id(conn: &mut AnyConn, id: UserId) -> Result<AccountRow, AppError> {
    Ok(users::table
        .find(id)
        .select(AccountRow::as_select())
        .first(conn)?)
}

/// Whether the account has a second factor enabled.
pub(crate) fn has_second_factor(conn: &mut AnyConn, id: UserId) -> Result<bool, AppError> {
    let enabled_app = authenticators::table
        .filter(authenticators::user_id.eq(id))
        .filter(authenticators::enabled_at.is_not_null());
    let (by_email, by_app): (bool, bool) = users::table
        .find(id)
        .select((users::email_codes, diesel::dsl::exists(enabled_app)))
        .first(conn)?;
    Ok(by_email || by_app)
}

/// Locks the account against concurrent logins and changes of its credentials until the transaction
/// ends.
pub(crate) fn lock(tx: &mut db::Tx<'_>, id: UserId) -> Result<(), AppError> {
    db::lock(tx.conn, &format!("user:{id}"))
}

/// Locks the account and loads it again.
pub(crate) fn lock_and_reload(
    tx: &mut db::Tx<'_>,
    account: &AccountRow,
) -> Result<AccountRow, AppError> {
    lock(tx, account.id)?;
    by_id(tx.conn, account.id)
}
