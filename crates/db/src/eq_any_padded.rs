//! Lists of values in prepared statements.
//!
//! Diesel writes a list as one bind parameter per value, so that each length is a statement of its
//! own, and does not cache the statement. Reading ten names by ten ids then spends more time on
//! planning than on reading. Here the last value is repeated until there are 1, 2, 4, 8, … of them:
//! few statements, which the connection caches.

use diesel::backend::Backend;
use diesel::expression::{
    AppearsOnTable, Expression, SelectableExpression, ValidGrouping, is_aggregate,
};
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::serialize::ToSql;
use diesel::sql_types::{Bool, HasSqlType, SqlType};

/// A longer list is not padded, and its statement is not cached.
const MAX_CACHED_LEN: usize = 256;

/// Compares a column with a list: `users::id.eq_any_padded(ids)`.
pub trait EqAnyPadded: Expression + Sized {
    /// Whether it equals one of these values. `NULL` is neither in a list nor outside of one.
    fn eq_any_padded<V>(self, values: impl IntoIterator<Item = V>) -> PaddedList<Self, V> {
        PaddedList::new(self, values, ListTest::Inside)
    }

    /// Whether it differs from all of these values. For `NULL`, add a test with `is_null`.
    fn ne_all_padded<V>(self, values: impl IntoIterator<Item = V>) -> PaddedList<Self, V> {
        PaddedList::new(self, values, ListTest::Outside)
    }
}

impl<C: Column> EqAnyPadded for C {}

/// A column compared with a list.
#[derive(Debug, Clone)]
pub struct PaddedList<C, V> {
    column: C,
    values: Vec<V>,
    test: ListTest,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ListTest {
    Inside,
    Outside,
}

impl<C, V> PaddedList<C, V> {
    fn new(column: C, values: impl IntoIterator<Item = V>, test: ListTest) -> Self {
        Self {
            column,
            values: values.into_iter().collect(),
            test,
        }
    }

    /// Number of bind parameters.
    fn padded_len(&self) -> usize {
        match self.values.len() {
            len if len > MAX_CACHED_LEN => len,
            len => len.next_power_of_two(),
        }
    }
}

impl<DB, C, V> QueryFragment<DB> for PaddedList<C, V>
where
    DB: Backend + HasSqlType<C::SqlType>,
    C: Expression<SqlType: SqlType> + QueryFragment<DB>,
    V: ToSql<C::SqlType, DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        let Some(last) = self.values.last() else {
            out.push_sql(match self.test {
                ListTest::Inside => "1 = 0",
                ListTest::Outside => "1 = 1",
            });
            return Ok(());
        };
        if self.values.len() > MAX_CACHED_LEN {
            out.unsafe_to_cache_prepared();
        }
        self.column.walk_ast(out.reborrow())?;
        let mut separator = match self.test {
            ListTest::Inside => " IN (",
            ListTest::Outside => " NOT IN (",
        };
        let padded = self.values.iter().chain(std::iter::repeat(last));
        for value in padded.take(self.padded_len()) {
            out.push_sql(separator);
            out.push_bind_param::<C::SqlType, V>(value)?;
            separator = ", ";
        }
        out.push_sql(")");
        Ok(())
    }
}

impl<C, V> Expression for PaddedList<C, V>
where
    C: Expression,
{
    type SqlType = Bool;
}

impl<C, V> QueryId for PaddedList<C, V> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<C, V, From> AppearsOnTable<From> for PaddedList<C, V> where C: AppearsOnTable<From> {}
impl<C, V, From> SelectableExpression<From> for PaddedList<C, V> where C: SelectableExpression<From> {}

impl<C, V> ValidGrouping<()> for PaddedList<C, V>
where
    C: ValidGrouping<()>,
{
    type IsAggregate = is_aggregate::No;
}
