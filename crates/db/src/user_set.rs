//! Sets of users that a statement excludes.
//!
//! The set often comes from tables of another domain. Querying it first would cost a round trip, so
//! that domain provides its query, and the statement embeds it.

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

/// A set of users within a statement: `column.not_in(set)`.
#[derive(Debug, Clone)]
pub enum UserSet {
    /// These users.
    Listed(Vec<UserId>),
    /// The users that a query returns.
    Selected(UserQuery),
}

/// A query with the id of a user as its only parameter. Its text is constant, so the connection caches
/// the statement; Diesel's raw queries are parsed and planned each time.
#[derive(Debug, Clone, Copy)]
pub struct UserQuery {
    text: &'static [&'static str],
    user: UserId,
}

impl UserQuery {
    /// A query whose text is split where the id belongs.
    #[must_use]
    pub fn new(text: &'static [&'static str], user: UserId) -> Self {
        Self { text, user }
    }

    /// Runs it; `ST` are the SQL types of its columns.
    ///
    /// # Errors
    /// The query failed.
    pub fn load<'q, ST, U>(self, conn: &mut AnyConn) -> QueryResult<Vec<U>>
    where
        TypedUserQuery<ST>: LoadQuery<'q, AnyConn, U>,
    {
        RunQueryDsl::load(TypedUserQuery(self, PhantomData::<fn() -> ST>), conn)
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

/// A query with the SQL types of its columns.
#[derive(Debug)]
pub struct TypedUserQuery<ST>(UserQuery, PhantomData<fn() -> ST>);

impl<ST> QueryFragment<MultiBackend> for TypedUserQuery<ST> {
    fn walk_ast<'b>(&'b self, out: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        self.0.walk_ast(out)
    }
}

impl<ST> QueryId for TypedUserQuery<ST> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<ST> Query for TypedUserQuery<ST> {
    type SqlType = ST;
}

impl<ST> RunQueryDsl<AnyConn> for TypedUserQuery<ST> {}

/// Compares a column with a set of users.
pub trait NotInUserSet: Expression + Sized {
    /// Whether it is none of them. `NULL` is neither in the set nor outside of it.
    fn not_in(self, set: &UserSet) -> NotIn<'_, Self> {
        NotIn { column: self, set }
    }
}

impl<C: Column> NotInUserSet for C {}

/// A column compared with a set of users.
#[derive(Debug, Clone, Copy)]
pub struct NotIn<'a, C> {
    column: C,
    set: &'a UserSet,
}

impl<C: QueryFragment<MultiBackend>> QueryFragment<MultiBackend> for NotIn<'_, C> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        match self.set {
            UserSet::Listed(users) if users.is_empty() => {
                out.push_sql("1 = 1");
                return Ok(());
            }
            UserSet::Listed(users) => {
                out.unsafe_to_cache_prepared();
                self.column.walk_ast(out.reborrow())?;
                let mut separator = " NOT IN (";
                for user in users {
                    out.push_sql(separator);
                    out.push_bind_param::<DbUuid, UserId>(user)?;
                    separator = ", ";
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

impl<C: Expression> Expression for NotIn<'_, C> {
    type SqlType = Bool;
}

impl<C> QueryId for NotIn<'_, C> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<C, From> AppearsOnTable<From> for NotIn<'_, C> where C: AppearsOnTable<From> {}
impl<C, From> SelectableExpression<From> for NotIn<'_, C> where C: SelectableExpression<From> {}

impl<C> ValidGrouping<()> for NotIn<'_, C> {
    type IsAggregate = is_aggregate::No;
}
