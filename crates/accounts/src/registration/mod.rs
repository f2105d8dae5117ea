//! Registration of accounts.

mod store;

use async_trait::async_trait;
use contract::auth::Register;
use contract::users::Profile;
use db::{AnyConn, Tx};
use kernel::{AppError, Timestamp, UserId};
use mail::Email;
use mail::{MailTemplate, OutgoingMail};

use crate::audit::{Action, AuditEntry};
use crate::client_info::ClientInfo;
use crate::error::Error;
use crate::forms::{RegistrationForm, all_or_none, keep};
use crate::links::{self, NewLink, Purpose};
use crate::rules::email;
use crate::rules::password::{Password, at_fields};
use crate::rules::username::Username;
use crate::{Accounts, profile};

/// A registration form whose valid fields are parsed.
struct Form {
    name: Option<Username>,
    email: Option<Email>,
    password: Option<Password>,
    faults: Vec<AppError>,
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
        let form = self.read(form, client_info).await?;
        all_or_none(self.faults_of(form).await?)
    }

    async fn register(
        &self,
        request: Register,
        client_info: &ClientInfo,
    ) -> Result<Profile, AppError> {
        if let Some(user) = self.inner.store.stored_result(self.key.as_ref()).await? {
            return self.registered(user).await;
        }
        let form = self
            .read(RegistrationForm::from(&request), client_info)
            .await?;
        let Form {
            name: Some(name),
            email: Some(email),
            password: Some(password),
            ..
        } = form
        else {
            return Err(AppError::together(self.faults_of(form).await?));
        };
        // Hashing is expensive, so taken names are refused first. The unique index decides later.
        let (this, wanted, address) = (self.clone(), name.clone(), email.clone());
        let now = self.inner.env.now();
        let admit = move |conn: &mut AnyConn| this.admit_identity(conn, &wanted, &address, now);
        if let Err(error) = self.inner.store.read(admit).await {
            // A concurrent first attempt of the same request may have taken the name.
            return match self.inner.store.stored_result(self.key.as_ref()).await? {
                Some(user) => self.registered(user).await,
                None => Err(error),
            };
        }
        let hash = self
            .inner
            .hasher
            .hash(client_info.party(), &password)
            .await?;
        let (this, client_info) = (self.clone(), client_info.clone());
        let make = move |tx: &mut Tx<'_>| this.make(tx, &name, &email, &hash, &client_info);
        let made = self.inner.store.write_once(self.key.as_ref(), make).await?;
        self.registered(made).await
    }
}

impl Accounts {
    /// Parses all fields and collects their errors.
    async fn read(
        &self,
        form: RegistrationForm<'_>,
        client_info: &ClientInfo,
    ) -> Result<Form, AppError> {
        let mut faults = vec![];
        let name = keep(form.username.map(Username::parse), "username", &mut faults);
        let email = keep(form.email.map(email::parse), "email", &mut faults);
        let mut personal = email.as_ref().map_or(vec![], Email::personal_words);
        personal.extend(name.iter().map(|name| name.key().to_owned()));
        let hasher = &self.inner.hasher;
        let judged = hasher
            .judge(client_info.party(), form.password, personal)
            .await?;
        let password = judged.map_err(|errors| faults.extend(at_fields(errors)));
        Ok(Form {
            name,
            email,
            password: password.ok(),
            faults,
        })
    }

    /// The errors of a form, including that its username is taken.
    async fn faults_of(&self, form: Form) -> Result<Vec<AppError>, AppError> {
        let Form {
            name, mut faults, ..
        } = form;
        if let Some(name) = name {
            let (this, now) = (self.clone(), self.inner.env.now());
            let admit = move |conn: &mut AnyConn| {
                this.admit_username(conn, name.key(), now)?;
                store::admit_name(conn, &name)
            };
            match self.inner.store.read(admit).await {
                Err(error) if !error.is(Error::UsernameTaken.code()) => return Err(error),
                admitted => faults.extend(admitted.err()),
            }
        }
        Ok(faults)
    }

    async fn registered(&self, user: UserId) -> Result<Profile, AppError> {
        let now = self.inner.env.now();
        let read = move |conn: &mut AnyConn| profile::load(conn, user, now);
        self.inner.store.read(read).await
    }

    fn admit_identity(
        &self,
        conn: &mut AnyConn,
        name: &Username,
        email: &Email,
        now: Timestamp,
    ) -> Result<(), AppError> {
        self.admit_username(conn, name.key(), now)?;
        store::admit(conn, name, email)
    }

    fn make(
        &self,
        tx: &mut Tx<'_>,
        name: &Username,
        email: &Email,
        hash: &str,
        client_info: &ClientInfo,
    ) -> Result<UserId, AppError> {
        store::lock(tx, name, email)?;
        self.admit_identity(tx.conn, name, email, tx.env().now())?;
        let user = store::insert(tx, name, email, hash)?;
        let link = NewLink {
            user,
            purpose: Purpose::VerifyEmail,
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
        AuditEntry::own(user, Action::Registered)
            .from(client_info)
            .record(tx)?;
        Ok(user)
    }
}
