//! Addresses of PostgreSQL servers. libpq is built without TLS; so the parameters that ask for it are
//! read here, and a [tunnel](crate::tls_tunnel) does what they say.

use std::path::Path;
use std::time::Duration;

use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use crate::tls_config::{Roots, SslMode, client_config};
use crate::tls_tunnel::TlsTarget;

/// Added to the address unless it contains them, so that a dead server is noticed.
const CONNECTION_DEFAULTS: &[(&str, &str)] = &[
    ("connect_timeout", "2"),
    ("tcp_user_timeout", "4000"),
    ("keepalives_idle", "10"),
    ("keepalives_interval", "3"),
    ("keepalives_count", "3"),
    ("application_name", "courtside"),
];
/// The parameters that locate the server.
const LOCATION: [&str; 3] = ["host", "hostaddr", "port"];

/// Longer than any caller waits for a connection.
const NO_TIMEOUT: Duration = Duration::from_secs(24 * 60 * 60);

/// Why a PostgreSQL address cannot be used.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BadPostgresAddress {
    #[error("sslmode must be disable, prefer, require, verify-ca or verify-full, and not `{0}`")]
    SslMode(String),
    #[error("{0} is not supported; TLS is set up with sslmode and sslrootcert")]
    Unsupported(String),
    #[error("TLS needs one host, and not several")]
    SeveralHosts,
    #[error("the host or port is malformed")]
    Malformed,
    #[error("sslrootcert {0}")]
    RootCertificate(String),
    #[error("sslrootcert needs an sslmode")]
    NoMode,
    #[error("sslrootcert=system needs sslmode=verify-full")]
    UnverifiedSystemRoots,
    #[error("user, password and database must be percent-encoded")]
    NotEncoded,
}

/// How a server is reached.
#[derive(Debug, Clone)]
pub(crate) struct PostgresAddress {
    /// The address for libpq, without TLS.
    pub(crate) plain: String,
    /// Where and how to set up TLS, if it is requested.
    pub(crate) tls: Option<TlsAddress>,
}

/// The address of a server with TLS.
#[derive(Debug, Clone)]
pub(crate) struct TlsAddress {
    pub(crate) target: TlsTarget,
    parts: Parts,
}

impl TlsAddress {
    /// The address for libpq of a tunnel whose Unix socket is in this folder.
    pub(crate) fn through(&self, folder: &Path) -> String {
        let folder = folder.to_string_lossy();
        let mut parts = self.parts.clone();
        let host = utf8_percent_encode(&folder, NON_ALPHANUMERIC).to_string();
        parts.params.push(("host".to_owned(), host));
        // libpq finds the socket by the default port.
        parts.set("port", "5432");
        // Else libpq takes them from its environment.
        parts.set("hostaddr", "");
        parts.set("sslmode", "disable");
        parts.to_url()
    }
}

impl PostgresAddress {
    pub(crate) fn parse(url: &str) -> Result<Self, BadPostgresAddress> {
        let mut parts = Parts::split(url)?;
        let mode = parts.ssl_mode()?;
        parts.refuse_unsupported()?;
        parts.add_defaults();
        let host = parts.host()?;
        if host.is_empty() {
            // libpq may take the host from its environment, and refuses to go on without TLS.
            return Ok(Self::without_tls(&parts));
        }
        if parts.param("sslmode").is_none() {
            return Ok(Self::without_tls(&parts));
        }
        let mut plain = parts.without(is_tls);
        plain.set("sslmode", "disable");
        if mode == SslMode::Disable || host.starts_with(['/', '@']) {
            return Ok(Self::without_tls(&plain));
        }
        let target = parts.target(mode, &host)?;
        let mut over_tunnel = parts.without(|name| is_tls(name) || LOCATION.contains(&name));
        over_tunnel.hosts.clear();
        Ok(Self {
            plain: plain.to_url(),
            tls: Some(TlsAddress {
                target,
                parts: over_tunnel,
            }),
        })
    }

    fn without_tls(parts: &Parts) -> Self {
        Self {
            plain: parts.to_url(),
            tls: None,
        }
    }
}

fn is_tls(name: &str) -> bool {
    name.starts_with("ssl")
}

/// A URL in its parts, each still percent-encoded.
#[derive(Debug, Clone)]
struct Parts {
    /// The scheme with its slashes.
    scheme: String,
    /// User and password, with the `@` behind them.
    user: String,
    hosts: String,
    /// The database, with the slash before it.
    path: String,
    params: Vec<(String, String)>,
}

impl Parts {
    fn split(url: &str) -> Result<Self, BadPostgresAddress> {
        let (scheme, rest) = url.split_once("://").unwrap_or(("postgres", url));
        let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
        if query.contains('@') && !rest.contains('@') {
            // libpq would print a part of the password.
            return Err(BadPostgresAddress::NotEncoded);
        }
        let (authority, database) = rest.split_once('/').unwrap_or((rest, ""));
        let (user, hosts) = match authority.rsplit_once('@') {
            Some((user, hosts)) => (format!("{user}@"), hosts),
            None => (String::new(), authority),
        };
        let pairs = query.split('&').filter(|pair| !pair.is_empty());
        let params = pairs.map(|pair| pair.split_once('=').unwrap_or((pair, "")));
        Ok(Self {
            scheme: format!("{scheme}://"),
            user,
            hosts: hosts.to_owned(),
            path: format!("/{database}"),
            params: params
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect(),
        })
    }

    /// Adds a parameter, whose value is not encoded.
    fn set(&mut self, name: &str, value: &str) {
        self.params.push((name.to_owned(), value.to_owned()));
    }

    fn to_url(&self) -> String {
        let Self {
            scheme,
            user,
            hosts,
            path,
            params,
        } = self;
        let pairs = params.iter().map(|(name, value)| format!("{name}={value}"));
        let query = pairs.collect::<Vec<_>>().join("&");
        format!("{scheme}{user}{hosts}{path}?{query}")
    }

    fn add_defaults(&mut self) {
        for (name, value) in CONNECTION_DEFAULTS {
            if self.param(name).is_none() {
                self.params.push(((*name).to_owned(), (*value).to_owned()));
            }
        }
    }

    fn without(&self, is_left_out: impl Fn(&str) -> bool) -> Self {
        let mut parts = self.clone();
        parts.params.retain(|(name, _)| !is_left_out(name));
        parts
    }

    /// The last one counts, as in libpq.
    fn param(&self, name: &str) -> Option<String> {
        let mut found = self.params.iter().rev().filter(|(key, _)| key == name);
        found.next().map(|(_, value)| decoded(value))
    }

    fn ssl_mode(&self) -> Result<SslMode, BadPostgresAddress> {
        match self.param("sslmode").as_deref() {
            None | Some("disable") => Ok(SslMode::Disable),
            Some("prefer") => Ok(SslMode::Prefer),
            Some("require") => Ok(SslMode::Require),
            Some("verify-ca") => Ok(SslMode::VerifyCa),
            Some("verify-full") => Ok(SslMode::VerifyFull),
            Some(other) => Err(BadPostgresAddress::SslMode(other.to_owned())),
        }
    }

    /// The host or the folder of the Unix socket; empty if it is not given.
    fn host(&self) -> Result<String, BadPostgresAddress> {
        if let Some(host) = self.param("host") {
            return Ok(host);
        }
        let host = match self.hosts.strip_prefix('[') {
            Some(rest) => rest.split_once(']').ok_or(BadPostgresAddress::Malformed)?.0,
            None => self.hosts.split(':').next().unwrap_or_default(),
        };
        Ok(decoded(host))
    }

    fn port(&self) -> Result<u16, BadPostgresAddress> {
        let after_host = self.hosts.rsplit(']').next().unwrap_or_default();
        let port = after_host.rsplit_once(':').map(|(_, port)| port.to_owned());
        let port = self.param("port").or(port).filter(|port| !port.is_empty());
        match port {
            None => Ok(5432),
            Some(port) => port.parse().map_err(|_| BadPostgresAddress::Malformed),
        }
    }

    fn target(&self, mode: SslMode, host: &str) -> Result<TlsTarget, BadPostgresAddress> {
        if host.contains(',') || self.hosts.contains(',') {
            return Err(BadPostgresAddress::SeveralHosts);
        }
        let roots = match self.param("sslrootcert").as_deref() {
            Some("system") if mode != SslMode::VerifyFull => {
                return Err(BadPostgresAddress::UnverifiedSystemRoots);
            }
            None | Some("system") => Roots::Public,
            Some(file) => Roots::read(Path::new(file))
                .map_err(|why| BadPostgresAddress::RootCertificate(format!("{file}: {why}")))?,
        };
        let name = host.to_owned().try_into();
        Ok(TlsTarget {
            address: self.param("hostaddr").unwrap_or_else(|| host.to_owned()),
            port: self.port()?,
            name: name.map_err(|_| BadPostgresAddress::Malformed)?,
            is_optional: mode == SslMode::Prefer,
            config: client_config(mode, roots)
                .map_err(|error| BadPostgresAddress::RootCertificate(error.to_string()))?,
            timeout: self.timeout(),
        })
    }

    /// The timeout of a connection attempt; zero is none, as in libpq.
    fn timeout(&self) -> Duration {
        let seconds = self.param("connect_timeout");
        match seconds.and_then(|seconds| seconds.parse().ok()) {
            Some(0) => NO_TIMEOUT,
            seconds => Duration::from_secs(seconds.unwrap_or(2)),
        }
    }

    fn refuse_unsupported(&self) -> Result<(), BadPostgresAddress> {
        let mut names = self.params.iter().map(|(name, _)| name.as_str());
        let is_known = |name: &str| ["sslmode", "sslrootcert"].contains(&name);
        match names.find(|name| is_tls(name) && !is_known(name)) {
            Some(name) => Err(BadPostgresAddress::Unsupported(name.to_owned())),
            None if self.param("sslmode").is_none() && self.param("sslrootcert").is_some() => {
                Err(BadPostgresAddress::NoMode)
            }
            None => Ok(()),
        }
    }
}

fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(url: &str) -> PostgresAddress {
        PostgresAddress::parse(url).unwrap()
    }

    #[test]
    fn parse_adds_missing_settings() {
        let url = parse("postgres://h/d?connect_timeout=9").plain;
        assert!(url.starts_with("postgres://h/d?connect_timeout=9&tcp_user_timeout=4000&"));
        assert_eq!(url.matches("connect_timeout").count(), 1);
        let url = parse("postgresql://me:se%40cret@h:1").plain;
        assert!(
            url.starts_with("postgresql://me:se%40cret@h:1/?connect_timeout=2&"),
            "{url}"
        );
    }

    #[test]
    fn parse_finds_the_server() {
        for (url, address, port) in [
            ("postgres://h/d?sslmode=require", "h", 5432),
            ("postgres://u:p@h:6000/d?sslmode=prefer", "h", 6000),
            ("postgres://u@[::1]:6000/d?sslmode=require", "::1", 6000),
            ("postgres://[::1]/d?sslmode=require", "::1", 5432),
            ("postgres:///d?host=h&port=7&sslmode=require", "h", 7),
            (
                "postgres://h/d?hostaddr=10.0.0.1&sslmode=require",
                "10.0.0.1",
                5432,
            ),
        ] {
            let target = parse(url).tls.unwrap().target;
            assert_eq!(
                (target.address.as_str(), target.port),
                (address, port),
                "{url}"
            );
        }
    }

    #[test]
    fn through_replaces_the_server_by_the_tunnel() {
        let address = parse("postgres://u:p%2F@h:6000/d?sslmode=require&options=-c&port=7");
        let tls = address.tls.unwrap();
        let url = tls.through(Path::new("/tmp/a b"));
        assert!(
            url.starts_with("postgres://u:p%2F@/d?options=-c&connect_timeout=2&"),
            "{url}"
        );
        let end = "&host=%2Ftmp%2Fa%20b&port=5432&hostaddr=&sslmode=disable";
        assert!(url.ends_with(end), "{url}");
        assert!(address.plain.ends_with("&sslmode=disable"));
        assert!(address.plain.contains("h:6000"));
    }

    #[test]
    fn timeout_of_zero_is_none() {
        let timeout = |query: &str| {
            let url = format!("postgres://h/d?sslmode=require{query}");
            parse(&url).tls.unwrap().target.timeout
        };
        assert_eq!(timeout(""), Duration::from_secs(2));
        assert_eq!(timeout("&connect_timeout=9"), Duration::from_secs(9));
        assert_eq!(timeout("&connect_timeout=0"), NO_TIMEOUT);
    }

    #[test]
    fn parse_ignores_tls_of_unix_sockets() {
        for url in [
            "postgres:///d?host=/run/postgresql&sslmode=require",
            "postgres://%2Frun%2Fpostgresql/d?sslmode=verify-full",
        ] {
            let address = parse(url);
            assert!(
                address.tls.is_none() && address.plain.ends_with("&sslmode=disable"),
                "{url}"
            );
        }
        // libpq decides, and without TLS it refuses this.
        let address = parse("postgres:///d?sslmode=require");
        assert!(address.plain.contains("sslmode=require") && address.tls.is_none());
    }

    #[test]
    fn parse_refuses_what_is_not_supported() {
        let refused = |query: &str| {
            let url = format!("postgres://u:hunter2@h/d?{query}");
            let why = PostgresAddress::parse(&url).unwrap_err().to_string();
            assert!(!why.contains("hunter2"));
            why
        };
        for query in [
            "ssl=true",
            "sslnegotiation=direct",
            "sslmode=disable&sslcert=a",
        ] {
            assert!(refused(query).contains("is not supported"), "{query}");
        }
        assert!(refused("sslrootcert=system").contains("needs an sslmode"));
        assert!(refused("sslmode=require&sslrootcert=system").contains("verify-full"));
        let unencoded = PostgresAddress::parse("postgres://u:hunter?2@h/d").unwrap_err();
        assert_eq!(unencoded, BadPostgresAddress::NotEncoded);
        assert!(refused("sslmode=allow").contains("`allow`"));
        assert!(refused("sslmode=on").contains("verify-full"));
        assert!(refused("sslmode=require&sslcert=a").starts_with("sslcert is not supported"));
        let missing = refused("sslmode=verify-full&sslrootcert=%2Fmissing.pem");
        assert!(
            missing.starts_with("sslrootcert /missing.pem: "),
            "{missing}"
        );
        let several = PostgresAddress::parse("postgres://a,b/d?sslmode=require");
        assert_eq!(several.unwrap_err(), BadPostgresAddress::SeveralHosts);
        let port = PostgresAddress::parse("postgres://a:x/d?sslmode=require");
        assert_eq!(port.unwrap_err(), BadPostgresAddress::Malformed);
    }
}
