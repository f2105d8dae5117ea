//! Encryption of queued mails with the keys of the installation.

use kernel::{AppError, Env};
use mail::MailCipher;

use crate::keys::Keys;

/// The owner for whom mails are sealed.
const OWNER: &[u8] = b"mail";

impl MailCipher for Keys {
    fn seal(&self, plain: &[u8], env: &Env) -> Result<Vec<u8>, AppError> {
        Keys::seal(self, OWNER, plain, env)
    }

    fn open(&self, sealed: &[u8]) -> Result<Vec<u8>, AppError> {
        Keys::open(self, OWNER, sealed)
    }
}
