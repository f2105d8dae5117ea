//! Pages of lists: by offset for lists, by cursor for long histories.

use uuid::Uuid;

/// The default length of a page.
pub const DEFAULT_LIMIT: i64 = 20;
/// The maximum length of a page.
pub const MAX_LIMIT: i64 = 100;

/// `?limit=&offset=`, validated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageRequest {
    /// The maximum number of rows.
    pub limit: i64,
    /// The number of rows to skip.
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
    /// The number of rows to read, which shows whether the list continues after the page.
    #[must_use]
    pub fn limit_plus_one(self) -> i64 {
        self.limit + 1
    }
}

/// A page of a list and the length of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// The rows.
    pub items: Vec<T>,
    /// The length of the whole list.
    pub total: i64,
}

impl<T> Page<T> {
    /// The page, of which [one row more](PageRequest::limit_plus_one) was read. If the list ends on this
    /// page, its length is known; otherwise the rows are counted.
    ///
    /// # Errors
    /// The rows cannot be counted.
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

    /// Converts each row.
    pub fn map<U>(self, convert: impl FnMut(T) -> U) -> Page<U> {
        Page {
            items: self.items.into_iter().map(convert).collect(),
            total: self.total,
        }
    }
}

/// The position in a long history, `?before=ID` or `?after=ID`. Its cost does not depend on the depth.
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
    fn from_overfetch_counts_only_lists_that_continue_or_were_skipped() {
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
            let (from, limit_plus_one) = (offset as usize, page.limit_plus_one() as usize);
            let rows: Vec<_> = all
                .iter()
                .skip(from)
                .take(limit_plus_one)
                .copied()
                .collect();
            let mut was_counted = false;
            let page_of_list = Page::from_overfetch(rows, page, || {
                was_counted = true;
                Ok::<_, ()>(7)
            });
            let items = all.iter().skip(from).take(limit as usize);
            let expected = Page {
                items: items.copied().collect(),
                total: 7,
            };
            assert_eq!(
                (page_of_list.unwrap(), was_counted),
                (expected, counted),
                "{page:?}"
            );
        }
        let none =
            Page::from_overfetch(Vec::<u8>::new(), PageRequest::default(), || Err("counted"));
        assert_eq!(none.unwrap().total, 0);
    }
}
