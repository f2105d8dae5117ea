//! Pieces of SQL that Diesel has no words for. Unlike its own raw pieces they leave a statement as
//! one that is planned once: their text never changes.

use db::MultiBackend;
use diesel::expression::{
    AppearsOnTable, Expression, SelectableExpression, ValidGrouping, is_aggregate,
};
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::BigInt;

/// A number that is worked out by this text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Number(pub(super) &'static str);

impl QueryFragment<MultiBackend> for Number {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        out.push_sql(self.0);
        Ok(())
    }
}

impl Expression for Number {
    type SqlType = BigInt;
}

impl QueryId for Number {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<From> AppearsOnTable<From> for Number {}
impl<From> SelectableExpression<From> for Number {}

impl ValidGrouping<()> for Number {
    type IsAggregate = is_aggregate::Never;
}
