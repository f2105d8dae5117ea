//! The public URL of the server and the host names it accepts.

use std::net::IpAddr;

use url::{Host, Url};

/// The URL under which clients reach the server: a scheme, a host, optionally a port, no path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrl {
    origin: String,
    host: HostRule,
}

impl PublicUrl {
    /// The URL of a server on this machine.
    #[must_use]
    pub fn local(port: u16) -> Self {
        Self::assemble("http", "localhost".to_owned(), Some(port))
    }

    /// Parses `https://play.example.org` and the like.
    ///
    /// # Errors
    /// A description of the expected form.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        Self::read(text)
            .ok_or("an http:// or https:// URL without a path, such as https://play.example.org")
    }

    fn read(text: &str) -> Option<Self> {
        let url = Url::parse(text).ok()?;
        let is_http = matches!(url.scheme(), "http" | "https");
        let has_user = !url.username().is_empty() || url.password().is_some();
        let is_bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
        let host = url.host_str().filter(|_| is_http && !has_user && is_bare)?;
        Some(Self::assemble(url.scheme(), host.to_owned(), url.port()))
    }

    fn assemble(scheme: &str, name: String, port: Option<u16>) -> Self {
        let default_port = if scheme == "https" { 443 } else { 80 };
        let shown = port.filter(|port| *port != default_port);
        let suffix = shown.map(|port| format!(":{port}")).unwrap_or_default();
        Self {
            origin: format!("{scheme}://{name}{suffix}"),
            host: HostRule {
                name,
                port: Some(port.unwrap_or(default_port)),
            },
        }
    }

    /// The URL as used in links and in the `Origin` header of browsers.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The host and port.
    #[must_use]
    pub fn host(&self) -> &HostRule {
        &self.host
    }

    /// Whether the server is reached over TLS.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.origin.starts_with("https://")
    }

    /// Whether the URL is plain HTTP on a loopback host, which browsers treat as secure.
    #[must_use]
    pub fn is_plain_localhost(&self) -> bool {
        !self.is_https() && self.host.is_loopback()
    }
}

/// A host that a `Host` header may name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostRule {
    /// The name in lower case; an IPv6 address in brackets.
    name: String,
    /// The port; `None` accepts any.
    port: Option<u16>,
}

impl HostRule {
    /// Parses `play.example.org`, `[::1]:8080` and the like.
    ///
    /// # Errors
    /// A description of the expected form.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        Self::read(text)
            .ok_or("host names separated by commas, such as play.example.org,localhost:8080")
    }

    /// A rule for a name, and for one port or any.
    #[must_use]
    pub fn new(name: &str, port: Option<u16>) -> Self {
        Self {
            name: name.to_ascii_lowercase(),
            port,
        }
    }

    fn read(text: &str) -> Option<Self> {
        let (name, port) = split_port(text)?;
        let host = Host::parse(name).ok()?;
        Some(Self::new(&host.to_string(), port))
    }

    /// Whether a `Host` header matches. `default_port` applies if the header has no port.
    #[must_use]
    pub fn matches(&self, host: &str, default_port: u16) -> bool {
        split_port(host).is_some_and(|(name, port)| {
            name.eq_ignore_ascii_case(&self.name)
                && self
                    .port
                    .is_none_or(|wanted| wanted == port.unwrap_or(default_port))
        })
    }

    /// Whether the host is the loopback interface.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        let bare = self.name.trim_start_matches('[').trim_end_matches(']');
        self.name == "localhost"
            || self.name.ends_with(".localhost")
            || bare.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
    }

    /// The name without port.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }
}

/// Splits `name:port`, aware of the colons in `[::1]`; `None` if the port is invalid.
fn split_port(host: &str) -> Option<(&str, Option<u16>)> {
    let colon = host.rfind(':').filter(|at| !host.ends_with(']') && *at > 0);
    match colon {
        None => Some((host, None)),
        Some(at) => {
            let (name, port) = host.split_at_checked(at)?;
            let digits = port
                .strip_prefix(':')
                .filter(|d| d.bytes().all(|b| b.is_ascii_digit()))?;
            Some((name, Some(digits.parse().ok()?)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origin_is_normalized_as_browsers_do() {
        let origin = |text| PublicUrl::parse(text).unwrap().origin().to_owned();
        assert_eq!(
            origin("https://Play.Example.org/"),
            "https://play.example.org"
        );
        assert_eq!(
            origin("https://play.example.org:443"),
            "https://play.example.org"
        );
        assert_eq!(origin("http://[::1]:8080"), "http://[::1]:8080");
        assert_eq!(
            origin("https://schach.über.org"),
            "https://schach.xn--ber-goa.org"
        );
        assert_eq!(PublicUrl::local(80).origin(), "http://localhost");
    }

    #[test]
    fn parse_refuses_anything_more_than_an_origin() {
        for text in [
            "",
            "play.example.org",
            "ftp://x",
            "https://x/sub",
            "https://x/?q",
            "https://me@x",
            "https://x:99999",
            "https://",
        ] {
            assert!(PublicUrl::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn is_plain_localhost_covers_loopback_over_http_only() {
        let plain = |text| PublicUrl::parse(text).unwrap().is_plain_localhost();
        assert!(plain("http://localhost:1") && plain("http://127.0.0.1") && plain("http://[::1]"));
        assert!(!plain("https://localhost") && !plain("http://localhost.example.org"));
    }

    #[test]
    fn matches_ignores_case_and_compares_the_port() {
        let rule = HostRule::parse("Play.example.org:8443").unwrap();
        assert!(rule.matches("PLAY.example.org:8443", 80));
        assert!(!rule.matches("play.example.org", 80));
        assert!(!rule.matches("play.example.org:8443:1", 80));
        assert!(!rule.matches("play.example.org:+8443", 80));
        let any = HostRule::parse("play.example.org").unwrap();
        assert!(any.matches("play.example.org:1", 80) && any.matches("play.example.org", 80));
        assert!(HostRule::parse("[::1]").unwrap().matches("[::1]:9", 80));
        assert!(PublicUrl::local(80).host().matches("localhost", 80));
    }
}
