//! The rows of users, as others see them.

use std::collections::{BTreeSet, HashSet};

use contract::users::{AiSettings, Privacy, UserSummary};
use db::types::Json;
use db::{AnyConn, BulkStatement, DbUuid, EqAnyPadded, OptionExt};
use diesel::prelude::*;
use diesel::sql_types::{Nullable, Text};
use kernel::error::Common;
use kernel::{AppError, Role, Timestamp, UserId};

use super::{UserRef, name_or_username};
use crate::avatars::address;
use crate::rules::search::SearchQuery;
use crate::schema::{user_words, users};

/// How many users a search returns by the beginning of their username, as many by that of their
/// display name, and as many by a later word. It bounds the cost of a search.
pub(super) const MAX_RESULTS: i64 = 200;
/// How many ids one statement takes.
const BATCH_SIZE: usize = 1_000;
/// The display name of deleted accounts.
const DELETED_NAME: &str = "Deleted user";
/// Sorts after any continuation of a prefix.
const PREFIX_END: char = char::MAX;

type SummaryRow = (UserId, String, String, Option<String>, Option<Timestamp>);
type SummaryColumns = (
    users::id,
    users::username,
    users::display_name,
    users::avatar,
    users::deleted_at,
);
const SUMMARY: SummaryColumns = (
    users::id,
    users::username,
    users::display_name,
    users::avatar,
    users::deleted_at,
);

/// A profile, before the privacy settings are applied.
pub(super) struct UserProfileRow {
    pub(super) summary: UserSummary,
    pub(super) bio: String,
    pub(super) date_joined: Timestamp,
    pub(super) privacy: Privacy,
}

pub(super) fn load_profile(
    conn: &mut AnyConn,
    handle: &UserRef,
) -> Result<UserProfileRow, AppError> {
    let columns = (SUMMARY, users::bio, users::created_at, users::privacy);
    let active = users::table
        .filter(users::deleted_at.is_null())
        .select(columns);
    let found = match handle {
        UserRef::Id(id) => active.filter(users::id.eq(id)).first(conn),
        UserRef::Name(key) => active.filter(users::username_key.eq(key)).first(conn),
    };
    let row: QueryResult<(SummaryRow, String, Timestamp, Json)> = found;
    let (summary, bio, date_joined, Json(privacy)) =
        row.optional().or_err(|| Common::UserNotFound)?;
    Ok(UserProfileRow {
        summary: to_summary(summary),
        bio,
        date_joined,
        privacy: serde_json::from_value(privacy)?,
    })
}

pub(super) fn id_of(conn: &mut AnyConn, handle: &UserRef) -> Result<Option<UserId>, AppError> {
    let active = users::table
        .filter(users::deleted_at.is_null())
        .select(users::id);
    let found = match handle {
        UserRef::Id(id) => active.filter(users::id.eq(id)).first(conn),
        UserRef::Name(key) => active.filter(users::username_key.eq(key)).first(conn),
    };
    Ok(found.optional()?)
}

pub(super) fn summaries(conn: &mut AnyConn, ids: &[UserId]) -> Result<Vec<UserSummary>, AppError> {
    if ids.is_empty() {
        return Ok(vec![]);
    }
    let rows: Vec<SummaryRow> = users::table
        .filter(users::id.eq_any_padded(ids))
        .select(SUMMARY)
        .load(conn)?;
    Ok(rows.into_iter().map(to_summary).collect())
}

/// A query that finds the user while its summary is this one.
pub(super) fn summary_guard(summary: &UserSummary) -> BulkStatement<'static, ()> {
    BulkStatement::<'_, ()>::new(
        "SELECT 1 AS named FROM ",
        " JOIN users AS u ON u.id = v.column1 AND u.username = v.column2 \
         AND u.avatar IS NOT DISTINCT FROM v.column4 AND u.deleted_at IS NULL \
         AND CASE u.display_name WHEN '' THEN u.username ELSE u.display_name END = v.column3",
    )
    .column::<DbUuid, _>(vec![summary.id])
    .column::<Text, _>(vec![summary.username.clone()])
    .column::<Text, _>(vec![summary.display_name.clone()])
    .column::<Nullable<Text>, _>(vec![address::version(&summary.avatar).map(str::to_owned)])
}

/// The user with this username, including deleted accounts.
pub(super) fn summary_of_any(
    conn: &mut AnyConn,
    key: &str,
) -> Result<Option<UserSummary>, AppError> {
    let row: Option<SummaryRow> = users::table
        .filter(users::username_key.eq(key))
        .select(SUMMARY)
        .first(conn)
        .optional()?;
    Ok(row.map(to_summary))
}

/// The users with these usernames, and whether events are known to mention them, which is assumed
/// of verified users.
pub(super) fn find_mentionable(
    conn: &mut AnyConn,
    keys: &[String],
) -> Result<Vec<(UserSummary, bool)>, AppError> {
    let rows: Vec<(SummaryRow, bool)> = users::table
        .filter(users::username_key.eq_any_padded(keys))
        .filter(users::deleted_at.is_null())
        .select((
            SUMMARY,
            users::is_mentioned.or(users::email_verified_at.is_not_null()),
        ))
        .load(conn)?;
    let entry = |(row, is_recorded)| (to_summary(row), is_recorded);
    Ok(rows.into_iter().map(entry).collect())
}

/// Records that these users are mentioned. All transactions lock the rows in the order of their
/// ids.
pub(super) fn record_mentions(conn: &mut AnyConn, ids: BTreeSet<UserId>) -> QueryResult<()> {
    for id in ids {
        diesel::update(users::table.find(id))
            .set(users::is_mentioned.eq(true))
            .execute(conn)?;
    }
    Ok(())
}

pub(super) fn active_after(
    conn: &mut AnyConn,
    after: Option<UserId>,
    limit: i64,
) -> Result<Vec<UserId>, AppError> {
    let mut query = users::table
        .filter(
            users::deleted_at
                .is_null()
                .and(users::suspended_at.is_null()),
        )
        .order(users::id)
        .limit(limit)
        .select(users::id)
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(users::id.gt(after));
    }
    Ok(query.load(conn)?)
}

/// Whether an account that is not deleted has this role.
pub(super) fn has_role(conn: &mut AnyConn, user: UserId, role: Role) -> Result<bool, AppError> {
    let found = users::table
        .find(user)
        .filter(users::deleted_at.is_null())
        .filter(users::role.eq(role.as_text()));
    Ok(diesel::select(diesel::dsl::exists(found)).get_result(conn)?)
}

pub(super) fn with_privacy(
    conn: &mut AnyConn,
    ids: &[UserId],
) -> Result<Vec<(UserSummary, Privacy)>, AppError> {
    let rows: Vec<(SummaryRow, Json)> = users::table
        .filter(users::id.eq_any_padded(ids))
        .select((SUMMARY, users::privacy))
        .load(conn)?;
    rows.into_iter().map(to_summary_with_privacy).collect()
}

pub(super) fn active_with_privacy(
    conn: &mut AnyConn,
    ids: &[UserId],
) -> Result<Vec<(UserSummary, Privacy)>, AppError> {
    let rows: Vec<(SummaryRow, Json)> = users::table
        .filter(users::id.eq_any_padded(ids))
        .filter(
            users::deleted_at
                .is_null()
                .and(users::suspended_at.is_null()),
        )
        .select((SUMMARY, users::privacy))
        .load(conn)?;
    rows.into_iter().map(to_summary_with_privacy).collect()
}

/// A user with their privacy settings, and whether their account is active.
pub(super) type KnownSummary = ((UserSummary, Privacy), bool);

/// The users with these ids whose rows are kept.
pub(super) fn known(conn: &mut AnyConn, ids: &[UserId]) -> Result<Vec<KnownSummary>, AppError> {
    let is_active = users::deleted_at
        .is_null()
        .and(users::suspended_at.is_null());
    let rows: Vec<((SummaryRow, Json), bool)> = users::table
        .filter(users::id.eq_any_padded(ids))
        .select(((SUMMARY, users::privacy), is_active))
        .load(conn)?;
    let known = |(row, is_active)| Ok((to_summary_with_privacy(row)?, is_active));
    rows.into_iter().map(known).collect()
}

pub(super) fn inactive(conn: &mut AnyConn, ids: &[UserId]) -> Result<HashSet<UserId>, AppError> {
    let is_deleted = users::deleted_at.is_not_null();
    let mut found = HashSet::new();
    for chunk in ids.chunks(BATCH_SIZE) {
        let batch: Vec<UserId> = users::table
            .filter(users::id.eq_any_padded(chunk))
            .filter(is_deleted.or(users::suspended_at.is_not_null()))
            .select(users::id)
            .load(conn)?;
        found.extend(batch);
    }
    Ok(found)
}

fn to_summary_with_privacy(
    (row, Json(privacy)): (SummaryRow, Json),
) -> Result<(UserSummary, Privacy), AppError> {
    Ok((to_summary(row), serde_json::from_value(privacy)?))
}

/// Queries three ranges of three indexes: whole names as they were entered, which also finds names
/// that are not indexed yet, and the words of both names.
pub(super) fn search(
    conn: &mut AnyConn,
    query: &SearchQuery,
    hidden: &[UserId],
) -> Result<Vec<UserSummary>, AppError> {
    let mut rows = by_whole_names(conn, &query.literal, hidden)?;
    if !query.words.is_empty() {
        rows.extend(by_words(conn, &query.words, hidden)?);
    }
    let mut seen = HashSet::new();
    rows.retain(|(id, ..)| seen.insert(*id));
    rows.sort_by_cached_key(|(_, username, display_name, ..)| query.rank(username, display_name));
    Ok(rows.into_iter().map(to_summary).collect())
}

fn by_whole_names(
    conn: &mut AnyConn,
    prefix: &str,
    hidden: &[UserId],
) -> Result<Vec<SummaryRow>, AppError> {
    let end = format!("{prefix}{PREFIX_END}");
    let by_name = users::username_key
        .ge(prefix)
        .and(users::username_key.lt(&end));
    let by_display = users::display_key
        .ge(prefix)
        .and(users::display_key.lt(&end));
    let searchable = users::table
        .filter(is_searchable())
        .filter(users::id.ne_all_padded(hidden))
        .limit(MAX_RESULTS)
        .select(SUMMARY);
    let mut rows: Vec<SummaryRow> = searchable
        .clone()
        .filter(by_name)
        .order(users::username_key)
        .load(conn)?;
    let others: Vec<SummaryRow> = searchable
        .filter(by_display.and(diesel::dsl::not(by_name)))
        .order((users::display_key, users::username_key))
        .load(conn)?;
    rows.extend(others);
    Ok(rows)
}

/// Checks whether users are searchable one by one in the order of the words: for a join, PostgreSQL
/// scans all users if it expects some hundred words.
fn by_words(
    conn: &mut AnyConn,
    prefix: &str,
    hidden: &[UserId],
) -> Result<Vec<SummaryRow>, AppError> {
    let end = format!("{prefix}{PREFIX_END}");
    let searchable = users::table
        .filter(users::id.eq(user_words::user_id))
        .select(is_searchable())
        .single_value();
    let found: Vec<UserId> = user_words::table
        .filter(user_words::word.ge(prefix).and(user_words::word.lt(&end)))
        .filter(user_words::user_id.ne_all_padded(hidden))
        .filter(searchable.eq(true))
        .order((user_words::word, user_words::user_id))
        .limit(MAX_RESULTS)
        .select(user_words::user_id)
        .load(conn)?;
    let mut rows: Vec<SummaryRow> = users::table
        .filter(users::id.eq_any_padded(found.iter().copied()))
        .select(SUMMARY)
        .load(conn)?;
    rows.sort_by_cached_key(|(id, ..)| found.iter().position(|user| user == id));
    Ok(rows)
}

/// Whether a user can be found by search.
#[diesel::dsl::auto_type]
fn is_searchable() -> _ {
    users::searchable
        .eq(true)
        .and(users::deleted_at.is_null())
        .and(users::suspended_at.is_null())
}

fn to_summary((id, username, display_name, avatar, deleted_at): SummaryRow) -> UserSummary {
    let display_name = match deleted_at {
        Some(_) => DELETED_NAME.to_owned(),
        None => name_or_username(&display_name, &username),
    };
    UserSummary {
        id,
        display_name,
        avatar: address::url(&username, avatar.as_deref()),
        username,
        is_deleted: deleted_at.is_some(),
    }
}

pub(super) fn count(conn: &mut AnyConn) -> Result<i64, AppError> {
    let active = users::table.filter(users::deleted_at.is_null());
    Ok(active.count().get_result(conn)?)
}

pub(super) fn ai_settings(conn: &mut AnyConn, user: UserId) -> Result<AiSettings, AppError> {
    let stored: Option<Json> = users::table
        .find(user)
        .select(users::ai_settings)
        .first(conn)
        .optional()?;
    Ok(match stored {
        Some(Json(settings)) => serde_json::from_value(settings)?,
        None => AiSettings::default(),
    })
}
