//! JSON that is read from the database in pages.

use std::sync::Arc;

use futures_util::TryStreamExt;
use futures_util::future::BoxFuture;
use futures_util::stream::{self, BoxStream, StreamExt};
use kernel::AppError;
use serde_json::Value;

use crate::{AnyConn, Store};

/// Rows per page.
pub const PAGE_ROWS: i64 = 500;

/// A JSON value whose lists are read page by page, on demand: at most one page is in memory. Pages
/// are read one after another, so they need not see the same state.
pub enum PagedJson {
    /// A short value, read on demand.
    Value(BoxFuture<'static, Result<Value, AppError>>),
    /// The pages of a list.
    List(BoxStream<'static, Result<Vec<Value>, AppError>>),
    /// Named values in this order.
    Object(Vec<(String, PagedJson)>),
}

impl std::fmt::Debug for PagedJson {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Value(_) => "PagedJson::Value",
            Self::List(_) => "PagedJson::List",
            Self::Object(_) => "PagedJson::Object",
        })
    }
}

impl From<Value> for PagedJson {
    fn from(value: Value) -> Self {
        Self::Value(Box::pin(std::future::ready(Ok(value))))
    }
}

impl PagedJson {
    /// A short value that is read with one call.
    pub fn value<F>(store: &Store, read: F) -> Self
    where
        F: FnOnce(&mut AnyConn) -> Result<Value, AppError> + Send + 'static,
    {
        let store = store.clone();
        Self::Value(Box::pin(async move { store.read(read).await }))
    }

    /// The rows of a query. `page` reads the rows after a key, or the first ones, in the order of their
    /// keys and at most the given number, each with its key. A page that is not full is the last.
    pub fn list<K, F>(store: &Store, page: F) -> Self
    where
        K: Clone + Send + 'static,
        F: Fn(&mut AnyConn, Option<K>, i64) -> Result<Vec<(K, Value)>, AppError>
            + Send
            + Sync
            + 'static,
    {
        let (store, page) = (store.clone(), Arc::new(page));
        let next = move |position: Position<K>| {
            let (store, page) = (store.clone(), Arc::clone(&page));
            async move {
                let Position::After(key) = position else {
                    return Ok(None);
                };
                let rows = store.read(move |conn| page(conn, key, PAGE_ROWS)).await?;
                let position = Position::after(&rows);
                let values: Vec<Value> = rows.into_iter().map(|(_, value)| value).collect();
                Ok((!values.is_empty()).then_some((values, position)))
            }
        };
        Self::List(stream::try_unfold(Position::After(None), next).boxed())
    }

    /// Named values in this order.
    pub fn object<const N: usize>(members: [(&str, Self); N]) -> Self {
        let named = members.map(|(name, value)| (name.to_owned(), value));
        Self::Object(named.into())
    }

    /// The whole value in memory, for short ones.
    ///
    /// # Errors
    /// A query failed.
    pub async fn read(self) -> Result<Value, AppError> {
        match self {
            Self::Value(value) => value.await,
            Self::List(pages) => Ok(pages.try_concat().await?.into()),
            Self::Object(members) => {
                let mut object = serde_json::Map::new();
                for (name, value) in members {
                    object.insert(name, Box::pin(value.read()).await?);
                }
                Ok(object.into())
            }
        }
    }
}

/// Where a list continues.
enum Position<K> {
    After(Option<K>),
    End,
}

impl<K: Clone> Position<K> {
    fn after(rows: &[(K, Value)]) -> Self {
        let is_full = i64::try_from(rows.len()).is_ok_and(|count| count >= PAGE_ROWS);
        match rows.last() {
            Some((key, _)) if is_full => Self::After(Some(key.clone())),
            _ => Self::End,
        }
    }
}
