//! Who this server is on the web: its names, its headers, its proxies.

use actix_web::http::header::{self, HeaderName, HeaderValue};

use crate::config::{Config, HostRule, Network, PublicUrl};

/// Names that mean this very machine.
const LOOPBACK: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];

/// What pages of ours may do: load from here, talk to here, use the camera for watch parties.
pub const PAGE_POLICY: &str = "default-src 'self'; img-src 'self' data: blob:; \
    media-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action 'self'; \
    frame-ancestors 'none'";
/// The same for Swagger UI, which carries its icons and some styles within itself.
pub const DOCS_POLICY: &str = "default-src 'self'; img-src 'self' data:; \
    style-src 'self' 'unsafe-inline'; object-src 'none'; base-uri 'none'; form-action 'self'; \
    frame-ancestors 'none'";
/// What an answer that is no page may do: nothing.
pub const DATA_POLICY: &str = "default-src 'none'; frame-ancestors 'none'";

/// The server as the web sees it.
#[derive(Debug)]
pub struct HttpConfig {
    /// The address people use.
    pub public_url: PublicUrl,
    /// Names that a request may be sent to.
    hosts: Vec<HostRule>,
    /// Origins of other sites that may call the API.
    origins: Vec<HeaderValue>,
    /// Proxies that are believed.
    pub trusted_proxies: Vec<Network>,
    /// Who may read `/metrics`.
    pub metrics_networks: Vec<Network>,
    /// Headers of every answer that does not say otherwise.
    pub headers: Vec<(HeaderName, HeaderValue)>,
}

impl HttpConfig {
    /// The site of this configuration, listening on this port.
    #[must_use]
    pub fn new(config: &Config, port: u16) -> Self {
        let public_url = config.public_url_at(port);
        let mut hosts = vec![public_url.host().clone()];
        if public_url.host().is_loopback() {
            hosts.extend(LOOPBACK.map(|name| HostRule::new(name, Some(port))));
        }
        hosts.extend(config.allowed_hosts.iter().cloned());
        let origins = config.allowed_origins.iter();
        let origins = origins.filter_map(|origin| HeaderValue::from_str(origin).ok());
        Self {
            headers: headers(&public_url),
            origins: origins.collect(),
            trusted_proxies: config.trusted_proxies.clone(),
            metrics_networks: config.metrics_networks.clone(),
            hosts,
            public_url,
        }
    }

    /// Whether people reach this server from this very machine alone: a server on a developer's desk.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        self.public_url.host().is_loopback()
    }

    /// Whether pages of another origin may call the API and open sockets: those that were named,
    /// and pages on this machine where the server is one for this machine.
    #[must_use]
    pub fn allows_origin(&self, origin: &HeaderValue) -> bool {
        let is_loopback = || {
            let origin = origin.to_str().ok().map(PublicUrl::parse);
            origin.is_some_and(|url| url.is_ok_and(|url| url.host().is_loopback()))
        };
        self.origins.contains(origin) || (self.is_loopback() && is_loopback())
    }

    /// Whether there is another origin whose pages may.
    #[must_use]
    pub fn has_other_origins(&self) -> bool {
        self.is_loopback() || !self.origins.is_empty()
    }

    /// Whether a `Host` header names this server.
    #[must_use]
    pub fn is_allowed_host(&self, host: &str) -> bool {
        let usual = if self.public_url.is_https() { 443 } else { 80 };
        self.hosts.iter().any(|rule| rule.matches(host, usual))
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
    use clap::Parser;

    use super::*;
    use crate::config::CommandLine;

    fn site(arguments: &[&str]) -> HttpConfig {
        let line = [&["courtside"], arguments].concat();
        let flags = CommandLine::try_parse_from(line).unwrap().flags;
        HttpConfig::new(&Config::from_flags(&flags).unwrap(), 8080)
    }

    #[test]
    fn a_server_on_its_own_goes_by_loopback_names_with_its_port() {
        let site = site(&[]);
        for host in [
            "localhost:8080",
            "127.0.0.1:8080",
            "[::1]:8080",
            "LOCALHOST:8080",
        ] {
            assert!(site.is_allowed_host(host), "{host}");
        }
        for host in [
            "",
            "localhost",
            "localhost:9",
            "evil.org:8080",
            "localhost:8080.evil.org",
        ] {
            assert!(!site.is_allowed_host(host), "{host}");
        }
    }

    #[test]
    fn a_public_server_goes_by_its_name_and_by_further_ones() {
        let site = site(&[
            "--public-url=https://play.example.org",
            "--allowed-hosts=a.example",
        ]);
        for host in [
            "play.example.org",
            "play.example.org:443",
            "a.example",
            "a.example:1",
        ] {
            assert!(site.is_allowed_host(host), "{host}");
        }
        for host in ["play.example.org:80", "localhost:8080", "127.0.0.1:8080"] {
            assert!(!site.is_allowed_host(host), "{host}");
        }
    }

    #[test]
    fn loopback_origins_are_allowed_where_the_public_address_is_loopback() {
        let allows =
            |site: &HttpConfig, origin| site.allows_origin(&HeaderValue::from_static(origin));
        let (local, public) = (site(&[]), site(&["--public-url=https://play.example.org"]));
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
    fn strict_transport_is_promised_only_behind_tls() {
        let promised = |site: HttpConfig| {
            let mut headers = site.headers.into_iter();
            headers.find_map(|(name, value)| {
                (name == header::STRICT_TRANSPORT_SECURITY).then_some(value)
            })
        };
        assert_eq!(promised(site(&[])), None);
        let public = promised(site(&["--public-url=https://play.example.org"]));
        assert_eq!(public.unwrap(), "max-age=31536000; includeSubDomains");
    }
}
