//! Registration of accounts.

mod queries;

use async_trait::async_trait;
use contract::auth::Register;
use contract::users::Profile;
use db::{AnyConn, Tx};
use kernel::{AppError, Timestamp, UserId};
use mail::Email;
use mail::{MailTemplate, OutgoingMail};

use crate::audit::{AuditAction, AuditEntry};
use crate::client_info::ClientInfo;
use crate::error::Error;
use crate::forms::{RegistrationForm, collect_error, into_result};
use crate::links::{self, LinkPurpose, NewLink};
use crate::rules::email;
use crate::rules::password::{Password, at_fields};
use crate::rules::username::Username;
use crate::{Accounts, profile};

/// A registration form whose valid fields are parsed.
struct ParsedRegistration {
    name: Option<Username>,
    email: Option<Email>,
    password: Option<Password>,
    errors: Vec<AppError>,
}

/// Registration of accounts.
#[async_trait]
pub trait RegistrationService: Send + Sync {
    /// Validates a registration form as far as its fields could be read.
    ///
    /// # Errors
    /// All invalid fields, and `auth.username_taken`. A taken email address is not reported: such a
    /// form leaves no trace that the owner of the address would see.
    async fn check_registration(
        &self,
        form: RegistrationForm<'_>,
        client_info: &ClientInfo,
    ) -> Result<(), AppError>;

    /// Creates an account and mails a link that verifies its email address. Idempotent under a key
    /// (`AccountsService::once`).
    ///
    /// # Errors
    /// All invalid fields: `auth.username_invalid`, `auth.username_mixed_scripts`,
    /// `auth.username_reserved`, `auth.email_invalid`, `auth.password_length`, `auth.password_weak`,
    /// `auth.password_personal`, `auth.password_mismatch`; `auth.username_taken`;
    /// `auth.email_taken`.
    async fn register(
        &self,
        request: Register,
        client_info: &ClientInfo,
    ) -> Result<Profile, AppError>;
}

#[async_trait]
impl RegistrationService for Accounts {
    async fn check_registration(
        &self,
        form: RegistrationForm<'_>,
        client_info: &ClientInfo,
    ) -> Result<(), AppError> {
        let form = self.parse_form(form, client_info).await?;
        into_result(self.errors_of(form).await?)
    }

    async fn register(
        &self,
        request: Register,
        client_info: &ClientInfo,
    ) -> Result<Profile, AppError> {
        if let Some(user) = self.inner.store.stored_result(self.key.as_ref()).await? {
            return self.load_registered(user).await;
        }
        let form = self
            .parse_form(RegistrationForm::from(&request), client_info)
            .await?;
        let ParsedRegistration {
            name: Some(name),
            email: Some(email),
            password: Some(password),
            ..
        } = form
        else {
            return Err(AppError::together(self.errors_of(form).await?));
        };
        if let Some(user) = self.check_available(&name, &email).await? {
            return self.load_registered(user).await;
        }
        let hash = self
            .inner
            .hasher
            .hash(client_info.queue_client(), &password)
            .await?;
        let (this, client_info) = (self.clone(), client_info.clone());
        let create = move |tx: &mut Tx<'_>| this.create(tx, &name, &email, &hash, &client_info);
        let created = self
            .inner
            .store
            .write_once(self.key.as_ref(), create)
            .await?;
        self.load_registered(created).await
    }
}

impl Accounts {
    /// Refuses a taken name before the expensive hashing; the unique index decides later. Returns the
    /// user if a concurrent first attempt of the same request took the name.
    async fn check_available(
        &self,
        name: &Username,
        email: &Email,
    ) -> Result<Option<UserId>, AppError> {
        let (this, name, email) = (self.clone(), name.clone(), email.clone());
        let now = self.inner.env.now();
        let check = move |conn: &mut AnyConn| this.ensure_available(conn, &name, &email, now);
        let Err(error) = self.inner.store.read(check).await else {
            return Ok(None);
        };
        let registered = self.inner.store.stored_result(self.key.as_ref()).await?;
        registered.map(Some).ok_or(error)
    }

    /// Parses all fields and collects their errors.
    async fn parse_form(
        &self,
        form: RegistrationForm<'_>,
        client_info: &ClientInfo,
    ) -> Result<ParsedRegistration, AppError> {
        let mut errors = vec![];
        let name = collect_error(form.username.map(Username::parse), "username", &mut errors);
        let email = collect_error(form.email.map(email::parse), "email", &mut errors);
        let mut personal = email.as_ref().map_or(vec![], Email::personal_words);
        personal.extend(name.iter().map(|name| name.key().to_owned()));
        let hasher = &self.inner.hasher;
        let checked = hasher
            .check_new(client_info.queue_client(), form.password, personal)
            .await?;
        let password = checked.map_err(|found| errors.extend(at_fields(found)));
        Ok(ParsedRegistration {
            name,
            email,
            password: password.ok(),
            errors,
        })
    }

    /// The errors of a form, including that its username is taken.
    async fn errors_of(&self, form: ParsedRegistration) -> Result<Vec<AppError>, AppError> {
        let ParsedRegistration {
            name, mut errors, ..
        } = form;
        if let Some(name) = name {
            let (this, now) = (self.clone(), self.inner.env.now());
            let check_available = move |conn: &mut AnyConn| {
                this.ensure_not_reserved(conn, name.key(), now)?;
                queries::ensure_username_available(conn, &name)
            };
            match self.inner.store.read(check_available).await {
                Err(error) if !error.is(Error::UsernameTaken.code()) => return Err(error),
                admitted => errors.extend(admitted.err()),
            }
        }
        Ok(errors)
    }

    async fn load_registered(&self, user: UserId) -> Result<Profile, AppError> {
        let now = self.inner.env.now();
        let read = move |conn: &mut AnyConn| profile::load(conn, user, now);
        self.inner.store.read(read).await
    }

    fn ensure_available(
        &self,
        conn: &mut AnyConn,
        name: &Username,
        email: &Email,
        now: Timestamp,
    ) -> Result<(), AppError> {
        self.ensure_not_reserved(conn, name.key(), now)?;
        queries::ensure_available(conn, name, email)
    }

    fn create(
        &self,
        tx: &mut Tx<'_>,
        name: &Username,
        email: &Email,
        hash: &str,
        client_info: &ClientInfo,
    ) -> Result<UserId, AppError> {
        queries::lock(tx, name, email)?;
        self.ensure_available(tx.conn, name, email, tx.env().now())?;
        let user = queries::insert(tx, name, email, hash)?;
        let link = NewLink {
            user,
            purpose: LinkPurpose::VerifyEmail,
            email,
            session: None,
        };
        let (token, until) = links::issue(tx, link)?;
        let outgoing = OutgoingMail {
            to: email.clone(),
            name: name.display().to_owned(),
            template: MailTemplate::VerifyEmail { token },
        };
        self.inner
            .mail_queue
            .enqueue_expiring(tx, &outgoing, until)?;
        AuditEntry::own(user, AuditAction::Registered)
            .from(client_info)
            .record(tx)?;
        Ok(user)
    }
}
