//! HTTP configuration: public URL, accepted hosts and origins, trusted proxies, default headers.

use actix_web::http::header::{self, HeaderName, HeaderValue};

use crate::network::Network;
use crate::public_url::{HostRule, PublicUrl};

/// Host names of the loopback interface.
const LOOPBACK: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];

/// Content security policy of the web client. It compiles the engine of Pong.
pub const PAGE_POLICY: &str = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; \
    img-src 'self' data: blob:; \
    media-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action 'self'; \
    frame-ancestors 'none'";
/// Content security policy of Swagger UI, which has inline icons and styles.
pub const DOCS_POLICY: &str = "default-src 'self'; img-src 'self' data:; \
    style-src 'self' 'unsafe-inline'; object-src 'none'; base-uri 'none'; form-action 'self'; \
    frame-ancestors 'none'";
/// Content security policy of everything else.
pub const DATA_POLICY: &str = "default-src 'none'; frame-ancestors 'none'";

/// Hosts, origins and proxies besides those that follow from the public URL.
#[derive(Debug, Clone, Default)]
pub struct HttpAccess {
    /// Further host names of the server.
    pub allowed_hosts: Vec<HostRule>,
    /// Other origins whose pages may call the API.
    pub allowed_origins: Vec<String>,
    /// Proxies whose forwarding headers count.
    pub trusted_proxies: Vec<Network>,
}

/// The HTTP configuration of a running server.
#[derive(Debug)]
pub struct HttpConfig {
    /// The URL under which clients reach the server.
    pub public_url: PublicUrl,
    /// Hosts that a request may name.
    hosts: Vec<HostRule>,
    /// Other origins whose pages may call the API.
    origins: Vec<HeaderValue>,
    /// Proxies whose forwarding headers count.
    pub trusted_proxies: Vec<Network>,
    /// Headers of every response that does not set them itself.
    pub headers: Vec<(HeaderName, HeaderValue)>,
}

impl HttpConfig {
    /// The configuration of a server that listens on this port.
    #[must_use]
    pub fn new(public_url: PublicUrl, port: u16, access: HttpAccess) -> Self {
        let mut hosts = vec![public_url.host().clone()];
        if public_url.host().is_loopback() {
            hosts.extend(LOOPBACK.map(|name| HostRule::new(name, Some(port))));
        }
        hosts.extend(access.allowed_hosts);
        let origins = access.allowed_origins.iter();
        let origins = origins.filter_map(|origin| HeaderValue::from_str(origin).ok());
        Self {
            headers: headers(&public_url),
            origins: origins.collect(),
            trusted_proxies: access.trusted_proxies,
            hosts,
            public_url,
        }
    }

    /// Whether the public URL is on this machine, as for development.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        self.public_url.host().is_loopback()
    }

    /// Whether pages of another origin may call the API and open sockets: configured origins, and
    /// loopback origins if the public URL is loopback.
    #[must_use]
    pub fn allows_origin(&self, origin: &HeaderValue) -> bool {
        let is_loopback = || {
            let origin = origin.to_str().ok().map(PublicUrl::parse);
            origin.is_some_and(|url| url.is_ok_and(|url| url.host().is_loopback()))
        };
        self.origins.contains(origin) || (self.is_loopback() && is_loopback())
    }

    /// Whether any other origin may.
    #[must_use]
    pub fn has_other_origins(&self) -> bool {
        self.is_loopback() || !self.origins.is_empty()
    }

    /// Whether a `Host` header names this server.
    #[must_use]
    pub fn is_allowed_host(&self, host: &str) -> bool {
        let default_port = if self.public_url.is_https() { 443 } else { 80 };
        self.hosts
            .iter()
            .any(|rule| rule.matches(host, default_port))
    }
}

fn headers(public_url: &PublicUrl) -> Vec<(HeaderName, HeaderValue)> {
    let fixed = |name: &'static str, value| {
        (
            HeaderName::from_static(name),
            HeaderValue::from_static(value),
        )
    };
    let mut headers = vec![
        (
            header::X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        ),
        (
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static(DATA_POLICY),
        ),
        (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
        (
            header::REFERRER_POLICY,
            HeaderValue::from_static("no-referrer"),
        ),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        fixed("cross-origin-opener-policy", "same-origin"),
        fixed("cross-origin-resource-policy", "same-origin"),
        fixed(
            "permissions-policy",
            "camera=(self), microphone=(self), display-capture=(self), geolocation=(), payment=()",
        ),
    ];
    if public_url.is_https() {
        let year = HeaderValue::from_static("max-age=31536000; includeSubDomains");
        headers.push((header::STRICT_TRANSPORT_SECURITY, year));
    }
    headers
}

#[cfg(test)]
mod tests {
    use super::*;

    fn local() -> HttpConfig {
        HttpConfig::new(PublicUrl::local(8080), 8080, HttpAccess::default())
    }

    fn public(allowed_hosts: &[&str]) -> HttpConfig {
        let url = PublicUrl::parse("https://play.example.org").unwrap();
        let hosts = allowed_hosts.iter().map(|host| HostRule::parse(host));
        let access = HttpAccess {
            allowed_hosts: hosts.collect::<Result<_, _>>().unwrap(),
            ..HttpAccess::default()
        };
        HttpConfig::new(url, 8080, access)
    }

    #[test]
    fn loopback_server_accepts_loopback_hosts_with_its_port() {
        let config = local();
        for host in [
            "localhost:8080",
            "127.0.0.1:8080",
            "[::1]:8080",
            "LOCALHOST:8080",
        ] {
            assert!(config.is_allowed_host(host), "{host}");
        }
        for host in [
            "",
            "localhost",
            "localhost:9",
            "evil.org:8080",
            "localhost:8080.evil.org",
        ] {
            assert!(!config.is_allowed_host(host), "{host}");
        }
    }

    #[test]
    fn public_server_accepts_its_host_and_allowed_ones() {
        let config = public(&["a.example"]);
        for host in [
            "play.example.org",
            "play.example.org:443",
            "a.example",
            "a.example:1",
        ] {
            assert!(config.is_allowed_host(host), "{host}");
        }
        for host in ["play.example.org:80", "localhost:8080", "127.0.0.1:8080"] {
            assert!(!config.is_allowed_host(host), "{host}");
        }
    }

    #[test]
    fn loopback_origins_are_allowed_if_the_public_url_is_loopback() {
        let allows =
            |config: &HttpConfig, origin| config.allows_origin(&HeaderValue::from_static(origin));
        let (local, public) = (local(), public(&[]));
        for origin in [
            "http://localhost:3000",
            "http://127.0.0.1:5173",
            "https://[::1]:8443",
            "http://app.localhost",
        ] {
            assert!(
                allows(&local, origin) && !allows(&public, origin),
                "{origin}"
            );
        }
        for origin in [
            "null",
            "http://evil.org",
            "http://localhost.evil.org",
            "http://localhost:3000/x",
            "",
        ] {
            assert!(!allows(&local, origin), "{origin}");
        }
    }

    #[test]
    fn strict_transport_security_is_sent_over_https_only() {
        let sent = |config: HttpConfig| {
            let mut headers = config.headers.into_iter();
            headers.find_map(|(name, value)| {
                (name == header::STRICT_TRANSPORT_SECURITY).then_some(value)
            })
        };
        assert_eq!(sent(local()), None);
        let value = sent(public(&[]));
        assert_eq!(value.unwrap(), "max-age=31536000; includeSubDomains");
    }
}
