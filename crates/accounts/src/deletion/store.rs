//! What goes from the rows of a person, and what is written over.

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
use crate::words::word;

/// No password has it: it is not a hash.
const NO_PASSWORD: &str = "";
/// Nobody is there to be seen or asked.
const SHUT: Privacy = Privacy {
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

/// Removes every row that is about this person alone; refresh tokens go with their sessions. Of
/// the audit stays what was done and when, not from where.
pub(super) fn remove_rows(conn: &mut AnyConn, user: UserId) -> Result<(), AppError> {
    macro_rules! remove {
        ($($table:ident),+) => {
            $(diesel::delete($table::table.filter($table::user_id.eq(user))).execute(conn)?;)+
        };
    }
    user_words::forget(conn, user)?;
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

/// Writes over everything that tells of the person. The row stays, for the history of others.
pub(super) fn anonymise(
    conn: &mut AnyConn,
    user: UserId,
    name: &str,
    now: Timestamp,
) -> Result<(), AppError> {
    let who = (
        users::username.eq(name),
        users::username_key.eq(name),
        // Not an address: no mail goes there, and no lookup finds it.
        users::email.eq(name),
        users::email_key.eq(name),
        users::email_verified_at.eq(None::<Timestamp>),
        users::password_hash.eq(NO_PASSWORD),
        users::email_codes.eq(false),
        users::role.eq(word(Role::Member)?),
        users::deleted_at.eq(now),
    );
    let what = (
        users::display_name.eq(""),
        users::display_key.eq(""),
        users::words_of.eq(user_words::words_of(name, "")),
        users::indexed_names.eq(user_words::indexed_names(name, "")),
        users::bio.eq(""),
        users::avatar.eq(None::<String>),
        users::theme.eq(word(Theme::default())?),
        users::language.eq("en"),
        users::preferences.eq(Json(serde_json::to_value(Preferences::default())?)),
        users::ai_settings.eq(Json(serde_json::to_value(AiSettings::default())?)),
        users::privacy.eq(Json(serde_json::to_value(SHUT)?)),
        users::searchable.eq(false),
    );
    diesel::update(users::table.find(user))
        .set((who, what))
        .execute(conn)?;
    Ok(())
}
