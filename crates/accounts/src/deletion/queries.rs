//! Removing the rows of a user, and overwriting the row of the account.

use contract::accounts::{Audience, Theme};
use contract::users::{AiSettings, ExportId, Preferences, Privacy};
use db::AnyConn;
use db::types::Json;
use diesel::prelude::*;
use kernel::{AppError, Role, Timestamp, UserId};
use serde_json::json;

use crate::schema::{
    account_audit, authenticators, data_exports, login_challenges, mail_links, recovery_codes,
    sessions, socket_tickets, users,
};
use crate::user_words;

/// Matches no password: it is not a hash.
const UNUSABLE_HASH: &str = "";
/// The privacy settings of a deleted account.
const DELETED_PRIVACY: Privacy = Privacy {
    searchable: false,
    profile: Audience::Nobody,
    match_history: Audience::Nobody,
    online_status: Audience::Nobody,
    friend_requests: Audience::Nobody,
    game_invites: Audience::Nobody,
    read_receipts: false,
};

pub(super) fn avatar(conn: &mut AnyConn, user: UserId) -> Result<Option<String>, AppError> {
    Ok(users::table.find(user).select(users::avatar).first(conn)?)
}

pub(super) fn is_mentioned(conn: &mut AnyConn, user: UserId) -> QueryResult<bool> {
    users::table
        .find(user)
        .select(users::is_mentioned)
        .first(conn)
}

pub(super) fn exports(conn: &mut AnyConn, user: UserId) -> Result<Vec<ExportId>, AppError> {
    Ok(data_exports::table
        .filter(data_exports::user_id.eq(user))
        .select(data_exports::id)
        .load(conn)?)
}

/// Deletes all rows that concern this user alone; refresh tokens are deleted with their sessions.
/// The audit log keeps actions and times, without addresses and details.
pub(super) fn remove_rows(conn: &mut AnyConn, user: UserId) -> Result<(), AppError> {
    macro_rules! remove {
        ($($table:ident),+) => {
            $(diesel::delete($table::table.filter($table::user_id.eq(user))).execute(conn)?;)+
        };
    }
    user_words::delete(conn, user)?;
    remove!(
        socket_tickets,
        sessions,
        mail_links,
        login_challenges,
        authenticators,
        recovery_codes,
        data_exports
    );
    let audit = account_audit::table.filter(account_audit::user_id.eq(user));
    diesel::update(audit)
        .set((
            account_audit::address.eq(None::<String>),
            account_audit::detail.eq(Json(json!({}))),
        ))
        .execute(conn)?;
    Ok(())
}

/// Overwrites all personal data in the row of the account. The row is kept because others refer to
/// it.
pub(super) fn anonymize(
    conn: &mut AnyConn,
    user: UserId,
    name: &str,
    now: Timestamp,
) -> Result<(), AppError> {
    let identity = (
        users::username.eq(name),
        users::username_key.eq(name),
        // Not an address: no mail is sent to it, and no lookup finds it.
        users::email.eq(name),
        users::email_key.eq(name),
        users::email_verified_at.eq(None::<Timestamp>),
        users::password_hash.eq(UNUSABLE_HASH),
        users::email_codes.eq(false),
        users::role.eq(Role::Member.as_text()),
        users::deleted_at.eq(now),
    );
    let profile = (
        users::display_name.eq(""),
        users::display_key.eq(""),
        users::words_of.eq(user_words::words_of(name, "")),
        users::indexed_names.eq(user_words::indexed_names(name, "")),
        users::bio.eq(""),
        users::avatar.eq(None::<String>),
        users::theme.eq(Theme::default().as_text()),
        users::language.eq("en"),
        users::preferences.eq(Json(serde_json::to_value(Preferences::default())?)),
        users::ai_settings.eq(Json(serde_json::to_value(AiSettings::default())?)),
        users::privacy.eq(Json(serde_json::to_value(DELETED_PRIVACY)?)),
        users::searchable.eq(false),
    );
    diesel::update(users::table.find(user))
        .set((identity, profile))
        .execute(conn)?;
    Ok(())
}
