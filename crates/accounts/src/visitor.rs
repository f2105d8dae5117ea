//! Where a request comes from, as far as its owner may want to know.

use std::net::IpAddr;

use crate::rules::device;

/// The address and the program that a request came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visitor {
    /// The address, past trusted proxies.
    pub address: IpAddr,
    /// The `User-Agent`; empty where there is none.
    pub user_agent: String,
}

impl Visitor {
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

    /// The address as it is stored.
    pub(crate) fn address(&self) -> String {
        self.address.to_canonical().to_string()
    }
}
