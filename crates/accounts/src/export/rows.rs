//! The personal data in the tables of this crate, without credentials.

use contract::users::ExportId;
use db::types::Json;
use db::{AnyConn, PagedJson, Store};
use diesel::prelude::*;
use kernel::{AppError, SessionId, Timestamp, UserId};
use serde_json::{Map, Value, json};

use crate::audit::AuditId;
use crate::schema::{
    account_audit, authenticators, data_exports, mail_links, recovery_codes, sessions, users,
};

/// The data of an account, and the version of its avatar.
pub(super) struct AccountData {
    pub(super) rows: PagedJson,
    pub(super) avatar: Option<String>,
}

/// Reads the row of the account at once, and lists page by page.
pub(super) async fn account(store: &Store, user: UserId) -> Result<AccountData, AppError> {
    let read = move |conn: &mut AnyConn| {
        let avatar = users::table.find(user).select(users::avatar).first(conn)?;
        let mut row = profile(conn, user)?;
        row.extend(settings(conn, user)?);
        row.insert("second_factor".to_owned(), second_factor(conn, user)?);
        Ok((row, avatar))
    };
    let (row, avatar) = store.read(read).await?;
    let row = row.into_iter().map(|(name, value)| (name, value.into()));
    let lists = [
        (
            "sessions",
            PagedJson::list(store, move |conn, after, limit| {
                sessions(conn, user, after, limit)
            }),
        ),
        (
            "mail_links",
            PagedJson::list(store, move |conn, after, limit| {
                links(conn, user, after, limit)
            }),
        ),
        (
            "exports",
            PagedJson::list(store, move |conn, after, limit| {
                exports(conn, user, after, limit)
            }),
        ),
        (
            "audit",
            PagedJson::list(store, move |conn, after, limit| {
                audit(conn, user, after, limit)
            }),
        ),
    ];
    let lists = lists.map(|(name, list)| (name.to_owned(), list));
    let rows = PagedJson::Object(row.chain(lists).collect());
    Ok(AccountData { rows, avatar })
}

type ProfileColumns = (
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

fn profile(conn: &mut AnyConn, user: UserId) -> Result<Map<String, Value>, AppError> {
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
    let row: ProfileColumns = users::table.find(user).select(columns).first(conn)?;
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

fn settings(conn: &mut AnyConn, user: UserId) -> Result<Map<String, Value>, AppError> {
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

fn second_factor(conn: &mut AnyConn, user: UserId) -> Result<Value, AppError> {
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

type SessionColumns = (
    SessionId,
    String,
    String,
    Timestamp,
    Timestamp,
    Timestamp,
    Option<Timestamp>,
);

fn sessions(
    conn: &mut AnyConn,
    user: UserId,
    after: Option<SessionId>,
    limit: i64,
) -> Result<Vec<(SessionId, Value)>, AppError> {
    let mut query = sessions::table
        .filter(sessions::user_id.eq(user))
        .order(sessions::id)
        .limit(limit)
        .select((
            sessions::id,
            sessions::device,
            sessions::address,
            sessions::created_at,
            sessions::last_used_at,
            sessions::expires_at,
            sessions::ended_at,
        ))
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(sessions::id.gt(after));
    }
    let rows: Vec<SessionColumns> = query.load(conn)?;
    Ok(rows.into_iter().map(session).collect())
}

fn session(
    (id, device, address, created_at, last_used_at, expires_at, ended_at): SessionColumns,
) -> (SessionId, Value) {
    let line = json!({
        "device": device, "address": address, "created_at": created_at,
        "last_used_at": last_used_at, "expires_at": expires_at, "ended_at": ended_at,
    });
    (id, line)
}

/// Links have no ids: they are ordered by their times, and by their hashes if those are equal.
type LinkKey = (Timestamp, Vec<u8>);
type LinkColumns = (Vec<u8>, String, String, Timestamp, Option<Timestamp>);

fn links(
    conn: &mut AnyConn,
    user: UserId,
    after: Option<LinkKey>,
    limit: i64,
) -> Result<Vec<(LinkKey, Value)>, AppError> {
    let mut query = mail_links::table
        .filter(mail_links::user_id.eq(user))
        .order((mail_links::created_at, mail_links::hash))
        .limit(limit)
        .select((
            mail_links::hash,
            mail_links::purpose,
            mail_links::email,
            mail_links::created_at,
            mail_links::used_at,
        ))
        .into_boxed();
    if let Some((at, hash)) = after {
        let same = mail_links::created_at.eq(at).and(mail_links::hash.gt(hash));
        query = query.filter(mail_links::created_at.gt(at).or(same));
    }
    let rows: Vec<LinkColumns> = query.load(conn)?;
    Ok(rows.into_iter().map(link).collect())
}

fn link((hash, purpose, email, created_at, used_at): LinkColumns) -> (LinkKey, Value) {
    let line = json!({
        "purpose": purpose, "email": email, "created_at": created_at, "used_at": used_at,
    });
    ((created_at, hash), line)
}

fn exports(
    conn: &mut AnyConn,
    user: UserId,
    after: Option<ExportId>,
    limit: i64,
) -> Result<Vec<(ExportId, Value)>, AppError> {
    let mut query = data_exports::table
        .filter(data_exports::user_id.eq(user))
        .order(data_exports::id)
        .limit(limit)
        .select((
            data_exports::id,
            data_exports::created_at,
            data_exports::ready_at,
        ))
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(data_exports::id.gt(after));
    }
    let rows: Vec<(ExportId, Timestamp, Option<Timestamp>)> = query.load(conn)?;
    let line =
        |(id, created_at, ready_at)| (id, json!({"created_at": created_at, "ready_at": ready_at}));
    Ok(rows.into_iter().map(line).collect())
}

type AuditColumns = (AuditId, String, Option<String>, Json, Timestamp);

fn audit(
    conn: &mut AnyConn,
    user: UserId,
    after: Option<AuditId>,
    limit: i64,
) -> Result<Vec<(AuditId, Value)>, AppError> {
    let mut query = account_audit::table
        .filter(account_audit::user_id.eq(user))
        .order(account_audit::id)
        .limit(limit)
        .select((
            account_audit::id,
            account_audit::action,
            account_audit::address,
            account_audit::detail,
            account_audit::at,
        ))
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(account_audit::id.gt(after));
    }
    let rows: Vec<AuditColumns> = query.load(conn)?;
    let line = |(id, action, address, Json(detail), at)| {
        (
            id,
            json!({"action": action, "address": address, "detail": detail, "at": at}),
        )
    };
    Ok(rows.into_iter().map(line).collect())
}

fn object(value: Value) -> Result<Map<String, Value>, AppError> {
    match value {
        Value::Object(map) => Ok(map),
        _ => Err(AppError::internal("not an object")),
    }
}
