//! Extractor of the page of a list, and links to its neighbors.

use actix_web::HttpRequest;
use contract::envelope::{ListEnvelope, PageMeta};
use kernel::paging::{DEFAULT_LIMIT, MAX_LIMIT};
use kernel::{AppError, Page, PageRequest};
use serde::Serialize;

use crate::query::{FromQuery, QueryErrors, extract_from_query, last, refuse_both};
use crate::response::ApiResponse;
use crate::state::HttpState;

/// The pairs of a query that select the page.
const PAIRS: [&str; 7] = [
    "limit",
    "offset",
    "page",
    "page_size",
    "before",
    "after",
    "order",
];

/// `?limit=&offset=` or `?page=&page_size=`, with what the links to other pages need.
#[derive(Debug, Clone)]
pub struct PageParams {
    /// The rows to return.
    pub request: PageRequest,
    by_number: bool,
    /// The URL of the list without the pairs that select the page.
    pub(crate) base: String,
}

extract_from_query!([] PageParams);

impl FromQuery for PageParams {
    fn from_query(request: &HttpRequest) -> Result<Self, AppError> {
        let origin = HttpState::of(request)?.config.public_url.origin();
        Self::read(origin, request.path(), request.query_string())
    }
}

impl PageParams {
    pub(crate) fn read(origin: &str, path: &str, query: &str) -> Result<Self, AppError> {
        let mut errors = QueryErrors::default();
        let numbers = [("limit", 1), ("page_size", 1), ("offset", 0), ("page", 1)];
        let [limit, size, offset, page] =
            numbers.map(|(name, min)| errors.keep(number(query, name, min)).flatten());
        errors.keep(refuse_both(query, "limit", "page_size"));
        errors.keep(refuse_both(query, "offset", "page"));
        if let Some(error) = errors.together() {
            return Err(error);
        }
        let limit = limit.or(size).unwrap_or(DEFAULT_LIMIT).min(MAX_LIMIT);
        let by_number = page.or(size).is_some() && offset.is_none();
        let before = page.unwrap_or(1) - 1;
        let offset = offset.unwrap_or_else(|| before.saturating_mul(limit));
        let is_kept = |pair: &&str| {
            let name = pair.split('=').next().unwrap_or_default();
            !pair.is_empty() && !PAIRS.contains(&name)
        };
        let kept: String = query
            .split('&')
            .filter(is_kept)
            .map(|pair| format!("{pair}&"))
            .collect();
        Ok(Self {
            request: PageRequest { limit, offset },
            by_number,
            base: format!("{origin}{path}?{kept}"),
        })
    }

    /// The response with this page.
    pub fn respond<T: Serialize>(&self, paged: Page<T>) -> ApiResponse<ListEnvelope<T>> {
        let meta = self.meta(paged.total);
        ApiResponse::flat(ListEnvelope::new(paged.items, meta))
    }

    pub(crate) fn meta(&self, total: i64) -> PageMeta {
        let PageRequest { limit, offset } = self.request;
        let next = offset.saturating_add(limit);
        let previous = offset.min(total).saturating_sub(limit).max(0);
        PageMeta {
            total,
            limit,
            offset: Some(offset),
            next: (next < total).then(|| self.link(next)),
            previous: (offset > 0).then(|| self.link(previous)),
        }
    }

    fn link(&self, offset: i64) -> String {
        let (base, limit) = (&self.base, self.request.limit);
        if self.by_number {
            format!("{base}page={}&page_size={limit}", offset / limit + 1)
        } else {
            format!("{base}limit={limit}&offset={offset}")
        }
    }
}

fn number(query: &str, name: &'static str, min: i64) -> Result<Option<i64>, AppError> {
    let Some(text) = last(query, name) else {
        return Ok(None);
    };
    let number = text.parse().ok().filter(|number| *number >= min);
    let problem = || AppError::invalid(name, format!("must be an integer of at least {min}"));
    number.ok_or_else(problem).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(query: &str) -> PageParams {
        PageParams::read("http://localhost:8080", "/api/v1/users/", query).unwrap()
    }

    fn links(query: &str, total: i64) -> (Option<String>, Option<String>) {
        let meta = page(query).meta(total);
        let relative = |url: Option<String>| {
            url.map(|url| {
                let start = "http://localhost:8080/api/v1/users/?";
                url.strip_prefix(start).unwrap().to_owned()
            })
        };
        (relative(meta.next), relative(meta.previous))
    }

    fn some(text: &str) -> Option<String> {
        Some(text.to_owned())
    }

    #[test]
    fn read_limits_pages_to_100_rows() {
        let rows = |query| (page(query).request.limit, page(query).request.offset);
        assert_eq!(rows(""), (20, 0));
        assert_eq!(rows("&limit=10"), (10, 0));
        assert_eq!(rows("limit=&offset="), (20, 0));
        assert_eq!(rows("limit=5&offset=7"), (5, 7));
        assert_eq!(rows("limit=1000"), (100, 0));
        assert_eq!(rows("page=3&page_size=10"), (10, 20));
        assert_eq!(rows("page=2"), (20, 20));
        assert_eq!(rows("page=3&limit=10"), (10, 20));
        assert_eq!(rows(&format!("page={}", i64::MAX)).1, i64::MAX);
    }

    #[test]
    fn read_names_the_invalid_pair() {
        for query in [
            "limit=0",
            "limit=x",
            "offset=-1",
            "page=0",
            "page_size=0",
            "page=1.5",
            "page=1&offset=3",
            "page_size=5&limit=5",
        ] {
            let error = PageParams::read("", "/", query).unwrap_err();
            assert_eq!(error.fields()[0].field, query.split('=').next().unwrap());
        }
    }

    #[test]
    fn meta_links_keep_style_and_filters() {
        assert_eq!(links("", 20), (None, None));
        assert_eq!(
            links("search=a%20b&", 50),
            (some("search=a%20b&limit=20&offset=20"), None)
        );
        assert_eq!(
            links("offset=20&limit=10", 50),
            (some("limit=10&offset=30"), some("limit=10&offset=10"))
        );
        assert_eq!(
            links("x=1&page=2&page_size=10", 50),
            (
                some("x=1&page=3&page_size=10"),
                some("x=1&page=1&page_size=10")
            )
        );
        assert_eq!(links("offset=5", 10), (None, some("limit=20&offset=0")));
        assert_eq!(links("offset=900", 50), (None, some("limit=20&offset=30")));
    }
}
