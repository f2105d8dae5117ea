//! One connection type over both databases.

use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sqlite::Sqlite;

pub(crate) use multi::MultiRawValue;
pub use multi::{AnyConn, MultiBackend};

/// The derive writes items that carry no comments.
#[allow(missing_docs)]
mod multi {
    use diesel::pg::PgConnection;
    use diesel::sqlite::SqliteConnection;

    /// A connection to either database. Ordinary Diesel queries run on it.
    #[derive(diesel::MultiConnection)]
    pub enum AnyConn {
        /// PostgreSQL.
        Postgres(PgConnection),
        /// SQLite.
        Sqlite(SqliteConnection),
    }
}

/// Runs a query that is valid on both engines but that the shared backend does not support, such
/// as `ON CONFLICT` and `UNION`: `AnyBackend(query).execute(conn)`.
#[derive(Debug, Clone, Copy)]
pub struct AnyBackend<Q>(pub Q);

impl<Q> QueryFragment<MultiBackend> for AnyBackend<Q>
where
    Q: QueryFragment<Pg> + QueryFragment<Sqlite>,
{
    fn walk_ast<'b>(&'b self, pass: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        MultiBackend::walk_variant_ast(&self.0, pass)
    }
}

impl<Q: QueryId> QueryId for AnyBackend<Q> {
    type QueryId = Q::QueryId;
    const HAS_STATIC_QUERY_ID: bool = Q::HAS_STATIC_QUERY_ID;
}

impl<Q: Query> Query for AnyBackend<Q> {
    type SqlType = Q::SqlType;
}

impl<Q> RunQueryDsl<AnyConn> for AnyBackend<Q> {}

/// Runs an expression on the concrete connection, for what neither the shared backend nor
/// [`AnyBackend`] can do: `match_backend!(conn, c => insert_into(t).values(&rows).execute(c))`.
#[macro_export]
macro_rules! match_backend {
    ($conn:expr, $c:ident => $run:expr) => {
        match $conn {
            $crate::AnyConn::Postgres($c) => $run,
            $crate::AnyConn::Sqlite($c) => $run,
        }
    };
}

impl AnyConn {
    /// Whether it is SQLite, whose only writer needs no further locks.
    #[must_use]
    pub fn is_sqlite(&self) -> bool {
        matches!(self, Self::Sqlite(_))
    }
}
