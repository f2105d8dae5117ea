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
use crate::keys::TokenDigest;
use crate::{Accounts, account_rows};

/// How many accounts a device is known to; the one that logged in longest ago is dropped first.
const MAX_ACCOUNTS: usize = 4;
/// The encoded length of an id and of a MAC: 32 bytes.
const ENCODED_LEN: usize = 43;

/// The parsed device cookie. Its MACs are verified for one account at a time.
#[derive(Clone, PartialEq, Eq)]
pub struct Device {
    id: String,
    /// The newest first.
    macs: Vec<String>,
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
        let (id, macs) = (parts.next()?, parts.collect::<Vec<_>>());
        let is_encoded = |part: &String| part.len() == ENCODED_LEN && decoded(part).is_some();
        let is_valid = is_encoded(&id) && macs.len() <= MAX_ACCOUNTS && macs.iter().all(is_encoded);
        is_valid.then_some(Self { id, macs })
    }

    /// The value of the cookie.
    #[must_use]
    pub fn to_value(&self) -> Secret {
        let parts: Vec<&str> = std::iter::once(&self.id)
            .chain(&self.macs)
            .map(String::as_str)
            .collect();
        Secret::new(parts.join("."))
    }

    /// The key by which attempts from this device are counted.
    pub(crate) fn key(&self) -> String {
        format!("device:{}", self.id)
    }
}

fn decoded(mac: &str) -> Option<Vec<u8>> {
    BASE64URL_NOPAD.decode(mac.as_bytes()).ok()
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
    fn remember_device(&self, device: Option<&Device>, user: UserId) -> Device;
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
        let account = self.inner.store.read(find).await?;
        let user = account.map(|account| account.id);
        Ok(user.filter(|_| self.known_device(client_info, user).is_some()))
    }

    fn remember_device(&self, device: Option<&Device>, user: UserId) -> Device {
        let new_id = || Secret::token(&self.inner.env).expose().to_owned();
        let id = device.map_or_else(new_id, |device| device.id.clone());
        let mac = BASE64URL_NOPAD.encode(&self.device_mac(&id, user).0);
        let others = device.into_iter().flat_map(|device| device.macs.clone());
        let others: Vec<_> = others.filter(|other| *other != mac).collect();
        let macs = std::iter::once(mac).chain(others).take(MAX_ACCOUNTS);
        Device {
            id,
            macs: macs.collect(),
        }
    }
}

impl Accounts {
    /// Whether this account has logged in from the device.
    pub(crate) fn is_known_device(&self, device: &Device, user: UserId) -> bool {
        let mac = self.device_mac(&device.id, user);
        let is_valid =
            |encoded: &String| decoded(encoded).is_some_and(|stored| mac.matches(&stored));
        device.macs.iter().any(is_valid)
    }

    fn device_mac(&self, id: &str, user: UserId) -> TokenDigest {
        let flow = format!("device/{id}");
        self.inner
            .keys
            .code_digest(flow.as_bytes(), &Secret::new(user.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parse_accepts_only_written_values() {
        let part = |letter: &str| letter.repeat(ENCODED_LEN);
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
