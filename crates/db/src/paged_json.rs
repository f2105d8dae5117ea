//! JSON that is read from the database while it is written elsewhere.

use std::sync::Arc;

use futures_util::TryStreamExt;
use futures_util::future::BoxFuture;
use futures_util::stream::{self, BoxStream, StreamExt};
use kernel::AppError;
use serde_json::Value;

use crate::{AnyConn, Store};

/// The most rows that are read from the database at once.
pub const PAGE_ROWS: i64 = 500;

/// A JSON value whose lists are read page by page, each page when it is asked for. However long
/// they are, no more than one page of them is in memory. Pages are read one after another, so they
/// need not see the same moment.
pub enum PagedJson {
    /// A short value, read when its turn comes.
    Value(BoxFuture<'static, Result<Value, AppError>>),
    /// A list, as its pages.
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
    /// A short value that is read in one go.
    pub fn value<F>(store: &Store, read: F) -> Self
    where
        F: FnOnce(&mut AnyConn) -> Result<Value, AppError> + Send + 'static,
    {
        let store = store.clone();
        Self::Value(Box::pin(async move { store.read(read).await }))
    }

    /// The rows of a query. `page` reads those after a key, or the first ones, in the order of their
    /// keys and no more than it is told, each with its key. A page that is not full is the last.
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
                let position = Position::behind(&rows);
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

    /// The whole value in memory, for what is known to be short.
    ///
    /// # Errors
    /// Something cannot be read.
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

/// Where a list goes on.
enum Position<K> {
    After(Option<K>),
    End,
}

impl<K: Clone> Position<K> {
    fn behind(rows: &[(K, Value)]) -> Self {
        let is_full = i64::try_from(rows.len()).is_ok_and(|count| count >= PAGE_ROWS);
        match rows.last() {
            Some((key, _)) if is_full => Self::After(Some(key.clone())),
            _ => Self::End,
        }
    }
}
