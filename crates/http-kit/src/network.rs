//! IP networks.

use std::net::IpAddr;

/// A network or a single address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    /// The address in 128 bits; IPv4 is mapped into IPv6.
    base: u128,
    mask: u128,
}

/// Bits of a mapped address before the IPv4 address.
const MAPPED_BITS: u32 = 96;

fn bits(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(v4) => v4.to_ipv6_mapped().to_bits(),
        IpAddr::V6(v6) => v6.to_bits(),
    }
}

impl Network {
    /// Parses `10.0.0.0/8`, `::1` and the like.
    ///
    /// # Errors
    /// A description of the expected form.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        Self::read(text)
            .ok_or("addresses or networks with commas between, as in 10.0.0.0/8,192.168.1.7")
    }

    fn read(text: &str) -> Option<Self> {
        let (address, length) = match text.split_once('/') {
            Some((address, length)) => (address, Some(length.parse::<u32>().ok()?)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().ok()?;
        let before = if address.is_ipv4() { MAPPED_BITS } else { 0 };
        let length = match length {
            Some(length) => before.checked_add(length).filter(|length| *length <= 128)?,
            None => 128,
        };
        let mask = u128::MAX.checked_shl(128 - length).unwrap_or_default();
        Some(Self {
            base: bits(address) & mask,
            mask,
        })
    }

    /// Whether the network contains an address.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        bits(address) & self.mask == self.base
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contains(network: &str, address: &str) -> bool {
        Network::parse(network)
            .unwrap()
            .contains(address.parse().unwrap())
    }

    #[test]
    fn contains_covers_networks_and_addresses_of_both_families() {
        assert!(contains("10.0.0.0/8", "10.255.0.1"));
        assert!(!contains("10.0.0.0/8", "11.0.0.1"));
        assert!(contains("192.168.1.7", "192.168.1.7"));
        assert!(contains("192.168.1.7", "::ffff:192.168.1.7"));
        assert!(contains("2001:db8::/32", "2001:db8:1::1"));
        assert!(!contains("::1", "::2"));
        assert!(contains("0.0.0.0/0", "8.8.8.8"));
        assert!(!contains("0.0.0.0/0", "2001:db8::1"));
        assert!(contains("::/0", "8.8.8.8"));
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
            assert!(Network::parse(text).is_err(), "{text}");
        }
    }
}
