//! Pieces of SQL that Diesel has no words for. Unlike its own raw pieces they leave a statement as
//! one that is planned once: their text never changes.

use diesel::expression::{
    AppearsOnTable, Expression, SelectableExpression, ValidGrouping, is_aggregate,
};
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::{BigInt, Bool};
use kernel::UserId;
use store::{DbUuid, MultiBackend};

/// A number that is worked out by this text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Number(pub(super) &'static str);

/// Whether the other of a conversation, where it has one, is none of these people.
#[derive(Debug, Clone, Copy)]
pub(super) struct PeerIsNotAmong<'a>(pub(super) &'a [UserId]);

impl QueryFragment<MultiBackend> for Number {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        out.push_sql(self.0);
        Ok(())
    }
}

impl QueryFragment<MultiBackend> for PeerIsNotAmong<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        if self.0.is_empty() {
            out.push_sql("TRUE");
            return Ok(());
        }
        // Its length changes the text.
        out.unsafe_to_cache_prepared();
        out.push_sql("(chat_members.peer_id IS NULL OR chat_members.peer_id NOT IN (");
        for (number, user) in self.0.iter().enumerate() {
            if number > 0 {
                out.push_sql(", ");
            }
            out.push_bind_param::<DbUuid, UserId>(user)?;
        }
        out.push_sql("))");
        Ok(())
    }
}

macro_rules! expression {
    ($type:ty as $sql:ty) => {
        impl Expression for $type {
            type SqlType = $sql;
        }
        impl QueryId for $type {
            type QueryId = ();
            const HAS_STATIC_QUERY_ID: bool = false;
        }
        impl<From> AppearsOnTable<From> for $type {}
        impl<From> SelectableExpression<From> for $type {}
        impl ValidGrouping<()> for $type {
            type IsAggregate = is_aggregate::Never;
        }
    };
}
expression!(Number as BigInt);
expression!(PeerIsNotAmong<'_> as Bool);
