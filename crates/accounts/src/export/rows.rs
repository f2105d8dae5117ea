//! Everything that this crate keeps about one person, as it stands in an export: all but what
//! would let somebody else in.

use diesel::prelude::*;
use kernel::{Fault, Timestamp, UserId};
use serde_json::{Map, Value, json};
use store::AnyConn;
use store::types::Json;

use crate::schema::{
    account_audit, authenticators, data_exports, mail_links, recovery_codes, sessions, users,
};

/// A person's rows, and the name of their picture.
pub(super) struct Account {
    pub(super) rows: Value,
    pub(super) avatar: Option<String>,
}

pub(super) fn account(conn: &mut AnyConn, user: UserId) -> Result<Account, Fault> {
    let avatar = users::table.find(user).select(users::avatar).first(conn)?;
    let mut rows = profile(conn, user)?;
    rows.extend(settings(conn, user)?);
    rows.insert("second_factor".to_owned(), second_factor(conn, user)?);
    rows.insert("sessions".to_owned(), sessions(conn, user)?);
    rows.insert("mail_links".to_owned(), links(conn, user)?);
    rows.insert("exports".to_owned(), exports(conn, user)?);
    rows.insert("audit".to_owned(), audit(conn, user)?);
    let rows = Value::Object(rows);
    Ok(Account { rows, avatar })
}

type ProfileRow = (
    String,
    String,
    String,
    String,
    String,
    Option<Timestamp>,
    Option<Timestamp>,
    Timestamp,
    Timestamp,
);

fn profile(conn: &mut AnyConn, user: UserId) -> Result<Map<String, Value>, Fault> {
    let columns = (
        users::username,
        users::display_name,
        users::bio,
        users::role,
        users::email,
        users::email_verified_at,
        users::suspended_at,
        users::created_at,
        users::last_activity_at,
    );
    let row: ProfileRow = users::table.find(user).select(columns).first(conn)?;
    object(json!({
        "id": user,
        "username": row.0,
        "display_name": row.1,
        "bio": row.2,
        "role": row.3,
        "email": row.4,
        "email_verified_at": row.5,
        "suspended_at": row.6,
        "created_at": row.7,
        "last_activity_at": row.8,
    }))
}

fn settings(conn: &mut AnyConn, user: UserId) -> Result<Map<String, Value>, Fault> {
    let columns = (
        users::theme,
        users::language,
        users::preferences,
        users::ai_settings,
        users::privacy,
    );
    let row: (String, String, Json, Json, Json) =
        users::table.find(user).select(columns).first(conn)?;
    object(json!({
        "theme": row.0,
        "language": row.1,
        "preferences": row.2.0,
        "ai_settings": row.3.0,
        "privacy": row.4.0,
    }))
}

fn second_factor(conn: &mut AnyConn, user: UserId) -> Result<Value, Fault> {
    let email: bool = users::table
        .find(user)
        .select(users::email_codes)
        .first(conn)?;
    let app: Option<Option<Timestamp>> = authenticators::table
        .find(user)
        .select(authenticators::enabled_at)
        .first(conn)
        .optional()?;
    let codes: Vec<Option<Timestamp>> = recovery_codes::table
        .filter(recovery_codes::user_id.eq(user))
        .select(recovery_codes::used_at)
        .load(conn)?;
    Ok(json!({
        "email": email,
        "totp_enabled_at": app.flatten(),
        "recovery_codes_used_at": codes,
    }))
}

type SessionRow = (
    String,
    String,
    Timestamp,
    Timestamp,
    Timestamp,
    Option<Timestamp>,
);

fn sessions(conn: &mut AnyConn, user: UserId) -> Result<Value, Fault> {
    let columns = (
        sessions::device,
        sessions::address,
        sessions::created_at,
        sessions::last_used_at,
        sessions::expires_at,
        sessions::ended_at,
    );
    let rows: Vec<SessionRow> = sessions::table
        .filter(sessions::user_id.eq(user))
        .order(sessions::created_at)
        .select(columns)
        .load(conn)?;
    Ok(rows
        .into_iter()
        .map(
            |(device, address, created_at, last_used_at, expires_at, ended_at)| {
                json!({
                    "device": device, "address": address, "created_at": created_at,
                    "last_used_at": last_used_at, "expires_at": expires_at, "ended_at": ended_at,
                })
            },
        )
        .collect())
}

fn links(conn: &mut AnyConn, user: UserId) -> Result<Value, Fault> {
    let columns = (
        mail_links::purpose,
        mail_links::email,
        mail_links::created_at,
        mail_links::used_at,
    );
    let rows: Vec<(String, String, Timestamp, Option<Timestamp>)> = mail_links::table
        .filter(mail_links::user_id.eq(user))
        .order(mail_links::created_at)
        .select(columns)
        .load(conn)?;
    Ok(rows
        .into_iter()
        .map(|(purpose, email, created_at, used_at)| {
            json!({
                "purpose": purpose, "email": email, "created_at": created_at, "used_at": used_at,
            })
        })
        .collect())
}

fn exports(conn: &mut AnyConn, user: UserId) -> Result<Value, Fault> {
    let rows: Vec<(Timestamp, Option<Timestamp>)> = data_exports::table
        .filter(data_exports::user_id.eq(user))
        .order(data_exports::created_at)
        .select((data_exports::created_at, data_exports::ready_at))
        .load(conn)?;
    let told = |(created_at, ready_at)| json!({"created_at": created_at, "ready_at": ready_at});
    Ok(rows.into_iter().map(told).collect())
}

fn audit(conn: &mut AnyConn, user: UserId) -> Result<Value, Fault> {
    let columns = (
        account_audit::action,
        account_audit::address,
        account_audit::detail,
        account_audit::at,
    );
    let rows: Vec<(String, Option<String>, Json, Timestamp)> = account_audit::table
        .filter(account_audit::user_id.eq(user))
        .order(account_audit::at)
        .select(columns)
        .load(conn)?;
    Ok(rows
        .into_iter()
        .map(|(action, address, Json(detail), at)| {
            json!({"action": action, "address": address, "detail": detail, "at": at})
        })
        .collect())
}

fn object(value: Value) -> Result<Map<String, Value>, Fault> {
    match value {
        Value::Object(map) => Ok(map),
        _ => Err(Fault::internal("not an object")),
    }
}
