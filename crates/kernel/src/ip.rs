//! Rate limit keys of IP addresses.

use std::net::IpAddr;

/// The key of the network that usually has one owner: the /48 of an IPv6 address, the /24 of an IPv4
/// address.
#[must_use]
pub fn network_key(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(v4) => {
            let [a, b, c, _] = v4.octets();
            format!("{a}.{b}.{c}.0/24")
        }
        IpAddr::V6(v6) => {
            let [a, b, c, ..] = v6.segments();
            format!("{a:x}:{b:x}:{c:x}::/48")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn network_key_is_shared_by_the_addresses_of_a_network() {
        let key = |text: &str| network_key(text.parse().unwrap());
        assert_eq!(key("2001:db8:1:2::1"), "2001:db8:1::/48");
        assert_eq!(key("2001:db8:1:3::1"), "2001:db8:1::/48");
        assert_eq!(key("203.0.113.7"), "203.0.113.0/24");
        assert_eq!(key("::ffff:203.0.113.9"), "203.0.113.0/24");
    }
}
