//! Descriptions of a session's device and location for its owner.

use std::net::IpAddr;

/// The maximum length of the header that is examined.
const MAX_HEADER_LEN: usize = 512;
/// Names in the `User-Agent`, from the most specific to those that all browsers contain.
const PROGRAMS: [(&str, &str); 13] = [
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Vivaldi", "Vivaldi"),
    ("FxiOS", "Firefox"),
    ("Firefox", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
    ("curl", "curl"),
    ("python", "Python"),
    ("okhttp", "Android app"),
    ("Dart", "App"),
];
const SYSTEMS: [(&str, &str); 8] = [
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
    ("FreeBSD", "FreeBSD"),
];

/// Browser or app, and operating system, from the `User-Agent`.
#[must_use]
pub fn device(user_agent: &str) -> String {
    let header: String = user_agent.chars().take(MAX_HEADER_LEN).collect();
    let find = |table: &[(&str, &'static str)]| {
        table
            .iter()
            .find(|(mark, _)| header.contains(mark))
            .map(|(_, name)| *name)
    };
    match (find(&PROGRAMS), find(&SYSTEMS)) {
        (Some(program), Some(system)) => format!("{program} on {system}"),
        (Some(name), None) | (None, Some(name)) => name.to_owned(),
        (None, None) => "Unknown device".to_owned(),
    }
}

/// A description of the location of an address.
#[must_use]
pub fn place(address: IpAddr) -> String {
    match address.to_canonical() {
        inner if inner.is_loopback() => "this machine".to_owned(),
        inner if is_local(inner) => format!("local network ({inner})"),
        outer => outer.to_string(),
    }
}

/// The key by which failures are counted per place: an address, or a /64 network, whose owner can
/// choose addresses freely.
#[must_use]
pub fn place_key(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(v4) => v4.to_string(),
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
    }
}

fn is_local(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => v4.is_private() || v4.is_link_local(),
        IpAddr::V6(v6) => v6.is_unique_local() || v6.is_unicast_link_local(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn device_recognizes_common_user_agents() {
        let chrome = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0 Safari/537.36";
        let edge = format!("{chrome} Edg/124.0");
        let phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 Version/17.4 Mobile/15E148 Safari/604.1";
        let fox = "Mozilla/5.0 (X11; Linux x86_64; rv:125.0) Gecko/20100101 Firefox/125.0";
        assert_eq!(device(chrome), "Chrome on Windows");
        assert_eq!(device(&edge), "Edge on Windows");
        assert_eq!(device(phone), "Safari on iPhone");
        assert_eq!(device(fox), "Firefox on Linux");
        assert_eq!(device("curl/8.5.0"), "curl");
    }

    #[test]
    fn device_does_not_echo_unknown_user_agents() {
        assert_eq!(device("<script>alert(1)</script>"), "Unknown device");
        assert_eq!(device(""), "Unknown device");
        assert_eq!(device(&"é".repeat(100_000)), "Unknown device");
    }

    #[test]
    fn place_distinguishes_local_addresses() {
        let of = |text: &str| place(text.parse().unwrap());
        assert_eq!(of("127.0.0.1"), "this machine");
        assert_eq!(of("::1"), "this machine");
        assert_eq!(of("::ffff:127.0.0.1"), "this machine");
        assert_eq!(of("192.168.1.4"), "local network (192.168.1.4)");
        assert_eq!(of("fd00::1"), "local network (fd00::1)");
        assert_eq!(of("203.0.113.7"), "203.0.113.7");
    }

    #[test]
    fn place_key_groups_ipv6_by_network() {
        let key = |text: &str| place_key(text.parse().unwrap());
        assert_eq!(key("2001:db8:1:2:3::4"), key("2001:db8:1:2:ffff::1"));
        assert_ne!(key("2001:db8:1:2::1"), key("2001:db8:1:3::1"));
        assert_eq!(key("::ffff:203.0.113.7"), "203.0.113.7");
    }
}
