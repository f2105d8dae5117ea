//! Partially parsed forms: if a field is missing or has the wrong type, the others are validated
//! nevertheless.

use contract::auth::{ChangePassword, Register, ResetPassword};
use kernel::{AppError, Secret};

use crate::Error;

/// A new password and its confirmation.
#[derive(Debug, Clone, Copy)]
pub struct NewPassword<'a> {
    /// The password.
    pub password: Option<&'a Secret>,
    /// The confirmation.
    pub confirmation: Option<&'a Secret>,
}

impl<'a> NewPassword<'a> {
    /// A password whose fields could both be parsed.
    #[must_use]
    pub fn new(password: &'a Secret, confirmation: &'a Secret) -> Self {
        let (password, confirmation) = (Some(password), Some(confirmation));
        Self {
            password,
            confirmation,
        }
    }

    /// Whether both are present and different.
    #[must_use]
    pub fn differs(&self) -> bool {
        self.password
            .zip(self.confirmation)
            .is_some_and(|(password, confirmation)| password != confirmation)
    }
}

/// The registration form.
#[derive(Debug, Clone, Copy)]
pub struct RegistrationForm<'a> {
    /// The username.
    pub username: Option<&'a str>,
    /// The email address.
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
    /// The current password.
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

/// The valid value of a field; an error is collected with the name of the field.
pub(crate) fn collect_error<T>(
    parsed: Option<Result<T, Error>>,
    field: &'static str,
    errors: &mut Vec<AppError>,
) -> Option<T> {
    parsed?
        .map_err(|error| errors.push(error.on_field(field)))
        .ok()
}

/// All collected errors as one.
pub(crate) fn into_result(errors: Vec<AppError>) -> Result<(), AppError> {
    if errors.is_empty() {
        return Ok(());
    }
    Err(AppError::together(errors))
}
