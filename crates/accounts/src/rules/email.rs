//! Email addresses of accounts.

use mail::Email;

use crate::error::Error;

/// Parses an address.
///
/// # Errors
/// `auth.email_invalid`.
pub fn parse(typed: &str) -> Result<Email, Error> {
    Email::parse(typed).map_err(|_| Error::EmailInvalid)
}

/// The key by which accounts are looked up, if the text is an address.
#[must_use]
pub fn lookup_key(typed: &str) -> Option<String> {
    parse(typed).ok().map(|email| email.key())
}
