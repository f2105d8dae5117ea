//! IP networks.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use ipnet::IpNet;

/// A network or a single address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network(IpNet);

/// The text is neither a network nor an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvalidNetwork;

impl std::fmt::Display for InvalidNetwork {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("neither a network nor an address")
    }
}

impl std::error::Error for InvalidNetwork {}

impl FromStr for Network {
    type Err = InvalidNetwork;

    /// Parses `10.0.0.0/8`, `::1` and the like.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let network = text.parse::<IpNet>().ok();
        let single = || text.parse::<IpAddr>().ok().map(IpNet::from);
        network.or_else(single).map(Self).ok_or(InvalidNetwork)
    }
}

impl Network {
    /// The loopback networks.
    #[must_use]
    pub fn loopback() -> [Self; 2] {
        let v4 = ipnet::Ipv4Net::new_assert(Ipv4Addr::LOCALHOST, 8);
        [
            Self(v4.into()),
            Self(IpAddr::V6(Ipv6Addr::LOCALHOST).into()),
        ]
    }

    /// Whether the network contains an address. An IPv4 address is also the IPv6 address that it is mapped
    /// to.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        let is_mapped = |v4: Ipv4Addr| self.0.contains(&IpAddr::V6(v4.to_ipv6_mapped()));
        match address.to_canonical() {
            IpAddr::V4(v4) => self.0.contains(&IpAddr::V4(v4)) || is_mapped(v4),
            v6 => self.0.contains(&v6),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contains(network: &str, address: &str) -> bool {
        let network: Network = network.parse().unwrap();
        network.contains(address.parse().unwrap())
    }

    #[test]
    fn contains_covers_networks_and_addresses_of_both_families() {
        assert!(contains("10.0.0.0/8", "10.255.0.1"));
        assert!(!contains("10.0.0.0/8", "11.0.0.1"));
        assert!(contains("192.168.1.7", "192.168.1.7"));
        assert!(contains("192.168.1.7", "::ffff:192.168.1.7"));
        assert!(contains("::ffff:192.168.1.7", "192.168.1.7"));
        assert!(contains("2001:db8::/32", "2001:db8:1::1"));
        assert!(!contains("::1", "::2"));
        assert!(contains("0.0.0.0/0", "8.8.8.8"));
        assert!(!contains("0.0.0.0/0", "2001:db8::1"));
        assert!(contains("::/0", "8.8.8.8"));
    }

    #[test]
    fn loopback_is_both_families() {
        let is_loopback = |address: &str| {
            let address = address.parse().unwrap();
            Network::loopback()
                .iter()
                .any(|network| network.contains(address))
        };
        assert!(is_loopback("127.0.0.1") && is_loopback("127.8.0.1") && is_loopback("::1"));
        assert!(!is_loopback("128.0.0.1") && !is_loopback("::2"));
    }

    #[test]
    fn parse_refuses_malformed_networks() {
        for text in [
            "",
            "all",
            "10.0.0.0/33",
            "10.0.0/8",
            "::1/129",
            "10.0.0.0/-1",
        ] {
            assert_eq!(text.parse::<Network>(), Err(InvalidNetwork), "{text}");
        }
    }
}
