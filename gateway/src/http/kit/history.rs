//! Long histories: pages that begin before or after a row, and the addresses of those beside them.

use actix_web::HttpRequest;
use contract::envelope::{ListEnvelope, PageMeta};
use kernel::{AppError, Cursor, PageRequest};
use serde::Serialize;
use uuid::Uuid;

use super::ApiResponse;
use super::paging::PageParams;
use super::query::{Faults, FromQuery, extract_from_query, last, refuse_both};

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

extract_from_query!([] History);

impl FromQuery for History {
    fn from_query(request: &HttpRequest) -> Result<Self, AppError> {
        Self::read(request.query_string(), PageParams::from_query(request))
    }
}

impl History {
    fn read(query: &str, page: Result<PageParams, AppError>) -> Result<Self, AppError> {
        let mut faults = Faults::default();
        let page = faults.keep(page);
        let keyset = faults.keep(keyset(query));
        let order = faults.keep(order(query, keyset));
        faults.keep(refuse_beside(query, "offset"));
        faults.keep(refuse_beside(query, "page"));
        match (page, keyset, order, faults.together()) {
            (Some(page), Some(keyset), Some(order), None) => Ok(Self {
                keyset,
                page,
                order,
            }),
            (.., error) => Err(error.unwrap_or_else(|| AppError::internal("a query was not read"))),
        }
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
            offset: (self.keyset == Cursor::Newest).then_some(offset),
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

/// The order that is asked for; of a keyset that cannot be read nothing is known.
fn order(query: &str, keyset: Option<Cursor>) -> Result<Order, AppError> {
    match (last(query, "order"), keyset) {
        (None, keyset) => Ok(Order::natural(keyset.unwrap_or(Cursor::Newest))),
        (Some("newest"), _) => Ok(Order::Newest),
        (Some("oldest"), Some(Cursor::Newest)) => Err(AppError::invalid(
            "order",
            "`oldest` needs `before` or `after` beside it",
        )),
        (Some("oldest"), _) => Ok(Order::Oldest),
        (Some(_), _) => Err(AppError::invalid("order", "must be `newest` or `oldest`")),
    }
}

fn keyset(query: &str) -> Result<Cursor, AppError> {
    let mut faults = Faults::default();
    let [before, after] = ["before", "after"].map(|name| faults.keep(id(query, name)).flatten());
    faults.keep(refuse_both(query, "before", "after"));
    match (before, after, faults.together()) {
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

/// A history that goes on from a row passes over none.
fn refuse_beside(query: &str, name: &'static str) -> Result<(), AppError> {
    let is_there = |name| last(query, name).is_some();
    if is_there(name) && (is_there("before") || is_there("after")) {
        let problem = "cannot stand beside `before` or `after`";
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

    /// The links of a page of a history from `FIRST` to `LAST`, without what they all begin with.
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
    fn offset_is_told_only_where_it_is_known() {
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
    fn an_order_is_newest_or_oldest_from_somewhere() {
        for query in ["order=oldest", "order=x"] {
            let error = History::read(query, Ok(page(query))).unwrap_err();
            assert_eq!(error.fields()[0].field, "order");
        }
        assert!(History::read("order=newest", Ok(page(""))).is_ok());
        assert!(History::read("order=", Ok(page(""))).is_ok());
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

    #[test]
    fn all_that_is_wrong_with_a_query_is_told_at_once() {
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
