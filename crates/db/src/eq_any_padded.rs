//! Lists of values in statements that are planned once.
//!
//! Diesel writes a list as one place for each value, so that each length is a statement of its own,
//! and forgets the plan after every use. Reading ten names by ten ids then costs more for the
//! planning than for the reading. Here the last value is repeated until there are 1, 2, 4, 8, … of
//! them: few statements, which the connection keeps.

use diesel::backend::Backend;
use diesel::expression::{
    AppearsOnTable, Expression, SelectableExpression, ValidGrouping, is_aggregate,
};
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::serialize::ToSql;
use diesel::sql_types::{Bool, HasSqlType, SqlType};

/// A longer list is written as it is, and its plan is not kept.
const MAX_KEPT_LEN: usize = 256;

/// Compares a column with a list: `users::id.eq_any_padded(ids)`.
pub trait EqAnyPadded: Expression + Sized {
    /// Whether it is one of these. A missing value is neither in a list nor outside of one.
    fn eq_any_padded<V>(self, values: impl IntoIterator<Item = V>) -> PaddedList<Self, V> {
        PaddedList::new(self, values, ListTest::Inside)
    }

    /// Whether it is none of these. Where a value may be missing, say with `is_null` what then.
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
    wanted: ListTest,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ListTest {
    Inside,
    Outside,
}

impl<C, V> PaddedList<C, V> {
    fn new(column: C, values: impl IntoIterator<Item = V>, wanted: ListTest) -> Self {
        Self {
            column,
            values: values.into_iter().collect(),
            wanted,
        }
    }

    /// How many places the statement has.
    fn places(&self) -> usize {
        match self.values.len() {
            long if long > MAX_KEPT_LEN => long,
            short => short.next_power_of_two(),
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
            out.push_sql(match self.wanted {
                ListTest::Inside => "1 = 0",
                ListTest::Outside => "1 = 1",
            });
            return Ok(());
        };
        if self.values.len() > MAX_KEPT_LEN {
            out.unsafe_to_cache_prepared();
        }
        self.column.walk_ast(out.reborrow())?;
        let mut between = match self.wanted {
            ListTest::Inside => " IN (",
            ListTest::Outside => " NOT IN (",
        };
        let all = self.values.iter().chain(std::iter::repeat(last));
        for value in all.take(self.places()) {
            out.push_sql(between);
            out.push_bind_param::<C::SqlType, V>(value)?;
            between = ", ";
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
