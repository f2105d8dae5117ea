//! Email addresses of accounts.

use mail::Email;

use crate::error::Error;

/// Parses an address.
///
/// # Errors
/// `auth.email_invalid`.
pub fn parse(input: &str) -> Result<Email, Error> {
    Email::parse(input).map_err(|_| Error::EmailInvalid)
}

/// The key by which accounts are looked up, if the text is an address.
#[must_use]
pub fn lookup_key(input: &str) -> Option<String> {
    parse(input).ok().map(|email| email.key())
}
