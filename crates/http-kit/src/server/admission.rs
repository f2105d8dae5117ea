//! Which connections are accepted.

use std::io;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use socket2::SockRef;
use tokio::net::TcpStream;

use super::connection::DeadlineConnection;
use super::connection_state::ConnectionState;
use super::connections::{ConnectionRegistration, Connections};
use super::refusal;
use crate::error::HttpError;

impl Connections {
    /// Registers a connection.
    ///
    /// # Errors
    /// Its address has too many.
    pub(super) fn admit(
        self: &Arc<Self>,
        stream: TcpStream,
        peer: Option<IpAddr>,
    ) -> io::Result<DeadlineConnection> {
        let counted_as = peer.map(|peer| peer.to_canonical());
        let counted_as = counted_as
            .filter(|peer| !self.is_trusted(*peer))
            .map(network);
        let state = Arc::new(ConnectionState::new(Arc::clone(&self.draining)));
        let Some(id) = self.insert(&state, counted_as) else {
            self.refuse(&stream, counted_as);
            return Err(io::ErrorKind::ConnectionRefused.into());
        };
        let registration = ConnectionRegistration {
            connections: Arc::clone(self),
            id,
            counted_as,
        };
        Ok(DeadlineConnection::new(
            stream,
            state,
            registration,
            self.env.clone(),
        ))
    }

    fn is_trusted(&self, peer: IpAddr) -> bool {
        self.trusted_proxies
            .iter()
            .any(|proxy| proxy.contains(peer))
    }

    /// Responds before anything is read.
    fn refuse(&self, stream: &TcpStream, address: Option<IpAddr>) {
        let refusal = refusal::raw(&HttpError::TooManyConnections.into(), &self.env);
        let _unsent = SockRef::from(stream).send(&refusal);
        metrics::counter!("courtside_connections_refused_total").increment(1);
        if !self.warned.swap(true, Ordering::Relaxed) {
            tracing::warn!(
                client = address.map(tracing::field::display),
                limit = self.max_per_address,
                "connections refused: one address has too many; a proxy belongs into \
                 --trusted-proxies, and --connections-per-address sets the limit"
            );
        }
    }
}

/// What connections are counted by: the address; for IPv6 its /64, which one household has.
fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(v6) => Ipv6Addr::from_bits(v6.to_bits() & (u128::MAX << 64)).into(),
    }
}
