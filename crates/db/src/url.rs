//! Addresses of databases.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

/// Address of a database. The scheme is required, so that a mistyped PostgreSQL address never becomes
/// the name of a SQLite file.
#[derive(Clone, PartialEq, Eq)]
pub enum DatabaseUrl {
    /// Path of a SQLite file.
    Sqlite(PathBuf),
    /// URL of a PostgreSQL server; it may contain a password.
    Postgres(String),
}

/// The address has an unknown scheme.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("a database URL starts with `sqlite:` or `postgres://`")]
pub struct BadDatabaseUrl;

impl FromStr for DatabaseUrl {
    type Err = BadDatabaseUrl;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.split_once(':') {
            Some(("sqlite", path)) if !path.is_empty() => Ok(Self::Sqlite(path.into())),
            Some(("postgres" | "postgresql", rest)) if rest.starts_with("//") => {
                Ok(Self::Postgres(text.to_owned()))
            }
            _ => Err(BadDatabaseUrl),
        }
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
            Self::Postgres(_) => f.write_str("postgres://***"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parse_requires_a_known_scheme() {
        assert_eq!(
            "sqlite:a/b.db".parse(),
            Ok(DatabaseUrl::Sqlite("a/b.db".into()))
        );
        assert!(matches!(
            "postgresql://h/d".parse(),
            Ok(DatabaseUrl::Postgres(_))
        ));
        for bad in [
            "",
            "a.db",
            "sqlite:",
            "postgres:h/d",
            "postgress://h/d",
            "mysql://h/d",
        ] {
            assert_eq!(bad.parse::<DatabaseUrl>(), Err(BadDatabaseUrl), "{bad}");
        }
    }

    #[test]
    fn debug_hides_the_password() {
        let url: DatabaseUrl = "postgres://me:secret@host/db".parse().unwrap();
        assert!(!format!("{url:?}").contains("secret"));
    }
}
