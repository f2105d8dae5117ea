//! Many rows in one statement, with the same SQL around them on both databases.

use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::serialize::ToSql;
use diesel::sql_types::{Array, HasSqlType, SingleValue};
use diesel::sqlite::Sqlite;

use crate::{AnyConn, Each};

/// A statement over rows that are given with it: `Bulk::new("UPDATE t SET n = v.column2 FROM ",
/// " WHERE t.id = v.column1").column::<DbUuid, _>(ids).column::<BigInt, _>(numbers)`.
///
/// The rows stand between the two texts as a relation `v` with the columns `column1`, `column2`
/// and so on: arrays on PostgreSQL, where the statement is then the same for any number of rows
/// and planned once, and `VALUES` on SQLite, which has no arrays. An `INSERT … SELECT … FROM`
/// with `ON CONFLICT` needs a `WHERE true` before it, or SQLite takes the `ON` for a join.
///
/// Where there are no rows, the database is not asked. SQLite takes 32,766 values in one statement.
pub struct Bulk<'a, ST> {
    before: &'static str,
    after: &'static str,
    columns: Vec<Box<dyn Column + 'a>>,
    answers: std::marker::PhantomData<fn() -> ST>,
}

impl<ST> std::fmt::Debug for Bulk<'_, ST> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}…{}", self.before, self.after)
    }
}

impl<'a, ST> Bulk<'a, ST> {
    /// The statement whose rows stand between `before` and `after`; it answers rows of type `ST`.
    #[must_use]
    pub fn new(before: &'static str, after: &'static str) -> Self {
        Self {
            before,
            after,
            columns: vec![],
            answers: std::marker::PhantomData,
        }
    }

    /// Adds a column; all have the same length.
    #[must_use]
    pub fn column<T, V>(mut self, values: Vec<V>) -> Self
    where
        T: SingleValue + Send + 'static,
        V: ToSql<T, Sqlite> + Send + 'a,
        Vec<V>: ToSql<Array<T>, Pg>,
        Pg: HasSqlType<Array<T>>,
        Sqlite: HasSqlType<T>,
    {
        self.columns.push(Box::new(Values::<T, V> {
            values,
            of: std::marker::PhantomData,
        }));
        self
    }

    /// Runs it and says how many rows it touched.
    pub fn execute(self, conn: &mut AnyConn) -> QueryResult<usize> {
        if self.is_empty() {
            return Ok(0);
        }
        Each(self).execute(conn)
    }

    /// Runs it and gives its answer.
    pub fn load<'q, U>(self, conn: &mut AnyConn) -> QueryResult<Vec<U>>
    where
        Each<Self>: diesel::query_dsl::LoadQuery<'q, AnyConn, U>,
    {
        if self.is_empty() {
            return Ok(vec![]);
        }
        Each(self).load(conn)
    }

    fn is_empty(&self) -> bool {
        self.columns.first().is_none_or(|column| column.rows() == 0)
    }

    fn names(&self) -> impl Iterator<Item = String> {
        (1..=self.columns.len()).map(|number| format!("column{number}"))
    }
}

/// One column of the rows.
trait Column: Send {
    fn rows(&self) -> usize;
    fn all<'b>(&'b self, out: AstPass<'_, 'b, Pg>) -> QueryResult<()>;
    fn one<'b>(&'b self, row: usize, out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()>;
}

struct Values<T, V> {
    values: Vec<V>,
    of: std::marker::PhantomData<fn() -> T>,
}

impl<T, V> Column for Values<T, V>
where
    T: SingleValue + Send + 'static,
    V: ToSql<T, Sqlite> + Send,
    Vec<V>: ToSql<Array<T>, Pg>,
    Pg: HasSqlType<Array<T>>,
    Sqlite: HasSqlType<T>,
{
    fn rows(&self) -> usize {
        self.values.len()
    }

    fn all<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_bind_param::<Array<T>, Vec<V>>(&self.values)
    }

    fn one<'b>(&'b self, row: usize, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        match self.values.get(row) {
            Some(value) => out.push_bind_param::<T, V>(value),
            None => Err(diesel::result::Error::QueryBuilderError(
                "the columns differ in length".into(),
            )),
        }
    }
}

impl<ST> QueryFragment<Pg> for Bulk<'_, ST> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(self.before);
        for (number, column) in self.columns.iter().enumerate() {
            out.push_sql(if number == 0 { "unnest(" } else { ", " });
            column.all(out.reborrow())?;
        }
        out.push_sql(") AS v (");
        out.push_sql(&self.names().collect::<Vec<_>>().join(", "));
        out.push_sql(")");
        out.push_sql(self.after);
        Ok(())
    }
}

impl<ST> QueryFragment<Sqlite> for Bulk<'_, ST> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        out.unsafe_to_cache_prepared();
        out.push_sql(self.before);
        let rows = self.columns.first().map_or(0, |column| column.rows());
        for row in 0..rows {
            out.push_sql(if row == 0 { "(VALUES (" } else { "), (" });
            for (number, column) in self.columns.iter().enumerate() {
                if number > 0 {
                    out.push_sql(", ");
                }
                column.one(row, out.reborrow())?;
            }
        }
        out.push_sql(")) AS v");
        out.push_sql(self.after);
        Ok(())
    }
}

impl<ST> QueryId for Bulk<'_, ST> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<ST> Query for Bulk<'_, ST> {
    type SqlType = ST;
}
