//! From the text of a flag to its value, or to a sentence that says what would be right.

use std::net::{SocketAddr, ToSocketAddrs};
use std::ops::RangeInclusive;
use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

use cluster::RateLimitFactor;
use http_kit::PublicUrl;
use kernel::Secret;

use super::error::ConfigError;

/// The value without blanks around it, where there is one.
pub(super) fn present(value: &str) -> Option<&str> {
    Some(value.trim()).filter(|value| !value.is_empty())
}

fn wrong(flag: &str, expected: &str) -> ConfigError {
    let variable = flag.to_uppercase().replace('-', "_");
    ConfigError(format!(
        "--{flag} (COURTSIDE_{variable}) must be {expected}."
    ))
}

pub(super) fn listen(value: &str) -> Result<SocketAddr, ConfigError> {
    present(value)
        .unwrap_or(super::flags::LISTEN)
        .to_socket_addrs()
        .ok()
        .and_then(|mut addresses| addresses.next())
        .ok_or_else(|| wrong("listen", "an address and a port, as in 127.0.0.1:8080"))
}

pub(super) fn database_url(value: Option<&str>, data: &Path) -> Result<Secret, ConfigError> {
    let Some(url) = value.and_then(present) else {
        return Ok(Secret::new(format!(
            "sqlite:{}",
            data.join("courtside.db").display()
        )));
    };
    let known = ["sqlite:", "postgres://", "postgresql://"]
        .iter()
        .any(|scheme| {
            url.strip_prefix(scheme)
                .is_some_and(|rest| !rest.is_empty())
        });
    known.then(|| Secret::new(url)).ok_or_else(|| {
        wrong(
            "database-url",
            "sqlite:PATH or postgres://USER:PASSWORD@HOST/NAME",
        )
    })
}

pub(super) fn object_store(value: Option<&str>, data: &Path) -> Result<Secret, ConfigError> {
    let Some(url) = value.and_then(present) else {
        return Ok(Secret::new(format!(
            "file:{}",
            data.join("files").display()
        )));
    };
    let known = ["file:", "s3://"].iter().any(|scheme| {
        url.strip_prefix(scheme)
            .is_some_and(|rest| !rest.is_empty())
    });
    known.then(|| Secret::new(url)).ok_or_else(|| {
        wrong(
            "object-store",
            "file:FOLDER or s3://BUCKET?endpoint=URL&region=NAME",
        )
    })
}

/// An address with one of these schemes and something after it.
pub(super) fn url(
    flag: &str,
    value: Option<&str>,
    schemes: &[&str],
) -> Result<Option<Secret>, ConfigError> {
    let Some(url) = value.and_then(present) else {
        return Ok(None);
    };
    let known = url
        .split_once("://")
        .is_some_and(|(scheme, rest)| schemes.contains(&scheme) && !rest.is_empty());
    if known {
        return Ok(Some(Secret::new(url)));
    }
    let expected = schemes.iter().map(|scheme| format!("{scheme}://..."));
    let expected = expected.collect::<Vec<_>>().join(" or ");
    Err(wrong(flag, &expected))
}

pub(super) fn mail_from(value: Option<&str>) -> Result<Option<String>, ConfigError> {
    let Some(address) = value.and_then(present) else {
        return Ok(None);
    };
    let right = address
        .trim_end_matches('>')
        .split_once('@')
        .is_some_and(|(name, host)| !name.is_empty() && host.contains('.') || host == "localhost");
    if right {
        return Ok(Some(address.to_owned()));
    }
    Err(wrong(
        "mail-from",
        "an e-mail address, as in courtside@example.org",
    ))
}

pub(super) fn public_url(value: Option<&str>) -> Result<Option<PublicUrl>, ConfigError> {
    let Some(url) = value.and_then(present) else {
        return Ok(None);
    };
    PublicUrl::parse(url)
        .map(Some)
        .map_err(|expected| wrong("public-url", expected))
}

/// Values with commas between them.
pub(super) fn list<T>(
    flag: &str,
    value: Option<&str>,
    parse: impl Fn(&str) -> Result<T, &'static str>,
) -> Result<Vec<T>, ConfigError> {
    value
        .unwrap_or_default()
        .split(',')
        .filter_map(present)
        .map(|one| parse(one).map_err(|expected| wrong(flag, &format!("a list of {expected}"))))
        .collect()
}

/// One of a few words; the first of them where nothing is said.
pub(super) fn one_of<T: Copy>(
    flag: &str,
    value: &str,
    choices: &[(&str, T)],
) -> Result<T, ConfigError> {
    let wanted = present(value).or_else(|| choices.first().map(|(word, _)| *word));
    choices
        .iter()
        .find(|(word, _)| Some(*word) == wanted)
        .map(|(_, choice)| *choice)
        .ok_or_else(|| {
            let words: Vec<&str> = choices.iter().map(|(word, _)| *word).collect();
            wrong(flag, &words.join(" or "))
        })
}

pub(super) fn rate_limits(value: &str) -> Result<RateLimitFactor, ConfigError> {
    RateLimitFactor::parse(present(value).unwrap_or(super::flags::RATE_LIMITS))
        .ok_or_else(|| wrong("rate-limits", "off, or a factor of up to 1000, as in 2.5"))
}

/// A whole number within bounds.
pub(super) fn whole(
    flag: &str,
    value: Option<&str>,
    bounds: RangeInclusive<usize>,
    default: usize,
) -> Result<usize, ConfigError> {
    let Some(value) = value.and_then(present) else {
        return Ok(default);
    };
    usize::from_str(value)
        .ok()
        .filter(|number| bounds.contains(number))
        .ok_or_else(|| {
            let (least, most) = (bounds.start(), bounds.end());
            wrong(flag, &format!("a whole number from {least} to {most}"))
        })
}

/// A whole number within bounds, if there is one.
pub(super) fn whole_if_present(
    flag: &str,
    value: Option<&str>,
    bounds: RangeInclusive<usize>,
) -> Result<Option<usize>, ConfigError> {
    let given = value.and_then(present);
    given
        .map(|value| whole(flag, Some(value), bounds, 0))
        .transpose()
}

/// A whole number of seconds within bounds.
pub(super) fn seconds(
    flag: &str,
    value: &str,
    bounds: RangeInclusive<usize>,
    default: usize,
) -> Result<Duration, ConfigError> {
    let (least, most) = (*bounds.start(), *bounds.end());
    whole(flag, Some(value), bounds, default)
        .map(|seconds| Duration::from_secs(seconds as u64))
        .map_err(|_| {
            wrong(
                flag,
                &format!("a whole number of seconds from {least} to {most}"),
            )
        })
}

/// At most a week.
pub(super) fn digest_after(value: &str) -> Result<Duration, ConfigError> {
    let seconds = whole("digest-after", Some(value), 0..=604_800, 900)?;
    Ok(Duration::from_secs(seconds as u64))
}

pub(super) fn log_filter(value: &str) -> Result<String, ConfigError> {
    let filter = present(value).unwrap_or(super::flags::LOG);
    telemetry::check_log_filter(filter)
        .map(|_| filter.to_owned())
        .map_err(|_| {
            wrong(
                "log",
                "error, warn, info, debug or trace, or such levels by part as in info,gateway=debug",
            )
        })
}
