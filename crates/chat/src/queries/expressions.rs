//! SQL expressions that Diesel's query builder lacks. Their text is constant, so unlike Diesel's own
//! raw expressions they keep a statement cacheable.

use db::MultiBackend;
use diesel::expression::{
    AppearsOnTable, Expression, SelectableExpression, ValidGrouping, is_aggregate,
};
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::BigInt;

/// An SQL expression of type `BIGINT`.
#[derive(Debug, Clone, Copy)]
pub(super) struct BigIntSql(pub(super) &'static str);

impl QueryFragment<MultiBackend> for BigIntSql {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        out.push_sql(self.0);
        Ok(())
    }
}

impl Expression for BigIntSql {
    type SqlType = BigInt;
}

impl QueryId for BigIntSql {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<From> AppearsOnTable<From> for BigIntSql {}
impl<From> SelectableExpression<From> for BigIntSql {}

impl ValidGrouping<()> for BigIntSql {
    type IsAggregate = is_aggregate::Never;
}
