//! Where a request came from.

use std::future::{Ready, ready};
use std::net::{IpAddr, SocketAddr};

use actix_web::dev::Payload;
use actix_web::http::header::{self, HeaderMap};
use actix_web::{FromRequest, HttpRequest};

use super::Failure;
use super::request_context::RequestContext;
use crate::config::Network;

/// Headers by which proxies tell whom they speak for.
const FORWARDED: [&str; 3] = ["x-forwarded-for", "forwarded", "x-real-ip"];

/// The one who sent a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Visitor {
    /// Their address, as far as proxies that we trust tell.
    pub address: Option<IpAddr>,
    /// Whether they sit at this very machine, with no proxy between.
    pub is_local: bool,
}

impl Visitor {
    /// Finds out, given who connected. A header counts only when a trusted proxy sent it; and of
    /// the addresses in it, the last that is not a trusted proxy, as anything before it could be
    /// made up.
    #[must_use]
    pub fn find(peer: Option<IpAddr>, headers: &HeaderMap, trusted: &[Network]) -> Self {
        let is_trusted = |address: IpAddr| trusted.iter().any(|net| net.contains(address));
        let forwarded = FORWARDED.iter().any(|name| headers.contains_key(*name));
        let mut address = peer.map(|peer| peer.to_canonical());
        let mut hops = headers
            .get_all(header::X_FORWARDED_FOR)
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .collect::<Vec<_>>();
        while address.is_some_and(is_trusted) {
            let Some(hop) = hops.pop() else { break };
            let Some(hop) = forwarded_address(hop) else {
                break;
            };
            address = Some(hop.to_canonical());
        }
        let is_local = !forwarded && address.is_some_and(|address| address.is_loopback());
        Self { address, is_local }
    }

    /// The network of the address, which one owner commonly has as a whole: whoever is refused at
    /// one address may come back from another in it.
    #[must_use]
    pub fn network_key(&self) -> String {
        self.address.map_or_else(
            || "unknown".to_owned(),
            accounts::rules::device::network_key,
        )
    }

    /// Who to count a rate by: the address, or for IPv6 the /64 that one household has.
    #[must_use]
    pub fn rate_key(&self) -> String {
        match self.address {
            None => "unknown".to_owned(),
            Some(IpAddr::V4(v4)) => v4.to_string(),
            Some(IpAddr::V6(v6)) => {
                let network = std::net::Ipv6Addr::from_bits(v6.to_bits() & (u128::MAX << 64));
                format!("{network}/64")
            }
        }
    }
}

/// The address in one entry of `X-Forwarded-For`. Some proxies add the port, and brackets around
/// IPv6: `1.2.3.4`, `1.2.3.4:5678`, `::1`, `[::1]`, `[::1]:443`.
fn forwarded_address(entry: &str) -> Option<IpAddr> {
    let entry = entry.trim();
    let bracketed = || entry.strip_prefix('[')?.strip_suffix(']')?.parse().ok();
    let with_port = || entry.parse::<SocketAddr>().ok();
    entry
        .parse()
        .ok()
        .or_else(|| bracketed().map(IpAddr::V6))
        .or_else(|| with_port().map(|address| address.ip()))
}

impl FromRequest for Visitor {
    type Error = Failure;
    type Future = Ready<Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        ready(
            RequestContext::of(request)
                .map(|facts| facts.visitor)
                .map_err(Failure::from),
        )
    }
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    fn visitor(peer: &str, forwarded: &[&'static str]) -> Visitor {
        let trusted = [Network::parse("10.0.0.0/8").unwrap()];
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append(header::X_FORWARDED_FOR, HeaderValue::from_static(value));
        }
        Visitor::find(Some(peer.parse().unwrap()), &headers, &trusted)
    }

    fn address(peer: &str, forwarded: &[&'static str]) -> String {
        visitor(peer, forwarded).address.unwrap().to_string()
    }

    #[test]
    fn only_trusted_proxies_are_believed() {
        assert_eq!(address("8.8.8.8", &["1.1.1.1"]), "8.8.8.8");
        assert_eq!(address("10.0.0.1", &["1.1.1.1"]), "1.1.1.1");
        assert_eq!(address("::ffff:10.0.0.1", &["1.1.1.1"]), "1.1.1.1");
    }

    #[test]
    fn made_up_hops_before_the_first_stranger_do_not_count() {
        assert_eq!(
            address("10.0.0.1", &["6.6.6.6, 1.1.1.1, 10.0.0.2"]),
            "1.1.1.1"
        );
        assert_eq!(address("10.0.0.1", &["6.6.6.6", "1.1.1.1"]), "1.1.1.1");
        assert_eq!(address("10.0.0.1", &["nonsense"]), "10.0.0.1");
    }

    #[test]
    fn forwarded_entries_may_carry_a_port_or_brackets() {
        for (entry, read) in [
            ("1.2.3.4:5678", "1.2.3.4"),
            ("[2001:db8::1]:443", "2001:db8::1"),
            ("[2001:db8::1]", "2001:db8::1"),
            ("2001:db8::1", "2001:db8::1"),
            ("[::ffff:1.2.3.4]:80", "1.2.3.4"),
        ] {
            assert_eq!(address("10.0.0.1", &[entry]), read, "{entry}");
        }
        for entry in [
            "1.2.3.4:",
            "1.2.3.4:99999",
            "[1.2.3.4]",
            "[::1",
            "::1]",
            "[]",
        ] {
            assert_eq!(address("10.0.0.1", &[entry]), "10.0.0.1", "{entry}");
        }
    }

    #[test]
    fn local_means_loopback_and_no_proxy() {
        assert!(visitor("127.0.0.1", &[]).is_local);
        assert!(visitor("::1", &[]).is_local);
        assert!(!visitor("127.0.0.1", &["127.0.0.1"]).is_local);
        assert!(!visitor("10.0.0.1", &["127.0.0.1"]).is_local);
    }

    #[test]
    fn an_ipv6_household_counts_as_one() {
        let key = |peer| visitor(peer, &[]).rate_key();
        assert_eq!(key("2001:db8:1:2:aaaa::1"), key("2001:db8:1:2:bbbb::2"));
        assert_ne!(key("2001:db8:1:2::1"), key("2001:db8:1:3::1"));
        assert_ne!(key("1.1.1.1"), key("1.1.1.2"));
        let network = |peer| visitor(peer, &[]).network_key();
        assert_eq!(network("2001:db8:1:2::1"), network("2001:db8:1:3::1"));
        assert_eq!(network("1.1.1.1"), network("1.1.1.2"));
        assert_ne!(network("1.1.1.1"), network("1.1.2.1"));
    }
}
