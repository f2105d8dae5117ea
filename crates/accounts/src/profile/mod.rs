//! The actor's own profile and settings.

mod queries;

use async_trait::async_trait;
use contract::accounts::Theme;
use contract::users::{AiSettings, PatchProfile, Preferences, Privacy, Profile, PutProfile};
use db::{AnyConn, Tx};
use kernel::{Actor, AppError, UserId};

use queries::ProfileChanges;
pub(crate) use queries::load;

use crate::forms::{collect_error, into_result};
use crate::rules::email;
use crate::rules::{preferences, privacy, profile as rules};
use crate::{Accounts, account_rows};

/// The actor's own profile and settings.
#[async_trait]
pub trait ProfilesService: Send + Sync {
    /// Gets the actor's profile.
    ///
    /// # Errors
    /// `auth.session_ended` if the account was deleted.
    async fn profile(&self, actor: &Actor) -> Result<Profile, AppError>;

    /// Reads the profile of a user on a connection, in one statement.
    ///
    /// # Errors
    /// `auth.session_ended` if the account was deleted.
    fn read_profile(&self, conn: &mut AnyConn, user: UserId) -> Result<Profile, AppError>;

    /// Changes the fields of the patch, all or none. A new email address takes effect when it is
    /// verified; until then the profile shows it as pending.
    ///
    /// # Errors
    /// All invalid fields; `auth.step_up_required` and `auth.resend_too_soon` for a new address.
    async fn patch_profile(&self, actor: &Actor, patch: PatchProfile) -> Result<Profile, AppError>;

    /// Replaces the actor's profile: omitted fields are emptied or get the defaults of a new account.
    /// The email address is handled as in [`patch_profile`](Self::patch_profile).
    ///
    /// # Errors
    /// Those of [`patch_profile`](Self::patch_profile).
    async fn put_profile(&self, actor: &Actor, wanted: PutProfile) -> Result<Profile, AppError>;

    /// Gets the actor's free-form preferences.
    ///
    /// # Errors
    /// `auth.session_ended` if the account was deleted.
    async fn preferences(&self, actor: &Actor) -> Result<Preferences, AppError>;

    /// Replaces the actor's free-form preferences.
    ///
    /// # Errors
    /// `users.preferences_too_large`.
    async fn set_preferences(
        &self,
        actor: &Actor,
        wanted: Preferences,
    ) -> Result<Preferences, AppError>;

    /// Gets the settings of the computer opponent.
    ///
    /// # Errors
    /// `auth.session_ended` if the account was deleted.
    async fn ai_settings(&self, actor: &Actor) -> Result<AiSettings, AppError>;

    /// Replaces the settings of the computer opponent.
    ///
    /// # Errors
    /// `auth.session_ended` if the account was deleted.
    async fn set_ai_settings(
        &self,
        actor: &Actor,
        wanted: AiSettings,
    ) -> Result<AiSettings, AppError>;
}

#[async_trait]
impl ProfilesService for Accounts {
    async fn profile(&self, actor: &Actor) -> Result<Profile, AppError> {
        let (user, now) = (actor.user, self.inner.env.now());
        let read = move |conn: &mut _| queries::load(conn, user, now);
        self.inner.store.read(read).await
    }

    fn read_profile(&self, conn: &mut AnyConn, user: UserId) -> Result<Profile, AppError> {
        queries::load(conn, user, self.inner.env.now())
    }

    async fn patch_profile(&self, actor: &Actor, patch: PatchProfile) -> Result<Profile, AppError> {
        let changes = parse_patch(&patch)?;
        self.write_profile(actor, patch, changes).await
    }

    async fn put_profile(&self, actor: &Actor, wanted: PutProfile) -> Result<Profile, AppError> {
        let privacy = privacy::apply_patch(privacy::DEFAULT, wanted.privacy);
        let all = all_but_privacy(wanted);
        let mut changes = parse_patch(&all)?;
        changes.set_privacy(privacy)?;
        self.write_profile(actor, all, changes).await
    }

    async fn preferences(&self, actor: &Actor) -> Result<Preferences, AppError> {
        let user = actor.user;
        let read = move |conn: &mut _| queries::preferences(conn, user);
        self.inner.store.read(read).await
    }

    async fn set_preferences(
        &self,
        actor: &Actor,
        wanted: Preferences,
    ) -> Result<Preferences, AppError> {
        preferences::check(&wanted.0)?;
        self.update(actor, ProfileChanges::preferences(&wanted)?)
            .await?;
        Ok(wanted)
    }

    async fn ai_settings(&self, actor: &Actor) -> Result<AiSettings, AppError> {
        let user = actor.user;
        let read = move |conn: &mut _| queries::ai_settings(conn, user);
        self.inner.store.read(read).await
    }

    async fn set_ai_settings(
        &self,
        actor: &Actor,
        wanted: AiSettings,
    ) -> Result<AiSettings, AppError> {
        self.update(actor, ProfileChanges::ai_settings(wanted)?)
            .await?;
        Ok(wanted)
    }
}

impl Accounts {
    async fn write_profile(
        &self,
        actor: &Actor,
        patch: PatchProfile,
        changes: ProfileChanges,
    ) -> Result<Profile, AppError> {
        let (this, actor) = (self.clone(), *actor);
        let write = move |tx: &mut Tx<'_>| this.apply(tx, &actor, patch, changes);
        self.inner.store.write(write).await
    }

    fn apply(
        &self,
        tx: &mut Tx<'_>,
        actor: &Actor,
        patch: PatchProfile,
        mut changes: ProfileChanges,
    ) -> Result<Profile, AppError> {
        let user = actor.user;
        if let Some(patch) = patch.privacy {
            changes.set_privacy(privacy::apply_patch(lock_privacy(tx, user)?, patch))?;
        }
        if let Some(email) = patch.email {
            self.request_address_change(tx, actor, &email)?;
        }
        // After both locks: a transaction that holds the row must not wait for them.
        queries::update(tx.conn, user, &changes)?;
        queries::load(tx.conn, user, tx.env().now())
    }

    async fn update(&self, actor: &Actor, changes: ProfileChanges) -> Result<(), AppError> {
        let user = actor.user;
        let write = move |tx: &mut Tx<'_>| queries::update(tx.conn, user, &changes);
        self.inner.store.write(write).await
    }
}

/// Validates a patch of a profile without the database.
///
/// # Errors
/// All invalid fields.
pub fn check_patch_profile(patch: &PatchProfile) -> Result<(), AppError> {
    parse_patch(patch).map(|_| ())
}

/// Validates a whole profile without the database.
///
/// # Errors
/// All invalid fields.
pub fn check_put_profile(wanted: &PutProfile) -> Result<(), AppError> {
    check_patch_profile(&all_but_privacy(wanted.clone()))
}

/// A patch of everything except the privacy settings, which are replaced as a whole.
fn all_but_privacy(wanted: PutProfile) -> PatchProfile {
    PatchProfile {
        display_name: Some(wanted.display_name),
        bio: Some(wanted.bio),
        theme: Some(wanted.theme),
        language: Some(wanted.language),
        email: Some(wanted.email),
        privacy: None,
    }
}

/// Parses a patch. All invalid fields are reported together.
fn parse_patch(patch: &PatchProfile) -> Result<ProfileChanges, AppError> {
    let name = patch.display_name.as_deref().map(rules::display_name);
    let bio = patch.bio.as_deref().map(rules::bio);
    let language = patch.language.as_deref().map(rules::language);
    let email = patch.email.as_deref().map(email::parse);
    let mut errors = vec![];
    let name = collect_error(name, "display_name", &mut errors);
    let changes = ProfileChanges {
        display_key: name.as_deref().map(rules::search_key),
        display_name: name,
        bio: collect_error(bio, "bio", &mut errors),
        language: collect_error(language, "language", &mut errors),
        theme: patch.theme.map(Theme::as_text),
        ..ProfileChanges::default()
    };
    collect_error(email, "email", &mut errors);
    into_result(errors)?;
    Ok(changes)
}

/// Locks the account and loads its privacy settings, so that concurrent patches of the document are
/// not lost.
fn lock_privacy(tx: &mut Tx<'_>, user: UserId) -> Result<Privacy, AppError> {
    account_rows::lock(tx, user)?;
    queries::privacy(tx.conn, user)
}
