//! Where a request comes from, as far as its owner may want to know.

use std::net::IpAddr;

use kernel::UserId;

use crate::Accounts;
use crate::devices::Device;
use crate::fair_queue::Party;
use crate::rules::device;

/// The address and the program that a request came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientInfo {
    /// The address, past trusted proxies.
    pub address: IpAddr,
    /// The `User-Agent`; empty where there is none.
    pub user_agent: String,
    /// What the browser keeps to be known again, if anything.
    pub device: Option<Device>,
}

impl ClientInfo {
    /// Browser or app, and system.
    pub(crate) fn device(&self) -> String {
        device::device(&self.user_agent)
    }

    /// Where from, for people.
    pub(crate) fn place(&self) -> String {
        device::place(self.address)
    }

    /// What counts as one place.
    pub(crate) fn place_key(&self) -> String {
        device::place_key(self.address)
    }

    /// Whose turn it is where turns are taken.
    pub(crate) fn party(&self) -> Party {
        Party {
            network: kernel::ip::network_key(self.address),
            member: self.place_key(),
        }
    }

    /// The address as it is stored.
    pub(crate) fn address(&self) -> String {
        self.address.to_canonical().to_string()
    }
}

impl Accounts {
    /// The visitor's device, where this account was signed in to from it.
    pub(crate) fn known_device<'a>(
        &self,
        client_info: &'a ClientInfo,
        user: Option<UserId>,
    ) -> Option<&'a Device> {
        let (device, user) = client_info.device.as_ref().zip(user)?;
        self.knows_device(device, user).then_some(device)
    }
}
