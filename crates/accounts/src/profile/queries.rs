//! The rows of the actor's own profile.

use contract::accounts::{SecondFactorState, Theme};
use contract::users::{AiSettings, Preferences, Privacy, Profile};
use db::types::Json;
use db::{AnyConn, OptionExt};
use diesel::dsl::exists;
use diesel::prelude::*;
use kernel::{AppError, Role, Timestamp, UserId};
use serde::de::DeserializeOwned;

use crate::links::LinkPurpose;
use crate::schema::{authenticators, mail_links, recovery_codes, users};
use crate::{Error, avatars, directory, user_words};

#[derive(Queryable)]
struct OwnProfileRow {
    id: UserId,
    username: String,
    display_name: String,
    email: String,
    email_verified_at: Option<Timestamp>,
    bio: String,
    avatar: Option<String>,
    theme: String,
    language: String,
    role: String,
    email_codes: bool,
    privacy: Json,
    created_at: Timestamp,
    pending_email: Option<String>,
    totp: bool,
    recovery_codes_left: Option<i64>,
}

/// Loads a complete profile with one query.
pub(crate) fn load(conn: &mut AnyConn, user: UserId, now: Timestamp) -> Result<Profile, AppError> {
    let pending_email = mail_links::table
        .filter(mail_links::user_id.eq(user))
        .filter(mail_links::purpose.eq(LinkPurpose::ChangeEmail.as_text()))
        .filter(
            mail_links::used_at
                .is_null()
                .and(mail_links::expires_at.gt(now)),
        )
        .order(mail_links::created_at.desc())
        .limit(1)
        .select(mail_links::email)
        .single_value();
    let app = authenticators::table
        .filter(authenticators::user_id.eq(user))
        .filter(authenticators::enabled_at.is_not_null());
    let codes = recovery_codes::table
        .filter(recovery_codes::user_id.eq(user))
        .filter(recovery_codes::used_at.is_null())
        .count()
        .single_value();
    let columns = (
        users::id,
        users::username,
        users::display_name,
        users::email,
        users::email_verified_at,
        users::bio,
        users::avatar,
        users::theme,
        users::language,
        users::role,
        users::email_codes,
        users::privacy,
        users::created_at,
        pending_email,
        exists(app),
        codes,
    );
    own_row(user)
        .select(columns)
        .first::<OwnProfileRow>(conn)
        .optional()
        .or_err(|| Error::SessionEnded)?
        .try_into()
}

impl TryFrom<OwnProfileRow> for Profile {
    type Error = AppError;

    fn try_from(row: OwnProfileRow) -> Result<Self, AppError> {
        let second_factor = SecondFactorState {
            email: row.email_codes,
            totp: row.totp,
            recovery_codes_left: row.recovery_codes_left.map_or(Ok(0), TryInto::try_into)?,
        };
        Ok(Self {
            id: row.id,
            avatar: avatars::address::url(&row.username, row.avatar.as_deref()),
            display_name: directory::name_or_username(&row.display_name, &row.username),
            username: row.username,
            // An unverified address waits for its own verification.
            pending_email: row.pending_email.filter(|pending| *pending != row.email),
            email: row.email,
            email_verified: row.email_verified_at.is_some(),
            bio: row.bio,
            theme: Theme::from_text(&row.theme)?,
            language: row.language,
            role: Role::from_text(&row.role)?,
            second_factor,
            privacy: serde_json::from_value(row.privacy.0)?,
            date_joined: row.created_at,
        })
    }
}

/// The columns to update; the others are left unchanged.
#[derive(Debug, Default, AsChangeset)]
#[diesel(table_name = users)]
pub(super) struct ProfileChanges {
    pub(super) display_name: Option<String>,
    pub(super) display_key: Option<String>,
    pub(super) bio: Option<String>,
    pub(super) theme: Option<&'static str>,
    pub(super) language: Option<String>,
    pub(super) preferences: Option<Json>,
    pub(super) ai_settings: Option<Json>,
    pub(super) privacy: Option<Json>,
    pub(super) searchable: Option<bool>,
}

impl ProfileChanges {
    pub(super) fn preferences(wanted: &Preferences) -> Result<Self, AppError> {
        let preferences = Some(Json(serde_json::to_value(wanted)?));
        Ok(Self {
            preferences,
            ..Self::default()
        })
    }

    pub(super) fn ai_settings(wanted: AiSettings) -> Result<Self, AppError> {
        let ai_settings = Some(Json(serde_json::to_value(wanted)?));
        Ok(Self {
            ai_settings,
            ..Self::default()
        })
    }

    pub(super) fn set_privacy(&mut self, wanted: Privacy) -> Result<(), AppError> {
        self.privacy = Some(Json(serde_json::to_value(wanted)?));
        self.searchable = Some(wanted.searchable);
        Ok(())
    }
}

/// Updates the given columns.
pub(super) fn update(
    conn: &mut AnyConn,
    user: UserId,
    changes: &ProfileChanges,
) -> Result<(), AppError> {
    let changed = diesel::update(own_row(user))
        .set(changes)
        .execute(conn)
        .optional_empty_changeset()?;
    match changed {
        Some(0) => Err(Error::SessionEnded.into()),
        _ if changes.display_key.is_some() => user_words::replace(conn, user),
        _ => Ok(()),
    }
}

pub(super) fn privacy(conn: &mut AnyConn, user: UserId) -> Result<Privacy, AppError> {
    document(own_row(user).select(users::privacy).first(conn))
}

pub(super) fn preferences(conn: &mut AnyConn, user: UserId) -> Result<Preferences, AppError> {
    document(own_row(user).select(users::preferences).first(conn))
}

pub(super) fn ai_settings(conn: &mut AnyConn, user: UserId) -> Result<AiSettings, AppError> {
    document(own_row(user).select(users::ai_settings).first(conn))
}

fn document<T: DeserializeOwned>(found: QueryResult<Json>) -> Result<T, AppError> {
    let Json(document) = found.optional().or_err(|| Error::SessionEnded)?;
    Ok(serde_json::from_value(document)?)
}

/// The row of a user; none after the account was deleted.
#[diesel::dsl::auto_type]
fn own_row(user: UserId) -> _ {
    users::table
        .filter(users::id.eq(user))
        .filter(users::deleted_at.is_null())
}
