//! The `Accept-Encoding` header (RFC 9110, section 12.5.3).

use actix_web::http::header::{self, ContentEncoding, HeaderMap};

/// The weight of an encoding, from 0 (refused) to 1. An encoding that is not listed has the weight of
/// `*`, or is refused.
#[must_use]
pub fn weight(headers: &HeaderMap, coding: &str) -> f32 {
    named(headers, coding)
        .or_else(|| named(headers, "*"))
        .unwrap_or(0.0)
}

/// Whether the client accepts an encoding and does not prefer an uncompressed response.
#[must_use]
pub fn is_accepted(headers: &HeaderMap, coding: &str) -> bool {
    let weight = weight(headers, coding);
    weight > 0.0 && weight >= named(headers, "identity").unwrap_or(0.0)
}

/// The encoding that the client prefers, Brotli if it has no preference.
#[must_use]
pub fn preferred(headers: &HeaderMap) -> Option<ContentEncoding> {
    let gzip = is_accepted(headers, "gzip");
    let brotli = is_accepted(headers, "br") && weight(headers, "br") >= weight(headers, "gzip");
    if brotli {
        Some(ContentEncoding::Brotli)
    } else {
        gzip.then_some(ContentEncoding::Gzip)
    }
}

fn named(headers: &HeaderMap, coding: &str) -> Option<f32> {
    headers
        .get_all(header::ACCEPT_ENCODING)
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .find_map(|entry| {
            let mut parts = entry.split(';').map(str::trim);
            let is_named = parts.next()?.eq_ignore_ascii_case(coding);
            is_named.then(|| quality(parts))
        })
}

/// The `q` parameter of an entry: 1 if there is none, 0 if it is malformed.
fn quality<'p>(parameters: impl Iterator<Item = &'p str>) -> f32 {
    let pairs = parameters.filter_map(|parameter| parameter.split_once('='));
    let mut weights = pairs.filter(|(name, _)| name.trim().eq_ignore_ascii_case("q"));
    let Some((_, value)) = weights.next() else {
        return 1.0;
    };
    let parsed = value.trim().parse::<f32>().ok();
    parsed
        .filter(|weight| (0.0..=1.0).contains(weight))
        .unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    fn headers(accepted: &[&'static str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for value in accepted {
            headers.append(header::ACCEPT_ENCODING, HeaderValue::from_static(value));
        }
        headers
    }

    #[test]
    fn weight_reads_quality_values() {
        for (accepted, expected) in [
            ("gzip", 1.0),
            ("GZIP", 1.0),
            ("br, gzip;q=0.5", 0.5),
            ("gzip ; Q=0.5", 0.5),
            ("gzip;q=0", 0.0),
            ("gzip;q=0.000", 0.0),
            ("gzip;q=no", 0.0),
            ("*;q=0.3", 0.3),
            ("*, gzip;q=0", 0.0),
            ("x-gzip, notgzip", 0.0),
            ("", 0.0),
        ] {
            let found = weight(&headers(&[accepted]), "gzip");
            assert!((found - expected).abs() < f32::EPSILON, "{accepted}");
        }
        assert!(weight(&headers(&["br", "gzip;q=0.5"]), "gzip") > 0.4);
    }

    #[test]
    fn is_accepted_respects_a_preference_for_identity() {
        let accepts = |accepted| is_accepted(&headers(&[accepted]), "gzip");
        assert!(accepts("gzip") && accepts("gzip, identity") && accepts("gzip, identity;q=0.5"));
        assert!(!accepts("gzip;q=0.5, identity") && !accepts("gzip;q=0"));
    }

    #[test]
    fn preferred_is_brotli_before_gzip() {
        let chosen = |accepted| preferred(&headers(&[accepted]));
        assert_eq!(
            chosen("gzip, deflate, br, zstd"),
            Some(ContentEncoding::Brotli)
        );
        assert_eq!(chosen("GZIP;q=0.5, br;q=0"), Some(ContentEncoding::Gzip));
        assert_eq!(chosen("br;q=0.1, gzip;q=0.9"), Some(ContentEncoding::Gzip));
        assert_eq!(chosen("gzip;q=0"), None);
        assert_eq!(chosen("identity"), None);
        assert_eq!(chosen(""), None);
        assert_eq!(preferred(&HeaderMap::new()), None);
    }
}
