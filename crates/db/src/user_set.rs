//! People whom a statement leaves out.
//!
//! Who they are is often known by another domain's tables. Asking first and handing on a list would
//! be one more way to the database, so that domain gives its question instead, and the statement
//! asks it in passing.

use std::marker::PhantomData;

use diesel::expression::{
    AppearsOnTable, Expression, SelectableExpression, ValidGrouping, is_aggregate,
};
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::query_dsl::LoadQuery;
use diesel::sql_types::Bool;
use kernel::UserId;

use crate::{AnyConn, DbUuid, MultiBackend};

/// A set of people within a statement: `column.outside(set)`.
#[derive(Debug, Clone)]
pub enum UserSet {
    /// These.
    Listed(Vec<UserId>),
    /// Those whom a query finds.
    Selected(UserQuery),
}

/// A query for one person, whose text never changes: the connection keeps its plan, while Diesel's
/// raw queries are planned each time.
#[derive(Debug, Clone, Copy)]
pub struct UserQuery {
    text: &'static [&'static str],
    user: UserId,
}

impl UserQuery {
    /// A query whose text is cut wherever the person's id belongs.
    #[must_use]
    pub fn new(text: &'static [&'static str], user: UserId) -> Self {
        Self { text, user }
    }

    /// Runs it; its columns are of the type `ST`.
    pub fn load<'q, ST, U>(self, conn: &mut AnyConn) -> QueryResult<Vec<U>>
    where
        Answering<ST>: LoadQuery<'q, AnyConn, U>,
    {
        RunQueryDsl::load(Answering(self, PhantomData::<fn() -> ST>), conn)
    }
}

impl QueryFragment<MultiBackend> for UserQuery {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        for (number, part) in self.text.iter().enumerate() {
            if number > 0 {
                out.push_bind_param::<DbUuid, UserId>(&self.user)?;
            }
            out.push_sql(part);
        }
        Ok(())
    }
}

/// A query with the type of its answer.
#[derive(Debug)]
pub struct Answering<ST>(UserQuery, PhantomData<fn() -> ST>);

impl<ST> QueryFragment<MultiBackend> for Answering<ST> {
    fn walk_ast<'b>(&'b self, out: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        self.0.walk_ast(out)
    }
}

impl<ST> QueryId for Answering<ST> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<ST> Query for Answering<ST> {
    type SqlType = ST;
}

impl<ST> RunQueryDsl<AnyConn> for Answering<ST> {}

/// Compares a column with a set of people.
pub trait ComparedWithUsers: Expression + Sized {
    /// Whether it is none of them. A missing value is neither in the set nor outside of it.
    fn outside(self, set: &UserSet) -> Outside<'_, Self> {
        Outside { column: self, set }
    }
}

impl<C: Column> ComparedWithUsers for C {}

/// A column compared with a set of people.
#[derive(Debug, Clone, Copy)]
pub struct Outside<'a, C> {
    column: C,
    set: &'a UserSet,
}

impl<C: QueryFragment<MultiBackend>> QueryFragment<MultiBackend> for Outside<'_, C> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        match self.set {
            UserSet::Listed(users) if users.is_empty() => {
                out.push_sql("1 = 1");
                return Ok(());
            }
            UserSet::Listed(users) => {
                out.unsafe_to_cache_prepared();
                self.column.walk_ast(out.reborrow())?;
                let mut between = " NOT IN (";
                for user in users {
                    out.push_sql(between);
                    out.push_bind_param::<DbUuid, UserId>(user)?;
                    between = ", ";
                }
            }
            UserSet::Selected(query) => {
                self.column.walk_ast(out.reborrow())?;
                out.push_sql(" NOT IN (");
                query.walk_ast(out.reborrow())?;
            }
        }
        out.push_sql(")");
        Ok(())
    }
}

impl<C: Expression> Expression for Outside<'_, C> {
    type SqlType = Bool;
}

impl<C> QueryId for Outside<'_, C> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<C, From> AppearsOnTable<From> for Outside<'_, C> where C: AppearsOnTable<From> {}
impl<C, From> SelectableExpression<From> for Outside<'_, C> where C: SelectableExpression<From> {}

impl<C> ValidGrouping<()> for Outside<'_, C> {
    type IsAggregate = is_aggregate::No;
}
