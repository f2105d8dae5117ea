//! Forms as far as they could be read: where one field is missing or of another type, the others are
//! checked all the same.

use contract::auth::{ChangePassword, Register, ResetPassword};
use kernel::{AppError, Secret};

use crate::Error;

/// A new password, typed twice.
#[derive(Debug, Clone, Copy)]
pub struct NewPassword<'a> {
    /// The password.
    pub typed: Option<&'a Secret>,
    /// The same again.
    pub again: Option<&'a Secret>,
}

impl<'a> NewPassword<'a> {
    /// One whose fields could both be read.
    #[must_use]
    pub fn new(typed: &'a Secret, again: &'a Secret) -> Self {
        let (typed, again) = (Some(typed), Some(again));
        Self { typed, again }
    }

    /// Whether both are there and not the same.
    #[must_use]
    pub fn differs(&self) -> bool {
        self.typed
            .zip(self.again)
            .is_some_and(|(typed, again)| typed != again)
    }
}

/// The form of a new account.
#[derive(Debug, Clone, Copy)]
pub struct RegistrationForm<'a> {
    /// The name.
    pub username: Option<&'a str>,
    /// The address.
    pub email: Option<&'a str>,
    /// The password.
    pub password: NewPassword<'a>,
}

impl<'a> From<&'a Register> for RegistrationForm<'a> {
    fn from(request: &'a Register) -> Self {
        Self {
            username: Some(&request.username),
            email: Some(&request.email),
            password: NewPassword::new(&request.password, &request.password_confirm),
        }
    }
}

/// The form that sets a forgotten password.
#[derive(Debug, Clone, Copy)]
pub struct PasswordResetForm<'a> {
    /// The token of the mail.
    pub token: Option<&'a Secret>,
    /// The new password.
    pub password: NewPassword<'a>,
}

impl<'a> From<&'a ResetPassword> for PasswordResetForm<'a> {
    fn from(request: &'a ResetPassword) -> Self {
        Self {
            token: Some(&request.token),
            password: NewPassword::new(&request.password, &request.password_confirm),
        }
    }
}

/// The form that changes a password.
#[derive(Debug, Clone, Copy)]
pub struct PasswordChangeForm<'a> {
    /// The password so far.
    pub current: Option<&'a Secret>,
    /// The new password.
    pub password: NewPassword<'a>,
}

impl<'a> From<&'a ChangePassword> for PasswordChangeForm<'a> {
    fn from(request: &'a ChangePassword) -> Self {
        Self {
            current: Some(&request.current_password),
            password: NewPassword::new(&request.password, &request.password_confirm),
        }
    }
}

/// What was read of a field; what is wrong with it goes to the other faults.
pub(crate) fn keep<T>(
    read: Option<Result<T, Error>>,
    field: &'static str,
    faults: &mut Vec<AppError>,
) -> Option<T> {
    read?
        .map_err(|error| faults.push(error.on_field(field)))
        .ok()
}

/// Nothing where no fault was found; all that were, otherwise.
pub(crate) fn all_or_none(faults: Vec<AppError>) -> Result<(), AppError> {
    if faults.is_empty() {
        return Ok(());
    }
    Err(AppError::together(faults))
}
