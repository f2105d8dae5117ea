//! Schema migrations.

use diesel::connection::SimpleConnection;
use diesel::pg::Pg;
use diesel::sqlite::Sqlite;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};
use kernel::AppError;

use crate::AnyConn;
use crate::errors::MessageError;
use crate::locks::hash;
use crate::sqlite;

const SQLITE: EmbeddedMigrations = embed_migrations!("../../migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("../../migrations/postgres");

/// Applies pending migrations and returns their versions. Concurrently starting nodes wait for each other.
pub(crate) fn run(conn: &mut AnyConn) -> Result<Vec<String>, AppError> {
    match conn {
        // The pending migrations are read within the lock, so that the second node finds none.
        AnyConn::Sqlite(conn) => sqlite::migrate(conn, |held| {
            applied(held.run_pending_migrations(SQLITE)).map_err(MigrationError)
        })
        .map_err(|MigrationError(error)| error),
        AnyConn::Postgres(pg) => {
            let key = hash("courtside migrations");
            // Waiting for another node or rewriting a large table may take long.
            pg.batch_execute("SET statement_timeout = 0; SET lock_timeout = 0")?;
            pg.batch_execute(&format!("SELECT pg_advisory_lock({key})"))?;
            let result = applied(pg.run_pending_migrations(POSTGRES));
            pg.batch_execute(&format!("SELECT pg_advisory_unlock({key})"))?;
            result
        }
    }
}

/// Number of migrations that are not applied yet.
pub(crate) fn pending(conn: &mut AnyConn) -> Result<usize, AppError> {
    let pending = match conn {
        AnyConn::Sqlite(c) => {
            MigrationHarness::<Sqlite>::pending_migrations(c, SQLITE).map(|list| list.len())
        }
        AnyConn::Postgres(c) => {
            MigrationHarness::<Pg>::pending_migrations(c, POSTGRES).map(|list| list.len())
        }
    };
    pending.map_err(AppError::internal)
}

/// Carries an error out of the transaction.
struct MigrationError(AppError);

impl From<diesel::result::Error> for MigrationError {
    fn from(error: diesel::result::Error) -> Self {
        Self(AppError::internal(error))
    }
}

type Applied<'a> = diesel::migration::Result<Vec<diesel::migration::MigrationVersion<'a>>>;

fn applied(result: Applied<'_>) -> Result<Vec<String>, AppError> {
    match result {
        Ok(versions) => Ok(versions.iter().map(ToString::to_string).collect()),
        Err(error) => Err(AppError::internal(MessageError(error.to_string()))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use diesel::migration::{Migration, MigrationSource};

    #[test]
    fn migrations_have_the_same_versions_on_both_engines() {
        let sqlite: Vec<Box<dyn Migration<Sqlite>>> = SQLITE.migrations().unwrap();
        let postgres: Vec<Box<dyn Migration<Pg>>> = POSTGRES.migrations().unwrap();
        let sqlite: Vec<String> = sqlite.iter().map(|one| one.name().to_string()).collect();
        assert_eq!(
            sqlite,
            postgres
                .iter()
                .map(|one| one.name().to_string())
                .collect::<Vec<_>>()
        );
        assert!(!sqlite.is_empty());
    }
}
