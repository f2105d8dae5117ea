//! Lists in pieces, and the addresses of the pieces before and after.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use contract::envelope::{ListEnvelope, PageMeta};
use kernel::paging::{DEFAULT_LIMIT, MAX_LIMIT};
use kernel::{AppError, Cursor, Page, PageRequest};
use serde::Serialize;
use uuid::Uuid;

use super::query::last;
use super::{ApiResponse, Failure};
use crate::wiring::AppState;

/// The pairs of a query that say which page.
const PAIRS: [&str; 7] = [
    "limit",
    "offset",
    "page",
    "page_size",
    "before",
    "after",
    "order",
];

/// `?limit=&offset=` or `?page=&page_size=`, and what is needed to link to the other pages.
#[derive(Debug, Clone)]
pub struct PageParams {
    /// Which rows.
    pub request: PageRequest,
    by_number: bool,
    /// The address of the list without the pairs that say which page.
    base: String,
}

impl FromRequest for PageParams {
    type Error = Failure;
    type Future = Ready<Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        let origin = AppState::of(request).map(|services| services.site.public_url.origin());
        ready(
            origin
                .and_then(|origin| Self::read(origin, request.path(), request.query_string()))
                .map_err(Failure::from),
        )
    }
}

impl PageParams {
    fn read(origin: &str, path: &str, query: &str) -> Result<Self, AppError> {
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
    pub fn answer<T: Serialize>(&self, paged: Page<T>) -> ApiResponse<ListEnvelope<T>> {
        let meta = self.meta(paged.total);
        ApiResponse::flat(ListEnvelope::new(paged.items, meta))
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
    pub keyset: Cursor,
    /// How many rows.
    pub page: PageParams,
    order: Order,
}

/// In which order the rows of a history are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    Newest,
    Oldest,
}

impl Order {
    /// The order in which a history is read from there.
    fn natural(keyset: Cursor) -> Self {
        match keyset {
            Cursor::Newest | Cursor::Before(_) => Self::Newest,
            Cursor::After(_) => Self::Oldest,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Newest => "newest",
            Self::Oldest => "oldest",
        }
    }
}

impl FromRequest for History {
    type Error = Failure;
    type Future = Ready<Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let page = PageParams::from_request(request, payload).into_inner();
        ready(page.and_then(|page| Ok(Self::read(request.query_string(), page)?)))
    }
}

impl History {
    fn read(query: &str, page: PageParams) -> Result<Self, AppError> {
        let keyset = keyset(query)?;
        if keyset != Cursor::Newest {
            refuse_beside(query, ["offset", "page"])?;
        }
        let order = order(query, keyset)?;
        Ok(Self {
            keyset,
            page,
            order,
        })
    }

    /// The answer with these rows, which come as they are read from `keyset` on; `more` says whether
    /// others follow. The links to the next and the previous page keep the order.
    pub fn answer<T: Serialize>(
        &self,
        mut rows: Vec<T>,
        id: impl Fn(&T) -> Uuid,
        total: i64,
        more: bool,
    ) -> ApiResponse<ListEnvelope<T>> {
        if self.is_turned() {
            rows.reverse();
        }
        let ends = rows.first().map(&id).zip(rows.last().map(&id));
        let meta = self.meta(total, ends, more);
        ApiResponse::flat(ListEnvelope::new(rows, meta))
    }

    /// Whether the rows are told the other way round than they are read.
    fn is_turned(&self) -> bool {
        self.order != Order::natural(self.keyset)
    }

    /// What a page says of itself that begins and ends with these rows.
    fn meta(&self, total: i64, ends: Option<(Uuid, Uuid)>, more: bool) -> PageMeta {
        let PageRequest { limit, offset } = self.page.request;
        // The row that the page was asked for by stands on the other side.
        let begins = self.keyset == Cursor::Newest && offset == 0;
        let (is_next, is_previous) = match self.is_turned() {
            false => (more, !begins),
            true => (true, more),
        };
        let (onwards, back) = match self.order {
            Order::Newest => (
                Cursor::Before as fn(Uuid) -> Cursor,
                Cursor::After as fn(_) -> _,
            ),
            Order::Oldest => (
                Cursor::After as fn(Uuid) -> Cursor,
                Cursor::Before as fn(_) -> _,
            ),
        };
        // Past the end there are rows on the side of the one that was asked by.
        let ends = ends.or(self.asked_by().map(|id| (id, id)));
        let next = ends.filter(|_| is_next).map(|(_, last)| onwards(last));
        let previous = ends.filter(|_| is_previous).map(|(first, _)| back(first));
        let past_the_end = ends.is_none().then(|| self.page.meta(total).previous);
        PageMeta {
            total,
            limit,
            offset,
            next: next.and_then(|from| self.link(from)),
            previous: previous
                .and_then(|from| self.link(from))
                .or(past_the_end.flatten()),
        }
    }

    /// The row that the page was asked for by.
    fn asked_by(&self) -> Option<Uuid> {
        match self.keyset {
            Cursor::Newest => None,
            Cursor::Before(id) | Cursor::After(id) => Some(id),
        }
    }

    fn link(&self, from: Cursor) -> Option<String> {
        let (base, limit) = (&self.page.base, self.page.request.limit);
        let start = match from {
            Cursor::Newest => return None,
            Cursor::Before(id) => format!("before={id}"),
            Cursor::After(id) => format!("after={id}"),
        };
        let turned = self.order != Order::natural(from);
        let order = if turned {
            format!("&order={}", self.order.name())
        } else {
            String::new()
        };
        Some(format!("{base}{start}&limit={limit}{order}"))
    }
}

fn order(query: &str, keyset: Cursor) -> Result<Order, AppError> {
    match (last(query, "order"), keyset) {
        (None, _) => Ok(Order::natural(keyset)),
        (Some("newest"), _) => Ok(Order::Newest),
        (Some("oldest"), Cursor::Newest) => Err(AppError::invalid(
            "order",
            "`oldest` needs `before` or `after` beside it",
        )),
        (Some("oldest"), _) => Ok(Order::Oldest),
        (Some(_), _) => Err(AppError::invalid("order", "must be `newest` or `oldest`")),
    }
}

fn keyset(query: &str) -> Result<Cursor, AppError> {
    let id = |name| {
        let text = last(query, name);
        let wrong = |_| AppError::invalid(name, "must be an id");
        text.map(|text| text.parse::<Uuid>().map_err(wrong))
            .transpose()
    };
    match (id("before")?, id("after")?) {
        (None, None) => Ok(Cursor::Newest),
        (Some(before), None) => Ok(Cursor::Before(before)),
        (None, Some(after)) => Ok(Cursor::After(after)),
        (Some(_), Some(_)) => Err(AppError::invalid("after", "cannot stand beside `before`")),
    }
}

/// A history that goes on from a row passes over none.
fn refuse_beside(query: &str, names: [&'static str; 2]) -> Result<(), AppError> {
    let there = names.into_iter().find(|name| last(query, name).is_some());
    there.map_or(Ok(()), |name| {
        Err(AppError::invalid(
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
) -> Result<(), AppError> {
    if one.is_none() || other.is_none() {
        return Ok(());
    }
    let problem = format!("cannot stand beside `{name}`");
    Err(AppError::invalid(other_name, problem))
}

fn number(query: &str, name: &'static str, least: i64) -> Result<Option<i64>, AppError> {
    let Some(text) = last(query, name) else {
        return Ok(None);
    };
    let number = text.parse().ok().filter(|number| *number >= least);
    let problem = || AppError::invalid(name, format!("must be a whole number, {least} or more"));
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
            let error = PageParams::read("", "/", query).unwrap_err();
            assert_eq!(error.fields()[0].field, query.split('=').next().unwrap());
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

    const FIRST: &str = "00000000-0000-0000-0000-000000000001";
    const LAST: &str = "00000000-0000-0000-0000-000000000002";

    /// The links of a page of a history from `FIRST` to `LAST`, without what they all begin with.
    fn history_links(query: &str, more: bool) -> (Option<String>, Option<String>) {
        let ends = Some((FIRST.parse().unwrap(), LAST.parse().unwrap()));
        let meta = History::read(query, page(query))
            .unwrap()
            .meta(9, ends, more);
        let start = "http://localhost:8080/api/v1/users/?";
        let short = |url: String| url.strip_prefix(start).unwrap().replace("&limit=20", "");
        (meta.next.map(short), meta.previous.map(short))
    }

    #[test]
    fn a_history_leads_on_and_back_in_one_order() {
        let before_last = Some(format!("before={LAST}"));
        let after_last = Some(format!("after={LAST}"));
        let newer = Some(format!("after={FIRST}&order=newest"));
        let older = Some(format!("before={FIRST}&order=oldest"));
        let links = history_links;
        assert_eq!(links("", true), (before_last.clone(), None));
        assert_eq!(links("", false), (None, None));
        assert_eq!(
            links("offset=5", true),
            (before_last.clone(), newer.clone())
        );
        let id = "before=00000000-0000-0000-0000-000000000003";
        assert_eq!(links(id, true), (before_last.clone(), newer.clone()));
        assert_eq!(links(id, false), (None, newer.clone()));
        let id = "after=00000000-0000-0000-0000-000000000003";
        assert_eq!(links(id, true), (after_last.clone(), older.clone()));
        // What a link back leads to goes on in the same order.
        let turned = format!("{id}&order=newest");
        assert_eq!(links(&turned, true), (before_last.clone(), newer));
        assert_eq!(links(&turned, false), (before_last, None));
        let turned = "before=00000000-0000-0000-0000-000000000003&order=oldest";
        assert_eq!(links(turned, true), (after_last, older));
    }

    #[test]
    fn a_history_leads_back_from_past_its_end() {
        let links = |query: &str| {
            let history = History::read(query, page(query)).unwrap();
            let meta = history.meta(9, None, false);
            let start = "http://localhost:8080/api/v1/users/?";
            let short = |url: String| url.strip_prefix(start).unwrap().to_owned();
            (meta.next.map(short), meta.previous.map(short))
        };
        assert_eq!(links("offset=40&limit=5"), (None, some("limit=5&offset=4")));
        assert_eq!(links("page=3&limit=5"), (None, some("page=1&page_size=5")));
        let back = format!("after={FIRST}&limit=5&order=newest");
        assert_eq!(
            links(&format!("before={FIRST}&limit=5")),
            (None, Some(back))
        );
        let back = format!("before={LAST}&limit=5&order=oldest");
        assert_eq!(links(&format!("after={LAST}&limit=5")), (None, Some(back)));
        assert_eq!(links("limit=5"), (None, None));
    }

    #[test]
    fn an_order_is_newest_or_oldest_from_somewhere() {
        for query in ["order=oldest", "order=x"] {
            let error = History::read(query, page(query)).unwrap_err();
            assert_eq!(error.fields()[0].field, "order");
        }
        assert!(History::read("order=newest", page("")).is_ok());
        assert!(History::read("order=", page("")).is_ok());
    }

    #[test]
    fn a_history_starts_before_or_after_an_id_and_not_both() {
        let id = "01890a5d-ac96-774b-bcce-b302099a8057";
        let uuid = id.parse().unwrap();
        assert_eq!(keyset("").unwrap(), Cursor::Newest);
        assert_eq!(
            keyset(&format!("before={id}")).unwrap(),
            Cursor::Before(uuid)
        );
        assert_eq!(keyset(&format!("after={id}")).unwrap(), Cursor::After(uuid));
        assert!(keyset(&format!("after={id}&before={id}")).is_err());
        assert!(keyset("before=7").is_err());
    }
}
