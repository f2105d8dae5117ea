//! What the server tells the application.

use async_trait::async_trait;

/// What the application does as the server starts and stops.
#[async_trait]
pub trait ServerEvents: Sync {
    /// The server accepts requests.
    fn ready(&self);

    /// The shutdown begins. Sockets should close.
    fn stopping(&self);

    /// The last request is finished. The node should leave the cluster.
    async fn leave(&self);
}
