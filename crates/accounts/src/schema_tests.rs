//! Compares the tables of both databases with the schema: the columns in their order, their types,
//! and whether they can be null.

use db::{AnyConn, DbJson, DbTime, DbUuid, Store, StoreConfig};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Binary, Bool, Integer, Nullable, Text};
use kernel::{AppError, Env};

use crate::rules::search::VERSION;

/// A column as the database describes it.
#[derive(Debug, PartialEq, Eq, QueryableByName)]
struct ColumnDescription {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Bool)]
    nullable: bool,
}

/// The name of a schema type on PostgreSQL and on SQLite.
trait NamedType {
    const POSTGRES: &str;
    const SQLITE: &str;
    const NULLABLE: bool = false;
}

macro_rules! named {
    ($($kind:ty = $postgres:literal, $sqlite:literal;)+) => {$(
        impl NamedType for $kind {
            const POSTGRES: &str = $postgres;
            const SQLITE: &str = $sqlite;
        }
    )+};
}
named! {
    DbUuid = "uuid", "BLOB";
    DbTime = "timestamptz", "INTEGER";
    DbJson = "jsonb", "TEXT";
    Text = "text", "TEXT";
    Bool = "bool", "INTEGER";
    Integer = "int4", "INTEGER";
    BigInt = "int8", "INTEGER";
    Binary = "bytea", "BLOB";
}

impl<T: NamedType + diesel::sql_types::SqlType> NamedType for Nullable<T> {
    const POSTGRES: &str = T::POSTGRES;
    const SQLITE: &str = T::SQLITE;
    const NULLABLE: bool = true;
}

/// The columns of a table in the schema.
trait Columns {
    fn list(sqlite: bool) -> Vec<ColumnDescription>;
}

macro_rules! columns {
    ($first:ident $($rest:ident)*) => {
        impl<$first, $($rest),*> Columns for ($first, $($rest,)*)
        where
            $first: diesel::Column + Expression,
            <$first as Expression>::SqlType: NamedType,
            $($rest: diesel::Column + Expression, <$rest as Expression>::SqlType: NamedType,)*
        {
            fn list(sqlite: bool) -> Vec<ColumnDescription> {
                vec![column::<$first>(sqlite), $(column::<$rest>(sqlite)),*]
            }
        }
        columns!($($rest)*);
    };
    () => {};
}
columns!(A B C D E F G H I J K L M N O P Q R S T U V W X Y Z);

fn column<C>(sqlite: bool) -> ColumnDescription
where
    C: diesel::Column + Expression,
    <C as Expression>::SqlType: NamedType,
{
    let (here, there) = (C::SqlType::SQLITE, C::SqlType::POSTGRES);
    ColumnDescription {
        name: C::NAME.to_owned(),
        kind: if sqlite { here } else { there }.to_owned(),
        nullable: C::SqlType::NULLABLE,
    }
}

const ON_SQLITE: &str = r#"SELECT name, type AS kind, "notnull" = 0 AS nullable
    FROM pragma_table_info(?) ORDER BY cid"#;
const ON_POSTGRES: &str = "SELECT column_name::text AS name, udt_name::text AS kind,
    is_nullable = 'YES' AS nullable FROM information_schema.columns
    WHERE table_schema = current_schema() AND table_name = $1 ORDER BY ordinal_position";

fn found(conn: &mut AnyConn, table: &str) -> Result<Vec<ColumnDescription>, AppError> {
    let query = |sql: &str| diesel::sql_query(sql).bind::<Text, _>(table.to_owned());
    Ok(match conn {
        AnyConn::Sqlite(sqlite) => query(ON_SQLITE).load(sqlite)?,
        AnyConn::Postgres(pg) => query(ON_POSTGRES).load(pg)?,
    })
}

fn expected(sqlite: bool) -> Vec<(&'static str, Vec<ColumnDescription>)> {
    macro_rules! tables {
        ($($table:ident)+) => {
            vec![$((stringify!($table), list(super::$table::all_columns, sqlite))),+]
        };
    }
    tables!(
        users user_words sessions refresh_tokens mail_links login_challenges sign_in_failures authenticators
        recovery_codes socket_tickets data_exports account_audit released_usernames
    )
}

fn list<T: Columns>(_: T, sqlite: bool) -> Vec<ColumnDescription> {
    T::list(sqlite)
}

/// The SQL of an index.
fn index(conn: &mut AnyConn, name: &str) -> Result<String, AppError> {
    #[derive(QueryableByName)]
    struct Definition {
        #[diesel(sql_type = Text)]
        sql: String,
    }
    let query = |sql: &str| diesel::sql_query(sql).bind::<Text, _>(name.to_owned());
    let found: Definition = match conn {
        AnyConn::Sqlite(sqlite) => {
            query("SELECT sql FROM sqlite_schema WHERE name = ?").get_result(sqlite)?
        }
        AnyConn::Postgres(pg) => {
            query("SELECT indexdef AS sql FROM pg_indexes WHERE indexname = $1").get_result(pg)?
        }
    };
    Ok(found.sql)
}

#[tokio::test]
async fn index_of_outdated_names_contains_the_rules_version() {
    for database in testkit::databases() {
        let store = open(&database);
        let index = store.read(|conn| index(conn, "users_names_not_indexed"));
        let (index, version) = (index.await.unwrap(), format!("'{VERSION}/'"));
        assert!(index.contains(&version), "no {version} in {index}");
    }
}

fn open(database: &testkit::Database) -> Store {
    let config = StoreConfig {
        url: database.url().parse().unwrap(),
        connections: 1,
        migrate: true,
    };
    Store::open(&config, Env::system()).unwrap()
}

#[tokio::test]
async fn migrations_match_the_schema() {
    for database in testkit::databases() {
        let store = open(&database);
        for (table, columns) in expected(store.is_embedded()) {
            let found = store.read(move |conn| found(conn, table)).await.unwrap();
            assert_eq!(found, columns, "{table} on {}", database.name());
        }
    }
}
