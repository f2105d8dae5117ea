//! Encryption of queued mails with the keys of the installation.

use kernel::{Ambient, Fault};
use mail::MailCipher;

use crate::keys::Keys;

/// The owner that mails are sealed for.
const OWNER: &[u8] = b"mail";

impl MailCipher for Keys {
    fn seal(&self, plain: &[u8], ambient: &Ambient) -> Result<Vec<u8>, Fault> {
        Keys::seal(self, OWNER, plain, ambient)
    }

    fn open(&self, sealed: &[u8]) -> Result<Vec<u8>, Fault> {
        Keys::open(self, OWNER, sealed)
    }
}
