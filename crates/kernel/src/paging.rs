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

/// One page and how many rows there are in all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paged<T> {
    /// The rows.
    pub items: Vec<T>,
    /// The length of the whole list.
    pub total: i64,
}

impl<T> Paged<T> {
    /// The same page with each row turned into something else.
    pub fn map<U>(self, turn: impl FnMut(T) -> U) -> Paged<U> {
        Paged {
            items: self.items.into_iter().map(turn).collect(),
            total: self.total,
        }
    }
}

/// `?before=ID` or `?after=ID` on a long history: it costs the same at any depth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keyset {
    /// The newest rows.
    Newest,
    /// The rows just before this one, newest first.
    Before(Uuid),
    /// The rows just after this one, oldest first.
    After(Uuid),
}
