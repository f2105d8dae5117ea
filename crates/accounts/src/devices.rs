//! Known devices: a long-lived cookie records to which accounts a browser has logged in. Attempts
//! from a known device are counted separately, so that guesses of strangers, also from the same
//! network, never lock it out.
//!
//! Nothing is stored in the database. The cookie contains a random id and, for each account, a MAC
//! of this id and the account.

use async_trait::async_trait;
use data_encoding::BASE64URL_NOPAD;
use db::AnyConn;
use kernel::{AppError, Secret, UserId};

use crate::client_info::ClientInfo;
use crate::keys::Digest;
use crate::{Accounts, account_rows};

/// How many accounts a device is known to; the one that logged in longest ago is dropped first.
const MAX_ACCOUNTS: usize = 4;
/// The encoded length of an id and of a MAC: 32 bytes.
const LENGTH: usize = 43;

/// The parsed device cookie. Its MACs are verified for one account at a time.
#[derive(Clone, PartialEq, Eq)]
pub struct Device {
    id: String,
    /// The newest first.
    marks: Vec<String>,
}

impl std::fmt::Debug for Device {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Device")
    }
}

impl Device {
    /// Parses the value of a cookie; none if it is malformed.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('.').map(str::to_owned);
        let (id, marks) = (parts.next()?, parts.collect::<Vec<_>>());
        let fits = |part: &String| part.len() == LENGTH && decoded(part).is_some();
        let right = fits(&id) && marks.len() <= MAX_ACCOUNTS && marks.iter().all(fits);
        right.then_some(Self { id, marks })
    }

    /// The value of the cookie.
    #[must_use]
    pub fn to_value(&self) -> Secret {
        let parts: Vec<&str> = std::iter::once(&self.id)
            .chain(&self.marks)
            .map(String::as_str)
            .collect();
        Secret::new(parts.join("."))
    }

    /// The key by which attempts from this device are counted.
    pub(crate) fn key(&self) -> String {
        format!("device:{}", self.id)
    }
}

fn decoded(mark: &str) -> Option<Vec<u8>> {
    BASE64URL_NOPAD.decode(mark.as_bytes()).ok()
}

/// Devices that are known to accounts.
#[async_trait]
pub trait DevicesService: Send + Sync {
    /// The user with this username or email address, if the device of the request is known to their
    /// account.
    ///
    /// # Errors
    /// Only if the database is unavailable.
    async fn user_of_known_device(
        &self,
        login: &str,
        client_info: &ClientInfo,
    ) -> Result<Option<UserId>, AppError>;

    /// The device cookie after a login to this account.
    #[must_use]
    fn remember_device(&self, shown: Option<&Device>, user: UserId) -> Device;
}

#[async_trait]
impl DevicesService for Accounts {
    async fn user_of_known_device(
        &self,
        login: &str,
        client_info: &ClientInfo,
    ) -> Result<Option<UserId>, AppError> {
        if client_info.device.is_none() {
            return Ok(None);
        }
        let login = login.to_owned();
        let find = move |conn: &mut AnyConn| account_rows::by_login(conn, &login);
        let member = self.inner.store.read(find).await?;
        let user = member.map(|member| member.id);
        Ok(user.filter(|_| self.known_device(client_info, user).is_some()))
    }

    fn remember_device(&self, shown: Option<&Device>, user: UserId) -> Device {
        let drawn = || Secret::token(&self.inner.env).expose().to_owned();
        let id = shown.map_or_else(drawn, |device| device.id.clone());
        let mark = BASE64URL_NOPAD.encode(&self.device_mark(&id, user).0);
        let others = shown.into_iter().flat_map(|device| device.marks.clone());
        let others: Vec<_> = others.filter(|other| *other != mark).collect();
        let marks = std::iter::once(mark).chain(others).take(MAX_ACCOUNTS);
        Device {
            id,
            marks: marks.collect(),
        }
    }
}

impl Accounts {
    /// Whether this account has logged in from the device.
    pub(crate) fn knows_device(&self, device: &Device, user: UserId) -> bool {
        let mark = self.device_mark(&device.id, user);
        let genuine = |shown: &String| decoded(shown).is_some_and(|shown| mark.matches(&shown));
        device.marks.iter().any(genuine)
    }

    fn device_mark(&self, id: &str, user: UserId) -> Digest {
        let flow = format!("device/{id}");
        self.inner
            .keys
            .code(flow.as_bytes(), &Secret::new(user.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parse_takes_what_was_written_and_nothing_else() {
        let part = |letter: &str| letter.repeat(LENGTH);
        let value = format!("{}.{}", part("A"), part("A"));
        let device = Device::parse(&value).unwrap();
        assert_eq!(device.to_value().expose(), value);
        let many = vec![part("A"); MAX_ACCOUNTS + 2].join(".");
        let odd = format!("{}.{}", part("A"), part("!"));
        for wrong in ["", "A", &format!("{value}."), &part("é"), &odd, &many] {
            assert_eq!(Device::parse(wrong), None, "{wrong}");
        }
    }
}
