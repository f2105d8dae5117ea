//! Lists in pieces: by offset for short lists, by key for long histories.

use uuid::Uuid;

/// The default length of a page.
pub const DEFAULT_LIMIT: i64 = 20;
/// The longest page.
pub const MAX_LIMIT: i64 = 100;

/// `?limit=&offset=`, already within bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageRequest {
    /// How many rows at the most.
    pub limit: i64,
    /// How many rows to pass over first.
    pub offset: i64,
}

impl Default for PageRequest {
    fn default() -> Self {
        Self {
            limit: DEFAULT_LIMIT,
            offset: 0,
        }
    }
}

impl PageRequest {
    /// So many rows show a page and whether the list goes on behind it.
    #[must_use]
    pub fn limit_plus_one(self) -> i64 {
        self.limit + 1
    }
}

/// One page and how many rows there are in all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// The rows.
    pub items: Vec<T>,
    /// The length of the whole list.
    pub total: i64,
}

impl<T> Page<T> {
    /// The page of which [one row more](PageRequest::limit_plus_one) was read. Where the list ends on it,
    /// its length is known; only otherwise the rows are counted.
    ///
    /// # Errors
    /// They cannot be counted.
    pub fn from_overfetch<E>(
        mut rows: Vec<T>,
        page: PageRequest,
        count: impl FnOnce() -> Result<i64, E>,
    ) -> Result<Self, E> {
        let found = i64::try_from(rows.len()).unwrap_or(i64::MAX);
        let ends_here = found <= page.limit && (found > 0 || page.offset == 0);
        let total = if ends_here {
            page.offset + found
        } else {
            count()?
        };
        rows.truncate(usize::try_from(page.limit).unwrap_or(usize::MAX));
        Ok(Self { items: rows, total })
    }

    /// The same page with each row turned into something else.
    pub fn map<U>(self, turn: impl FnMut(T) -> U) -> Page<U> {
        Page {
            items: self.items.into_iter().map(turn).collect(),
            total: self.total,
        }
    }
}

/// `?before=ID` or `?after=ID` on a long history: it costs the same at any depth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cursor {
    /// The newest rows.
    Newest,
    /// The rows just before this one, newest first.
    Before(Uuid),
    /// The rows just after this one, oldest first.
    After(Uuid),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_list_that_goes_on_or_was_passed_over_is_counted() {
        let all: Vec<usize> = (0..7).collect();
        for (limit, offset, counted) in [
            (7, 0, false),
            (20, 0, false),
            (4, 3, false),
            (3, 3, true),
            (6, 0, true),
            (3, 7, true),
            (3, 9, true),
        ] {
            let page = PageRequest { limit, offset };
            let (from, most) = (offset as usize, page.limit_plus_one() as usize);
            let rows: Vec<_> = all.iter().skip(from).take(most).copied().collect();
            let mut asked = false;
            let cut = Page::from_overfetch(rows, page, || {
                asked = true;
                Ok::<_, ()>(7)
            });
            let here = all.iter().skip(from).take(limit as usize);
            let expected = Page {
                items: here.copied().collect(),
                total: 7,
            };
            assert_eq!((cut.unwrap(), asked), (expected, counted), "{page:?}");
        }
        let none =
            Page::from_overfetch(Vec::<u8>::new(), PageRequest::default(), || Err("counted"));
        assert_eq!(none.unwrap().total, 0);
    }
}
