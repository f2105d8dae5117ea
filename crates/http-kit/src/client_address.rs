//! The IP address of the client, as trusted proxies report it.

use std::net::{IpAddr, SocketAddr};

use actix_web::http::header::{self, HeaderMap};

use kernel::ip;

use crate::network::Network;

/// Headers in which proxies name the client.
const FORWARDED: [&str; 3] = ["x-forwarded-for", "forwarded", "x-real-ip"];

/// The address of the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClientAddress {
    /// The IP address, as far as trusted proxies report it.
    pub ip: Option<IpAddr>,
    /// Whether the client runs on this machine, with no proxy in between.
    pub is_local: bool,
}

impl ClientAddress {
    /// Determines the address of the client behind a peer. Headers count only if a trusted proxy sent
    /// them. The last address that is not a trusted proxy counts, as any address before it may be
    /// forged.
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
        Self {
            ip: address,
            is_local,
        }
    }

    /// Key of the network that commonly has one owner: the /48 of an IPv6 address, the /24 of an IPv4
    /// address.
    #[must_use]
    pub fn network_key(&self) -> String {
        self.ip
            .map_or_else(|| "unknown".to_owned(), ip::network_key)
    }

    /// Key of the address for rate limits: for IPv6 its /64, which one household has.
    #[must_use]
    pub fn rate_key(&self) -> String {
        match self.ip {
            None => "unknown".to_owned(),
            Some(IpAddr::V4(v4)) => v4.to_string(),
            Some(IpAddr::V6(v6)) => {
                let network = std::net::Ipv6Addr::from_bits(v6.to_bits() & (u128::MAX << 64));
                format!("{network}/64")
            }
        }
    }
}

/// Parses an entry of `X-Forwarded-For`. Some proxies add a port, and brackets around IPv6: `1.2.3.4`, `1.2.3.4:5678`, `::1`, `[::1]`, `[::1]:443`.
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

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    fn client(peer: &str, forwarded: &[&'static str]) -> ClientAddress {
        let trusted = ["10.0.0.0/8".parse::<Network>().unwrap()];
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append(header::X_FORWARDED_FOR, HeaderValue::from_static(value));
        }
        ClientAddress::find(Some(peer.parse().unwrap()), &headers, &trusted)
    }

    fn address(peer: &str, forwarded: &[&'static str]) -> String {
        client(peer, forwarded).ip.unwrap().to_string()
    }

    #[test]
    fn find_believes_trusted_proxies_only() {
        assert_eq!(address("8.8.8.8", &["1.1.1.1"]), "8.8.8.8");
        assert_eq!(address("10.0.0.1", &["1.1.1.1"]), "1.1.1.1");
        assert_eq!(address("::ffff:10.0.0.1", &["1.1.1.1"]), "1.1.1.1");
    }

    #[test]
    fn find_ignores_addresses_before_the_last_untrusted_one() {
        assert_eq!(
            address("10.0.0.1", &["6.6.6.6, 1.1.1.1, 10.0.0.2"]),
            "1.1.1.1"
        );
        assert_eq!(address("10.0.0.1", &["6.6.6.6", "1.1.1.1"]), "1.1.1.1");
        assert_eq!(address("10.0.0.1", &["nonsense"]), "10.0.0.1");
    }

    #[test]
    fn find_reads_entries_with_port_or_brackets() {
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
    fn is_local_means_loopback_without_proxy() {
        assert!(client("127.0.0.1", &[]).is_local);
        assert!(client("::1", &[]).is_local);
        assert!(!client("127.0.0.1", &["127.0.0.1"]).is_local);
        assert!(!client("10.0.0.1", &["127.0.0.1"]).is_local);
    }

    #[test]
    fn keys_group_the_addresses_of_one_owner() {
        let key = |peer| client(peer, &[]).rate_key();
        assert_eq!(key("2001:db8:1:2:aaaa::1"), key("2001:db8:1:2:bbbb::2"));
        assert_ne!(key("2001:db8:1:2::1"), key("2001:db8:1:3::1"));
        assert_ne!(key("1.1.1.1"), key("1.1.1.2"));
        let network = |peer| client(peer, &[]).network_key();
        assert_eq!(network("2001:db8:1:2::1"), network("2001:db8:1:3::1"));
        assert_eq!(network("1.1.1.1"), network("1.1.1.2"));
        assert_ne!(network("1.1.1.1"), network("1.1.2.1"));
    }
}
