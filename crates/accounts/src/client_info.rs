//! The origin of a request.

use std::net::IpAddr;

use crate::device_cookie::Device;
use crate::fair_queue::QueueClient;
use crate::rules::device;

/// The address and user agent of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientInfo {
    /// The address of the client, behind trusted proxies.
    pub address: IpAddr,
    /// The `User-Agent` header; empty if missing.
    pub user_agent: String,
    /// The device cookie, if any.
    pub device: Option<Device>,
}

impl ClientInfo {
    /// Browser or app, and operating system.
    pub(crate) fn device(&self) -> String {
        device::device(&self.user_agent)
    }

    /// A description of the location for users.
    pub(crate) fn place(&self) -> String {
        device::place(self.address)
    }

    /// The key by which attempts from one place are counted together.
    pub(crate) fn place_key(&self) -> String {
        device::place_key(self.address)
    }

    /// The client in fair queues.
    pub(crate) fn queue_client(&self) -> QueueClient {
        QueueClient {
            network: kernel::ip::network_key(self.address),
            address: self.place_key(),
        }
    }

    /// The address as it is stored.
    pub(crate) fn address(&self) -> String {
        self.address.to_canonical().to_string()
    }
}
