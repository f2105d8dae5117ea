//! Extractor for long histories: pages before or after a row, and links to their neighbors.

use actix_web::HttpRequest;
use contract::envelope::{ListEnvelope, PageMeta};
use kernel::{AppError, Cursor, PageRequest};
use serde::Serialize;
use uuid::Uuid;

use crate::page_params::PageParams;
use crate::query::{FromQuery, QueryErrors, extract_from_query, last, refuse_both};
use crate::response::ApiResponse;

/// `?before=ID` or `?after=ID` of a long history, and the page.
#[derive(Debug, Clone)]
pub struct History {
    /// The row to start from.
    pub cursor: Cursor,
    /// The number of rows.
    pub page: PageParams,
    order: Order,
}

/// The order of the rows in a response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    Newest,
    Oldest,
}

impl Order {
    /// The order in which rows are read from a cursor.
    fn natural(cursor: Cursor) -> Self {
        match cursor {
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

extract_from_query!([] History);

impl FromQuery for History {
    fn from_query(request: &HttpRequest) -> Result<Self, AppError> {
        Self::read(request.query_string(), PageParams::from_query(request))
    }
}

impl History {
    fn read(query: &str, page: Result<PageParams, AppError>) -> Result<Self, AppError> {
        let mut errors = QueryErrors::default();
        let page = errors.keep(page);
        let cursor = errors.keep(cursor(query));
        let order = errors.keep(order(query, cursor));
        errors.keep(refuse_beside(query, "offset"));
        errors.keep(refuse_beside(query, "page"));
        match (page, cursor, order, errors.together()) {
            (Some(page), Some(cursor), Some(order), None) => Ok(Self {
                cursor,
                page,
                order,
            }),
            (.., error) => Err(error.unwrap_or_else(|| AppError::internal("a query was not read"))),
        }
    }

    /// The response with these rows, given in the order in which they are read from `cursor`; `more`
    /// tells whether others follow. The links to the next and the previous page keep the order.
    pub fn respond<T: Serialize>(
        &self,
        mut rows: Vec<T>,
        id: impl Fn(&T) -> Uuid,
        total: i64,
        more: bool,
    ) -> ApiResponse<ListEnvelope<T>> {
        if self.is_reversed() {
            rows.reverse();
        }
        let ends = rows.first().map(&id).zip(rows.last().map(&id));
        let meta = self.meta(total, ends, more);
        ApiResponse::flat(ListEnvelope::new(rows, meta))
    }

    /// Whether the response has the reverse of the order in which rows are read.
    fn is_reversed(&self) -> bool {
        self.order != Order::natural(self.cursor)
    }

    /// The metadata of a page with this first and last row.
    fn meta(&self, total: i64, ends: Option<(Uuid, Uuid)>, more: bool) -> PageMeta {
        let PageRequest { limit, offset } = self.page.request;
        // The row of the cursor lies on the other side.
        let begins = self.cursor == Cursor::Newest && offset == 0;
        let (is_next, is_previous) = match self.is_reversed() {
            false => (more, !begins),
            true => (true, more),
        };
        let (forward, back) = match self.order {
            Order::Newest => (
                Cursor::Before as fn(Uuid) -> Cursor,
                Cursor::After as fn(_) -> _,
            ),
            Order::Oldest => (
                Cursor::After as fn(Uuid) -> Cursor,
                Cursor::Before as fn(_) -> _,
            ),
        };
        // Beyond the end, the rows on the side of the cursor remain.
        let ends = ends.or(self.cursor_id().map(|id| (id, id)));
        let next = ends.filter(|_| is_next).map(|(_, last)| forward(last));
        let previous = ends.filter(|_| is_previous).map(|(first, _)| back(first));
        let past_the_end = ends.is_none().then(|| self.page.meta(total).previous);
        PageMeta {
            total,
            limit,
            offset: (self.cursor == Cursor::Newest).then_some(offset),
            next: next.and_then(|from| self.link(from)),
            previous: previous
                .and_then(|from| self.link(from))
                .or(past_the_end.flatten()),
        }
    }

    /// The row of the cursor.
    fn cursor_id(&self) -> Option<Uuid> {
        match self.cursor {
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
        let reversed = self.order != Order::natural(from);
        let order = if reversed {
            format!("&order={}", self.order.name())
        } else {
            String::new()
        };
        Some(format!("{base}{start}&limit={limit}{order}"))
    }
}

/// The requested order; `cursor` is `None` if it is invalid.
fn order(query: &str, cursor: Option<Cursor>) -> Result<Order, AppError> {
    match (last(query, "order"), cursor) {
        (None, cursor) => Ok(Order::natural(cursor.unwrap_or(Cursor::Newest))),
        (Some("newest"), _) => Ok(Order::Newest),
        (Some("oldest"), Some(Cursor::Newest)) => Err(AppError::invalid(
            "order",
            "`oldest` requires `before` or `after`",
        )),
        (Some("oldest"), _) => Ok(Order::Oldest),
        (Some(_), _) => Err(AppError::invalid("order", "must be `newest` or `oldest`")),
    }
}

fn cursor(query: &str) -> Result<Cursor, AppError> {
    let mut errors = QueryErrors::default();
    let [before, after] = ["before", "after"].map(|name| errors.keep(id(query, name)).flatten());
    errors.keep(refuse_both(query, "before", "after"));
    match (before, after, errors.together()) {
        (_, _, Some(error)) => Err(error),
        (Some(before), _, None) => Ok(Cursor::Before(before)),
        (None, Some(after), None) => Ok(Cursor::After(after)),
        (None, None, None) => Ok(Cursor::Newest),
    }
}

fn id(query: &str, name: &'static str) -> Result<Option<Uuid>, AppError> {
    let id = last(query, name).map(str::parse).transpose();
    id.map_err(|_| AppError::invalid(name, "must be an id"))
}

/// Refuses a pair that skips rows beside a cursor.
fn refuse_beside(query: &str, name: &'static str) -> Result<(), AppError> {
    let is_there = |name| last(query, name).is_some();
    if is_there(name) && (is_there("before") || is_there("after")) {
        let problem = "cannot be combined with `before` or `after`";
        return Err(AppError::invalid(name, problem));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(query: &str) -> PageParams {
        PageParams::read("http://localhost:8080", "/api/v1/users/", query).unwrap()
    }

    fn some(text: &str) -> Option<String> {
        Some(text.to_owned())
    }

    const FIRST: &str = "00000000-0000-0000-0000-000000000001";
    const LAST: &str = "00000000-0000-0000-0000-000000000002";

    /// The links of a page of a history from `FIRST` to `LAST`, without their common start.
    fn history_links(query: &str, more: bool) -> (Option<String>, Option<String>) {
        let ends = Some((FIRST.parse().unwrap(), LAST.parse().unwrap()));
        let meta = History::read(query, Ok(page(query)))
            .unwrap()
            .meta(9, ends, more);
        let start = "http://localhost:8080/api/v1/users/?";
        let short = |url: String| url.strip_prefix(start).unwrap().replace("&limit=20", "");
        (meta.next.map(short), meta.previous.map(short))
    }

    #[test]
    fn meta_links_to_both_neighbors_in_one_order() {
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
        // A page behind a link keeps the order.
        let reversed = format!("{id}&order=newest");
        assert_eq!(links(&reversed, true), (before_last.clone(), newer));
        assert_eq!(links(&reversed, false), (before_last, None));
        let reversed = "before=00000000-0000-0000-0000-000000000003&order=oldest";
        assert_eq!(links(reversed, true), (after_last, older));
    }

    #[test]
    fn meta_links_back_from_beyond_the_end() {
        let links = |query: &str| {
            let history = History::read(query, Ok(page(query))).unwrap();
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
    fn meta_has_an_offset_only_without_cursor() {
        let offset = |query: &str| {
            let history = History::read(query, Ok(page(query))).unwrap();
            history.meta(9, None, false).offset
        };
        assert_eq!(offset(""), Some(0));
        assert_eq!(offset("page=3&limit=2"), Some(4));
        for cursor in ["before", "after"] {
            assert_eq!(offset(&format!("{cursor}={FIRST}")), None);
        }
    }

    #[test]
    fn read_accepts_oldest_only_with_a_cursor() {
        for query in ["order=oldest", "order=x"] {
            let error = History::read(query, Ok(page(query))).unwrap_err();
            assert_eq!(error.fields()[0].field, "order");
        }
        assert!(History::read("order=newest", Ok(page(""))).is_ok());
        assert!(History::read("order=", Ok(page(""))).is_ok());
    }

    #[test]
    fn read_refuses_before_together_with_after() {
        let id = "01890a5d-ac96-774b-bcce-b302099a8057";
        let uuid = id.parse().unwrap();
        assert_eq!(cursor("").unwrap(), Cursor::Newest);
        assert_eq!(
            cursor(&format!("before={id}")).unwrap(),
            Cursor::Before(uuid)
        );
        assert_eq!(cursor(&format!("after={id}")).unwrap(), Cursor::After(uuid));
        assert!(cursor(&format!("after={id}&before={id}")).is_err());
        assert!(cursor("before=7").is_err());
    }

    #[test]
    fn read_reports_all_problems_at_once() {
        let fields = |query: &str| {
            let error = History::read(query, PageParams::read("", "/", query)).unwrap_err();
            let fields = error.fields().iter().map(|one| one.field.clone());
            let mut fields: Vec<_> = fields.collect();
            fields.sort();
            fields.join(" ")
        };
        assert_eq!(fields("limit=x&offset=y&order=z"), "limit offset order");
        let beside = "limit=x&offset=y&before=z";
        assert_eq!(fields(beside), "before limit offset offset");
        assert_eq!(fields("before=1&after=2"), "after after before");
        let twice = "limit=1&page_size=0&page=1&offset=1";
        assert_eq!(fields(twice), "page page_size page_size");
        assert_eq!(fields("before=7&order=oldest"), "before");
    }
}
