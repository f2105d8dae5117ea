//! The row of a new account.

use contract::accounts::Theme;
use contract::users::{AiSettings, DEFAULT_LANGUAGE};
use db::types::Json;
use db::{AnyConn, Tx, map_unique_violation};
use diesel::prelude::*;
use kernel::{AppError, Role, UserId};
use mail::Email;
use serde_json::json;

use crate::error::Error;
use crate::rules::privacy;
use crate::rules::username::Username;
use crate::schema::users;
use crate::user_words;

/// Serializes registrations of the same username or address, so that the error names the right one.
pub(super) fn lock(tx: &mut Tx<'_>, name: &Username, email: &Email) -> Result<(), AppError> {
    db::lock(tx.conn, &format!("email:{}", email.key()))?;
    db::lock(tx.conn, &format!("name:{}", name.key()))
}

/// Refuses a username or an address that is taken.
pub(super) fn ensure_available(
    conn: &mut AnyConn,
    name: &Username,
    email: &Email,
) -> Result<(), AppError> {
    let (key, address) = (name.key().to_owned(), email.key());
    let taken: Vec<(String, String)> = users::table
        .filter(
            users::username_key
                .eq(&key)
                .or(users::email_key.eq(&address)),
        )
        .select((users::username_key, users::email_key))
        .load(conn)?;
    if taken.iter().any(|(username_key, _)| *username_key == key) {
        return Err(Error::UsernameTaken.on_field("username"));
    }
    if !taken.is_empty() {
        return Err(Error::EmailTaken.on_field("email"));
    }
    Ok(())
}

/// Refuses a username that is taken.
pub(super) fn ensure_username_available(
    conn: &mut AnyConn,
    name: &Username,
) -> Result<(), AppError> {
    let existing = users::table.filter(users::username_key.eq(name.key()));
    if diesel::select(diesel::dsl::exists(existing)).get_result(conn)? {
        return Err(Error::UsernameTaken.on_field("username"));
    }
    Ok(())
}

pub(super) fn insert(
    tx: &mut Tx<'_>,
    name: &Username,
    email: &Email,
    hash: &str,
) -> Result<UserId, AppError> {
    let (id, now): (UserId, _) = (tx.env().id(), tx.env().now());
    let identity = (
        users::id.eq(id),
        users::username.eq(name.display()),
        users::username_key.eq(name.key()),
        users::email.eq(email.address()),
        users::email_key.eq(email.key()),
        users::password_hash.eq(hash),
        users::role.eq(Role::Member.as_text()),
        users::display_name.eq(""),
        users::display_key.eq(""),
        users::words_of.eq(user_words::words_of(name.key(), "")),
        users::indexed_names.eq(user_words::indexed_names(name.key(), "")),
        users::bio.eq(""),
        users::created_at.eq(now),
        users::last_activity_at.eq(now),
    );
    let settings = (
        users::theme.eq(Theme::default().as_text()),
        users::language.eq(DEFAULT_LANGUAGE),
        users::preferences.eq(Json(json!({}))),
        users::ai_settings.eq(Json(serde_json::to_value(AiSettings::default())?)),
        users::privacy.eq(Json(serde_json::to_value(privacy::DEFAULT)?)),
        users::searchable.eq(privacy::DEFAULT.searchable),
        users::email_codes.eq(false),
    );
    let inserted = diesel::insert_into(users::table)
        .values((identity, settings))
        .execute(tx.conn);
    map_unique_violation(inserted, || Error::UsernameTaken.on_field("username"))?;
    user_words::insert(tx.conn, id, &[name.key()])?;
    Ok(id)
}
