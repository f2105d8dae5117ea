//! Extractors of the query.

use std::collections::BTreeMap;

use actix_web::HttpRequest;
use json_reader::{JsonSource, JsonTree};
use kernel::AppError;
use serde::de::DeserializeOwned;
use validator::Validate;

/// A typed query. Unknown and empty pairs are ignored.
#[derive(Debug, Clone)]
pub struct Query<T>(pub T);

/// Types that are read from the query alone.
pub trait FromQuery: Sized {
    /// Reads the query.
    ///
    /// # Errors
    /// `invalid_fields` with all invalid pairs.
    fn from_query(request: &HttpRequest) -> Result<Self, AppError>;
}

impl<T: DeserializeOwned + Validate> FromQuery for Query<T> {
    fn from_query(request: &HttpRequest) -> Result<Self, AppError> {
        read(request.query_string()).map(Self)
    }
}

/// Two parts of one query, such as a filter and a page. The problems of both are reported together.
#[derive(Debug, Clone)]
pub struct QueryPair<A, B>(pub A, pub B);

impl<A: FromQuery, B: FromQuery> FromQuery for QueryPair<A, B> {
    fn from_query(request: &HttpRequest) -> Result<Self, AppError> {
        match (A::from_query(request), B::from_query(request)) {
            (Ok(one), Ok(other)) => Ok(Self(one, other)),
            (one, other) => {
                let errors = [one.err(), other.err()];
                Err(AppError::together(errors.into_iter().flatten()))
            }
        }
    }
}

/// Implements `FromRequest` for a type that is read from the query.
macro_rules! extract_from_query {
    ([$($generics:tt)*] $name:ty) => {
        impl<$($generics)*> actix_web::FromRequest for $name {
            type Error = $crate::failure::Failure;
            type Future = std::future::Ready<Result<Self, Self::Error>>;

            fn from_request(
                request: &actix_web::HttpRequest,
                _payload: &mut actix_web::dev::Payload,
            ) -> Self::Future {
                let read = <Self as $crate::query::FromQuery>::from_query(request);
                std::future::ready(read.map_err(Self::Error::from))
            }
        }
    };
}

pub(crate) use extract_from_query;

extract_from_query!([T: DeserializeOwned + Validate + 'static] Query<T>);
extract_from_query!([A: FromQuery + 'static, B: FromQuery + 'static] QueryPair<A, B>);

/// Parses a typed query. Of pairs with the same name the last one counts.
///
/// # Errors
/// `invalid_fields` with all invalid pairs.
pub fn read<T: DeserializeOwned + Validate>(query: &str) -> Result<T, AppError> {
    let mut given = BTreeMap::new();
    let pairs = form_urlencoded::parse(query.as_bytes());
    for (name, value) in pairs.filter(|(name, value)| !name.is_empty() && !value.is_empty()) {
        given.insert(name.into_owned(), JsonTree::Text(value.into_owned()));
    }
    let fields = given.into_iter().collect();
    json_reader::parse(JsonSource::Query, &JsonTree::Object(fields)).into_value()
}

/// The value of the last pair with this name, as it was sent; `None` if it is empty.
#[must_use]
pub fn last<'q>(query: &'q str, name: &str) -> Option<&'q str> {
    query
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .filter(|(key, value)| *key == name && !value.is_empty())
        .map(|(_, value)| value)
        .next_back()
}

/// Refuses two pairs that have the same meaning.
pub(crate) fn refuse_both(query: &str, name: &str, other: &'static str) -> Result<(), AppError> {
    if last(query, name).is_some() && last(query, other).is_some() {
        let problem = format!("cannot be combined with `{name}`");
        return Err(AppError::invalid(other, problem));
    }
    Ok(())
}

/// Collects the problems of a query.
#[derive(Debug, Default)]
pub(crate) struct QueryErrors(Vec<AppError>);

impl QueryErrors {
    /// The value; an error is kept.
    pub(crate) fn keep<T>(&mut self, read: Result<T, AppError>) -> Option<T> {
        read.map_err(|error| self.0.push(error)).ok()
    }

    /// All errors as one, if there are any.
    pub(crate) fn together(self) -> Option<AppError> {
        (!self.0.is_empty()).then(|| AppError::together(self.0))
    }
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
    fn read_accepts_the_usual_spellings_of_flags() {
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
    fn read_ignores_empty_and_unknown_pairs() {
        let filter: Filter = read("&&search=a%20b&what=ever&level=3&=&=x&what").unwrap();
        assert_eq!((filter.search.as_str(), filter.level), ("a b", Some(3)));
        let twice: Filter = read("level=x&search=a&level=4").unwrap();
        assert_eq!((twice.search.as_str(), twice.level), ("a", Some(4)));
        let empty: Filter = read("search=&level=").unwrap();
        assert_eq!((empty.search.as_str(), empty.level), ("", None));
        assert!(read::<Filter>("").is_ok());
    }

    #[test]
    fn read_names_an_invalid_pair_without_its_value() {
        let wrong = ("level".to_owned(), "must be an integer".to_owned());
        for value in ["secret", "1.5", "true"] {
            assert_eq!(problem(&format!("level={value}")), wrong);
        }
        assert_eq!(problem("sure=perhaps").1, "must be true or false");
        assert_eq!(problem("search=abcdef").1, "too long: 5 characters at most");
    }

    #[test]
    fn last_returns_the_last_pair() {
        assert_eq!(last("&limit=1&limit=2&x", "limit"), Some("2"));
        assert_eq!(last("limit=", "limit"), None);
    }
}
