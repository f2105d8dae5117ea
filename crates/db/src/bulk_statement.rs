//! Statements over many rows, with the same SQL on both engines.

use std::rc::Rc;

use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::query_dsl::LoadQuery;
use diesel::result::Error;
use diesel::serialize::ToSql;
use diesel::sql_types::{Array, HasSqlType, SingleValue};
use diesel::sqlite::Sqlite;

use crate::AnyConn;
use crate::statements::as_one;

/// A statement over the given rows: `BulkStatement::new("UPDATE t SET n = v.column2 FROM ",
/// " WHERE t.id = v.column1").column::<DbUuid, _>(ids).column::<BigInt, _>(numbers)`.
///
/// The rows stand between the two texts as a relation `v` with the columns `column1`, `column2`
/// and so on. PostgreSQL gets several rows as arrays, in one statement for any number of rows, and a
/// single row as plain parameters: statements over arrays are planned each time, as PostgreSQL expects
/// the cached plan to be worse. SQLite has neither arrays nor round trips and runs the statement once
/// per row. So a row must not depend on the effect of earlier rows, and a key must stand in one row only.
/// An `INSERT … SELECT … FROM` with `ON CONFLICT` needs a
/// `WHERE true` before it, or SQLite takes the `ON` for a join.
///
/// Without rows, no statement is run.
pub struct BulkStatement<'a, ST> {
    before: &'static str,
    after: &'static str,
    columns: Vec<Box<dyn Column + 'a>>,
    /// Statements without results that run with this one.
    alongside: Vec<BulkStatement<'a, ()>>,
    /// Queries without which nothing of this has an effect.
    guards: Vec<BulkStatement<'a, ()>>,
    /// What must hold of the row of the guards for this statement to have an effect.
    condition: Option<&'static str>,
    answers: std::marker::PhantomData<fn() -> ST>,
}

impl<ST> std::fmt::Debug for BulkStatement<'_, ST> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}…{}", self.before, self.after)
    }
}

impl<'a, ST> BulkStatement<'a, ST> {
    /// A statement whose rows stand between `before` and `after`; `ST` are the SQL types of its results.
    #[must_use]
    pub fn new(before: &'static str, after: &'static str) -> Self {
        Self {
            before,
            after,
            columns: vec![],
            alongside: vec![],
            guards: vec![],
            condition: None,
            answers: std::marker::PhantomData,
        }
    }

    /// Adds statements without results that touch other rows: PostgreSQL gets all as one statement. None
    /// sees the changes of the others.
    #[must_use]
    pub fn alongside(mut self, others: Vec<BulkStatement<'a, ()>>) -> Self {
        self.alongside
            .extend(others.into_iter().filter(|other| other.rows() > 0));
        self
    }

    /// Makes this statement and those alongside depend on queries: where one of them finds nothing, the
    /// rows of all are left out, so that the whole has no effect. Each query returns a row at most, with
    /// names of columns of its own. Only for PostgreSQL, where what is read and what is written need not
    /// be two statements then.
    #[must_use]
    pub fn guarded_by(mut self, guards: Vec<BulkStatement<'a, ()>>) -> Self {
        self.guards = guards;
        self
    }

    /// Leaves the rows out unless this holds, an expression over the columns of the
    /// [guards](Self::guarded_by).
    #[must_use]
    pub fn only_if(mut self, condition: &'static str) -> Self {
        self.condition = Some(condition);
        self
    }

    /// Adds a column; all have the same length.
    #[must_use]
    pub fn column<T, V>(mut self, values: Vec<V>) -> Self
    where
        T: SingleValue + Send + 'static,
        V: ToSql<T, Sqlite> + ToSql<T, Pg> + Send + 'a,
        Vec<V>: ToSql<Array<T>, Pg>,
        Pg: HasSqlType<Array<T>> + HasSqlType<T>,
        Sqlite: HasSqlType<T>,
    {
        self.columns.push(Box::new(Values::<T, V> {
            values,
            of: std::marker::PhantomData,
        }));
        self
    }

    /// Runs it and returns the number of rows that it changed itself.
    ///
    /// # Errors
    /// The statement failed.
    pub fn execute(self, conn: &mut AnyConn) -> QueryResult<usize> {
        match conn {
            _ if self.rows() == 0 => BulkStatement::execute_all(self.alongside, conn).map(|()| 0),
            AnyConn::Postgres(pg) => RunQueryDsl::execute(self, pg),
            AnyConn::Sqlite(sqlite) => as_one(|| self.execute_rows(sqlite)),
        }
    }

    /// Runs it and returns its results.
    ///
    /// # Errors
    /// The statement failed.
    pub fn load<'q, U>(self, conn: &mut AnyConn) -> QueryResult<Vec<U>>
    where
        Self: LoadQuery<'q, diesel::PgConnection, U>,
        One<'a, ST>: LoadQuery<'q, diesel::SqliteConnection, U>,
    {
        match conn {
            _ if self.rows() == 0 => {
                BulkStatement::execute_all(self.alongside, conn).map(|()| vec![])
            }
            AnyConn::Postgres(pg) => RunQueryDsl::load(self, pg),
            AnyConn::Sqlite(sqlite) => as_one(|| {
                let mut all = Vec::with_capacity(self.rows());
                for one in self.one_by_one(sqlite)? {
                    all.extend(one.load(sqlite)?);
                }
                Ok(all)
            }),
        }
    }

    fn execute_rows(self, sqlite: &mut SqliteConnection) -> QueryResult<usize> {
        let mut each = self.one_by_one(sqlite)?;
        each.try_fold(0, |sum, one| Ok(sum + one.execute(sqlite)?))
    }

    /// Runs the statements alongside and returns the statement for each row.
    fn one_by_one(
        mut self,
        sqlite: &mut SqliteConnection,
    ) -> QueryResult<impl Iterator<Item = One<'a, ST>> + use<'a, ST>> {
        if !self.guards.is_empty() {
            return Err(Error::QueryBuilderError("guards need PostgreSQL".into()));
        }
        for other in std::mem::take(&mut self.alongside) {
            other.execute_rows(sqlite)?;
        }
        let bulk = Rc::new(self);
        Ok((0..bulk.rows()).map(move |row| One {
            bulk: Rc::clone(&bulk),
            row,
        }))
    }

    fn rows(&self) -> usize {
        self.columns.first().map_or(0, |column| column.rows())
    }

    fn names(&self) -> impl Iterator<Item = String> {
        (1..=self.columns.len()).map(|number| format!("column{number}"))
    }
}

impl BulkStatement<'_, ()> {
    /// Runs several statements that have no results and touch different rows.
    ///
    /// # Errors
    /// A statement failed.
    pub fn execute_all(mut all: Vec<Self>, conn: &mut AnyConn) -> QueryResult<()> {
        all.retain(|bulk| bulk.rows() > 0);
        let Some(last) = all.pop() else {
            return Ok(());
        };
        last.alongside(all).execute(conn).map(drop)
    }
}

/// One column of the rows.
trait Column: Send {
    fn rows(&self) -> usize;
    fn all<'b>(&'b self, out: AstPass<'_, 'b, Pg>) -> QueryResult<()>;
    fn only<'b>(&'b self, out: AstPass<'_, 'b, Pg>) -> QueryResult<()>;
    fn one<'b>(&'b self, row: usize, out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()>;
}

struct Values<T, V> {
    values: Vec<V>,
    of: std::marker::PhantomData<fn() -> T>,
}

impl<T, V> Column for Values<T, V>
where
    T: SingleValue + Send + 'static,
    V: ToSql<T, Sqlite> + ToSql<T, Pg> + Send,
    Vec<V>: ToSql<Array<T>, Pg>,
    Pg: HasSqlType<Array<T>> + HasSqlType<T>,
    Sqlite: HasSqlType<T>,
{
    fn rows(&self) -> usize {
        self.values.len()
    }

    fn all<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_bind_param::<Array<T>, Vec<V>>(&self.values)
    }

    fn only<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_bind_param::<T, V>(self.value(0)?)
    }

    fn one<'b>(&'b self, row: usize, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        out.push_bind_param::<T, V>(self.value(row)?)
    }
}

impl<T, V> Values<T, V> {
    fn value(&self, row: usize) -> QueryResult<&V> {
        let differ = || Error::QueryBuilderError("the columns differ in length".into());
        self.values.get(row).ok_or_else(differ)
    }
}

impl<ST> QueryFragment<Pg> for BulkStatement<'_, ST> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let is_guarded = !self.guards.is_empty();
        let mut separator = "WITH ";
        for (number, guard) in self.guards.iter().enumerate() {
            out.push_sql(separator);
            out.push_sql(&format!("g{number} AS ("));
            guard.walk(guard.before, false, out.reborrow())?;
            out.push_sql(")");
            separator = ", ";
        }
        if is_guarded {
            let names: Vec<_> = (0..self.guards.len())
                .map(|one| format!("g{one}"))
                .collect();
            out.push_sql(&format!(", guard AS (SELECT * FROM {})", names.join(", ")));
        }
        for (number, other) in self.alongside.iter().enumerate() {
            out.push_sql(separator);
            out.push_sql(&format!("s{number} AS ("));
            other.walk(other.before, is_guarded, out.reborrow())?;
            out.push_sql(")");
            separator = ", ";
        }
        let before = match self.before.strip_prefix("WITH ") {
            Some(before) if separator == ", " => {
                out.push_sql(separator);
                before
            }
            _ => self.before,
        };
        self.walk(before, is_guarded, out)
    }
}

impl<ST> BulkStatement<'_, ST> {
    /// The statement itself, beginning with this text.
    fn walk<'b>(
        &'b self,
        before: &str,
        is_guarded: bool,
        mut out: AstPass<'_, 'b, Pg>,
    ) -> QueryResult<()> {
        out.push_sql(" ");
        out.push_sql(before);
        self.walk_rows(is_guarded, out.reborrow())?;
        out.push_sql(self.after);
        Ok(())
    }

    fn walk_rows<'b>(&'b self, is_guarded: bool, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let is_one = self.rows() == 1;
        out.push_sql(if is_guarded { "(SELECT r.* FROM " } else { "" });
        out.push_sql(if is_one { "(VALUES (" } else { "unnest(" });
        for (number, column) in self.columns.iter().enumerate() {
            out.push_sql(if number == 0 { "" } else { ", " });
            if is_one {
                column.only(out.reborrow())?;
            } else {
                column.all(out.reborrow())?;
            }
        }
        out.push_sql(if is_one { "))" } else { ")" });
        if is_guarded {
            // A join costs less than a subquery, which PostgreSQL prepares for each statement.
            out.push_sql(" AS r, guard");
            if let Some(condition) = self.condition {
                out.push_sql(" WHERE ");
                out.push_sql(condition);
            }
            out.push_sql(")");
        }
        out.push_sql(" AS v (");
        out.push_sql(&self.names().collect::<Vec<_>>().join(", "));
        out.push_sql(")");
        Ok(())
    }
}

impl<ST> QueryId for BulkStatement<'_, ST> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<ST> Query for BulkStatement<'_, ST> {
    type SqlType = ST;
}

impl<ST> RunQueryDsl<diesel::PgConnection> for BulkStatement<'_, ST> {}

/// The statement for one of its rows, as SQLite runs it.
#[derive(Debug)]
pub struct One<'a, ST> {
    bulk: Rc<BulkStatement<'a, ST>>,
    row: usize,
}

impl<ST> QueryFragment<Sqlite> for One<'_, ST> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        out.push_sql(self.bulk.before);
        for (number, column) in self.bulk.columns.iter().enumerate() {
            out.push_sql(if number == 0 { "(VALUES (" } else { ", " });
            column.one(self.row, out.reborrow())?;
        }
        out.push_sql(")) AS v");
        out.push_sql(self.bulk.after);
        Ok(())
    }
}

impl<ST> QueryId for One<'_, ST> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<ST> Query for One<'_, ST> {
    type SqlType = ST;
}

impl<ST> RunQueryDsl<diesel::SqliteConnection> for One<'_, ST> {}
