//! The part of an address after the question mark.

use std::collections::BTreeMap;
use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use kernel::AppError;
use serde::de::DeserializeOwned;
use validator::Validate;

use super::{Failure, body};
use crate::json::{Source, Tree};

/// Filters of a list and the like. Pairs that nobody asked for, and empty ones, do no harm.
#[derive(Debug, Clone)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned + Validate + 'static> FromRequest for Query<T> {
    type Error = Failure;
    type Future = Ready<Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        ready(
            read(request.query_string())
                .map(Self)
                .map_err(Failure::from),
        )
    }
}

/// Reads a typed query. Of pairs with the same name the last one counts.
///
/// # Errors
/// A value is not right; the fault names its pair.
pub fn read<T: DeserializeOwned + Validate>(query: &str) -> Result<T, AppError> {
    let mut given = BTreeMap::new();
    // Pairs that have no name or no value stand for what is not there.
    let pairs = form_urlencoded::parse(query.as_bytes());
    for (name, value) in pairs.filter(|(name, value)| !name.is_empty() && !value.is_empty()) {
        given.insert(name.into_owned(), Tree::Text(value.into_owned()));
    }
    let fields = given.into_iter().collect();
    body::of(Source::Query, &Tree::Object(fields)).into_value()
}

/// The values of the pairs with this name; the last one counts.
#[must_use]
pub fn last<'q>(query: &'q str, name: &str) -> Option<&'q str> {
    query
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .filter(|(key, value)| *key == name && !value.is_empty())
        .map(|(_, value)| value)
        .next_back()
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize, Validate)]
    struct Filter {
        #[serde(default)]
        #[validate(length(max = 5, message = "too long: 5 characters at most"))]
        search: String,
        level: Option<u8>,
        sure: Option<bool>,
    }

    #[test]
    fn flags_are_read_in_the_words_of_addresses() {
        for (word, flag) in [("true", true), ("1", true), ("False", false), ("0", false)] {
            let filter: Filter = read(&format!("sure={word}")).unwrap();
            assert_eq!(filter.sure, Some(flag), "{word}");
        }
    }

    fn problem(query: &str) -> (String, String) {
        let error = read::<Filter>(query).unwrap_err();
        assert_eq!(error.code().name, "invalid_fields");
        let field = &error.fields()[0];
        (field.field.clone(), field.problem.clone())
    }

    #[test]
    fn empty_and_unknown_pairs_do_no_harm() {
        let filter: Filter = read("&&search=a%20b&what=ever&level=3&=&=x&what").unwrap();
        assert_eq!((filter.search.as_str(), filter.level), ("a b", Some(3)));
        let twice: Filter = read("level=x&search=a&level=4").unwrap();
        assert_eq!((twice.search.as_str(), twice.level), ("a", Some(4)));
        let empty: Filter = read("search=&level=").unwrap();
        assert_eq!((empty.search.as_str(), empty.level), ("", None));
        assert!(read::<Filter>("").is_ok());
    }

    #[test]
    fn a_wrong_value_is_named_and_not_repeated() {
        let wrong = ("level".to_owned(), "must be a whole number".to_owned());
        for value in ["secret", "1.5", "true"] {
            assert_eq!(problem(&format!("level={value}")), wrong);
        }
        assert_eq!(problem("sure=perhaps").1, "must be true or false");
        assert_eq!(problem("search=abcdef").1, "too long: 5 characters at most");
    }

    #[test]
    fn the_last_of_several_counts() {
        assert_eq!(last("&limit=1&limit=2&x", "limit"), Some("2"));
        assert_eq!(last("limit=", "limit"), None);
    }
}
