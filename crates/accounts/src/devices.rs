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
use crate::device_cookie::{Device, MAX_ACCOUNTS, decoded};
use crate::keys::TokenDigest;
use crate::{Accounts, account_rows};

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
    /// The device of the request, if it is known to this account.
    pub(crate) fn known_device<'a>(
        &self,
        client_info: &'a ClientInfo,
        user: Option<UserId>,
    ) -> Option<&'a Device> {
        let (device, user) = client_info.device.as_ref().zip(user)?;
        self.is_known_device(device, user).then_some(device)
    }

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
