//! Value parsers of the options. Their errors complete the sentence "OPTION must be …", and never
//! repeat the value, which may hold a password.

use std::net::{SocketAddr, ToSocketAddrs};
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::time::Duration;

use cluster::RateLimitFactor;
use http_kit::{HostRule, Network, PublicUrl};
use kernel::Secret;

/// A value that may be empty. Not spelled `Option`, by which clap means an option that may be left out.
pub type Maybe<T> = Option<T>;
/// Values separated by commas. Not spelled `Vec`, by which clap means an option that may be repeated.
pub type List<T> = Vec<T>;

/// A value parser.
pub(super) trait Parse<T>:
    Fn(&str) -> Result<T, String> + Clone + Send + Sync + 'static
{
}

impl<T, F: Fn(&str) -> Result<T, String> + Clone + Send + Sync + 'static> Parse<T> for F {}

/// The value without surrounding blanks, unless it is empty.
fn present(value: &str) -> Option<&str> {
    Some(value.trim()).filter(|value| !value.is_empty())
}

/// Parses the default if the value is empty.
pub(super) fn or_default<T: 'static>(default: &'static str, parse: impl Parse<T>) -> impl Parse<T> {
    move |value: &str| parse(present(value).unwrap_or(default))
}

/// Parses a value that may be empty.
pub(super) fn maybe<T: 'static>(parse: impl Parse<T>) -> impl Parse<Maybe<T>> {
    move |value: &str| present(value).map(&parse).transpose()
}

/// Parses values separated by commas.
pub(super) fn list<T: 'static>(parse: impl Parse<T>) -> impl Parse<List<T>> {
    move |value: &str| {
        let values = value.split(',').filter_map(present).map(&parse);
        let all: Result<_, _> = values.collect();
        all.map_err(|expected| format!("a list of {expected}"))
    }
}

pub(super) fn text(value: &str) -> Result<String, String> {
    Ok(value.to_owned())
}

pub(super) fn path(value: &str) -> Result<PathBuf, String> {
    Ok(PathBuf::from(value))
}

pub(super) fn listen(value: &str) -> Result<SocketAddr, String> {
    let mut found = value.to_socket_addrs().into_iter().flatten();
    let expected = "an address and a port, such as 127.0.0.1:8080";
    found.next().ok_or_else(|| expected.to_owned())
}

/// A URL with one of these schemes and something after it, described as `expected`.
pub(super) fn url(schemes: &'static [&'static str], expected: &'static str) -> impl Parse<Secret> {
    move |value: &str| {
        let after = |scheme: &&str| value.strip_prefix(*scheme);
        let known = schemes
            .iter()
            .filter_map(after)
            .any(|rest| !rest.is_empty());
        known
            .then(|| Secret::new(value))
            .ok_or_else(|| expected.to_owned())
    }
}

pub(super) fn mail_from(value: &str) -> Result<String, String> {
    let address = value.trim_end_matches('>').split_once('@');
    let is_valid = address
        .is_some_and(|(name, host)| !name.is_empty() && host.contains('.') || host == "localhost");
    let expected = "an email address, such as courtside@example.org";
    is_valid
        .then(|| value.to_owned())
        .ok_or_else(|| expected.to_owned())
}

pub(super) fn public_url(value: &str) -> Result<PublicUrl, String> {
    PublicUrl::parse(value).map_err(str::to_owned)
}

pub(super) fn origin(value: &str) -> Result<String, String> {
    public_url(value).map(|url| url.origin().to_owned())
}

pub(super) fn host(value: &str) -> Result<HostRule, String> {
    HostRule::parse(value).map_err(str::to_owned)
}

pub(super) fn network(value: &str) -> Result<Network, String> {
    value.parse().map_err(|_| {
        "addresses or networks separated by commas, such as 10.0.0.0/8,192.168.1.7".to_owned()
    })
}

/// One of a few words.
pub(super) fn one_of<T: Copy + Send + Sync + 'static>(
    choices: &'static [(&'static str, T)],
) -> impl Parse<T> {
    move |value: &str| {
        let found = choices.iter().find(|(word, _)| *word == value);
        found.map(|(_, choice)| *choice).ok_or_else(|| {
            let words: Vec<&str> = choices.iter().map(|(word, _)| *word).collect();
            words.join(" or ")
        })
    }
}

pub(super) fn rate_limits(value: &str) -> Result<RateLimitFactor, String> {
    let expected = "`off` or a factor of up to 1000, such as 2.5";
    RateLimitFactor::parse(value).ok_or_else(|| expected.to_owned())
}

/// A whole number.
pub(super) fn whole(bounds: RangeInclusive<usize>) -> impl Parse<usize> {
    move |value: &str| {
        let number = value
            .parse::<usize>()
            .ok()
            .filter(|number| bounds.contains(number));
        let (min, max) = (bounds.start(), bounds.end());
        number.ok_or_else(|| format!("a whole number from {min} to {max}"))
    }
}

/// A whole number of seconds.
pub(super) fn seconds(bounds: RangeInclusive<u64>) -> impl Parse<Duration> {
    move |value: &str| {
        let seconds = value
            .parse::<u64>()
            .ok()
            .filter(|seconds| bounds.contains(seconds));
        let (min, max) = (bounds.start(), bounds.end());
        seconds
            .map(Duration::from_secs)
            .ok_or_else(|| format!("a whole number of seconds from {min} to {max}"))
    }
}

pub(super) fn log_filter(value: &str) -> Result<String, String> {
    let expected = "error, warn, info, debug or trace, or levels per crate such as \
                    info,gateway=debug";
    telemetry::check_log_filter(value)
        .map(|()| value.to_owned())
        .map_err(|_| expected.to_owned())
}
