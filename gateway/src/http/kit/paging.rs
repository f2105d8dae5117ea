//! Lists in pieces, and the addresses of the pieces before and after.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use contract::envelope::{ListEnvelope, PageMeta};
use kernel::paging::{DEFAULT_LIMIT, MAX_LIMIT};
use kernel::{Fault, Keyset, PageRequest, Paged};
use serde::Serialize;
use uuid::Uuid;

use super::query::last;
use super::{Failure, Reply};
use crate::wiring::Services;

/// The pairs of a query that say which page.
const PAIRS: [&str; 6] = ["limit", "offset", "page", "page_size", "before", "after"];

/// `?limit=&offset=` or `?page=&page_size=`, and what is needed to link to the other pages.
#[derive(Debug, Clone)]
pub struct Page {
    /// Which rows.
    pub request: PageRequest,
    by_number: bool,
    /// The address of the list without the pairs that say which page.
    base: String,
}

impl FromRequest for Page {
    type Error = Failure;
    type Future = Ready<Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        let origin = Services::of(request).map(|services| services.site.public_url.origin());
        ready(
            origin
                .and_then(|origin| Self::read(origin, request.path(), request.query_string()))
                .map_err(Failure::from),
        )
    }
}

impl Page {
    fn read(origin: &str, path: &str, query: &str) -> Result<Self, Fault> {
        let [limit, size] =
            [("limit", 1), ("page_size", 1)].map(|(name, least)| number(query, name, least));
        let (limit, size) = (limit?, size?);
        let (offset, page) = (number(query, "offset", 0)?, number(query, "page", 1)?);
        refuse_both(limit, "limit", size, "page_size")?;
        refuse_both(offset, "offset", page, "page")?;
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

    /// The answer with this page.
    pub fn answer<T: Serialize>(&self, paged: Paged<T>) -> Reply<ListEnvelope<T>> {
        let meta = self.meta(paged.total);
        Reply::flat(ListEnvelope::new(paged.items, meta))
    }

    fn meta(&self, total: i64) -> PageMeta {
        let PageRequest { limit, offset } = self.request;
        let next = offset.saturating_add(limit);
        let previous = offset.min(total).saturating_sub(limit).max(0);
        PageMeta {
            total,
            limit,
            offset,
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

/// `?before=ID` or `?after=ID` on a long history, beside its page.
#[derive(Debug, Clone)]
pub struct History {
    /// Where to start.
    pub keyset: Keyset,
    /// How many rows.
    pub page: Page,
}

impl FromRequest for History {
    type Error = Failure;
    type Future = Ready<Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let page = Page::from_request(request, payload).into_inner();
        ready(page.and_then(|page| {
            let query = request.query_string();
            let keyset = keyset(query)?;
            if keyset != Keyset::Newest {
                refuse_beside(query, ["offset", "page"])?;
            }
            Ok(Self { keyset, page })
        }))
    }
}

impl History {
    /// The answer with these rows. The next page goes on in the same direction from the last row;
    /// the previous one leads back the other way from the first.
    pub fn answer<T: Serialize>(
        &self,
        rows: Vec<T>,
        total: i64,
        ends: Ends,
    ) -> Reply<ListEnvelope<T>> {
        Reply::flat(ListEnvelope::new(rows, self.meta(total, ends)))
    }

    fn meta(&self, total: i64, ends: Ends) -> PageMeta {
        let (onwards, back) = match self.keyset {
            Keyset::After(_) => ("after", "before"),
            Keyset::Newest | Keyset::Before(_) => ("before", "after"),
        };
        let PageRequest { limit, offset } = self.page.request;
        let link = |name, id| format!("{}{name}={id}&limit={limit}", self.page.base);
        let begins = self.keyset == Keyset::Newest && offset == 0;
        PageMeta {
            total,
            limit,
            offset,
            next: ends.next.map(|id| link(onwards, id)),
            previous: ends.first.filter(|_| !begins).map(|id| link(back, id)),
        }
    }
}

/// Where a piece of a history begins and goes on.
#[derive(Debug, Clone, Copy, Default)]
pub struct Ends {
    /// Its first row.
    pub first: Option<Uuid>,
    /// Its last row, where more follow in the same direction.
    pub next: Option<Uuid>,
}

fn keyset(query: &str) -> Result<Keyset, Fault> {
    let id = |name| {
        let text = last(query, name);
        let wrong = |_| Fault::invalid(name, "must be an id");
        text.map(|text| text.parse::<Uuid>().map_err(wrong))
            .transpose()
    };
    match (id("before")?, id("after")?) {
        (None, None) => Ok(Keyset::Newest),
        (Some(before), None) => Ok(Keyset::Before(before)),
        (None, Some(after)) => Ok(Keyset::After(after)),
        (Some(_), Some(_)) => Err(Fault::invalid("after", "cannot stand beside `before`")),
    }
}

/// A history that goes on from a row passes over none.
fn refuse_beside(query: &str, names: [&'static str; 2]) -> Result<(), Fault> {
    let there = names.into_iter().find(|name| last(query, name).is_some());
    there.map_or(Ok(()), |name| {
        Err(Fault::invalid(
            name,
            "cannot stand beside `before` or `after`",
        ))
    })
}

/// Two pairs that say the same must not say it twice.
fn refuse_both(
    one: Option<i64>,
    name: &str,
    other: Option<i64>,
    other_name: &'static str,
) -> Result<(), Fault> {
    if one.is_none() || other.is_none() {
        return Ok(());
    }
    let problem = format!("cannot stand beside `{name}`");
    Err(Fault::invalid(other_name, problem))
}

fn number(query: &str, name: &'static str, least: i64) -> Result<Option<i64>, Fault> {
    let Some(text) = last(query, name) else {
        return Ok(None);
    };
    let number = text.parse().ok().filter(|number| *number >= least);
    let problem = || Fault::invalid(name, format!("must be a whole number, {least} or more"));
    number.ok_or_else(problem).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(query: &str) -> Page {
        Page::read("http://localhost:8080", "/api/v1/users/", query).unwrap()
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
    fn pages_have_20_rows_and_never_more_than_100() {
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
    fn what_is_no_page_is_refused_at_its_name() {
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
            let fault = Page::read("", "/", query).unwrap_err();
            assert_eq!(fault.fields()[0].field, query.split('=').next().unwrap());
        }
    }

    #[test]
    fn neighbours_are_linked_as_they_were_asked_for_with_all_filters() {
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

    #[test]
    fn a_history_leads_on_and_back() {
        let [first, last] = [1, 2].map(Uuid::from_u128);
        let links = |keyset, query| {
            let history = History {
                keyset,
                page: page(query),
            };
            let meta = history.meta(
                9,
                Ends {
                    first: Some(first),
                    next: Some(last),
                },
            );
            let start = "http://localhost:8080/api/v1/users/?";
            let short = |url: String| url.strip_prefix(start).unwrap().to_owned();
            (meta.next.map(short), meta.previous.map(short))
        };
        let (before, after) = (
            |id: Uuid| Some(format!("before={id}&limit=20")),
            |id: Uuid| Some(format!("after={id}&limit=20")),
        );
        assert_eq!(links(Keyset::Newest, ""), (before(last), None));
        assert_eq!(
            links(Keyset::Newest, "offset=5"),
            (before(last), after(first))
        );
        assert_eq!(
            links(Keyset::Before(last), ""),
            (before(last), after(first))
        );
        assert_eq!(links(Keyset::After(last), ""), (after(last), before(first)));
    }

    #[test]
    fn a_history_starts_before_or_after_an_id_and_not_both() {
        let id = "01890a5d-ac96-774b-bcce-b302099a8057";
        let uuid = id.parse().unwrap();
        assert_eq!(keyset("").unwrap(), Keyset::Newest);
        assert_eq!(
            keyset(&format!("before={id}")).unwrap(),
            Keyset::Before(uuid)
        );
        assert_eq!(keyset(&format!("after={id}")).unwrap(), Keyset::After(uuid));
        assert!(keyset(&format!("after={id}&before={id}")).is_err());
        assert!(keyset("before=7").is_err());
    }
}
