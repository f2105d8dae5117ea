//! Databases of one test.

use crate::folder::{Folder, folder};
use crate::postgres::PostgresCluster;

/// An empty database that belongs to one test and goes away with this value.
#[derive(Debug)]
pub struct Database {
    name: &'static str,
    url: String,
    home: Home,
}

/// What must stay for as long as the database is used.
#[derive(Debug)]
enum Home {
    Sqlite {
        _folder: Folder,
    },
    Postgres {
        cluster: &'static PostgresCluster,
        name: String,
    },
}

impl Database {
    /// The engine: `sqlite` or `postgres`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Where it is: `sqlite:PATH` or `postgres://…`.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The process of its server that all others come from, where it has a server.
    #[must_use]
    pub fn server_pid(&self) -> Option<u32> {
        match &self.home {
            Home::Sqlite { .. } => None,
            Home::Postgres { cluster, .. } => Some(cluster.pid()),
        }
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        if let Self::Postgres { cluster, name } = self {
            cluster.drop_database(name);
        }
    }
}

/// One fresh database of each engine on this machine; the first is SQLite.
#[must_use]
pub fn databases() -> Vec<Database> {
    std::iter::once(sqlite()).chain(postgres()).collect()
}

/// A fresh SQLite file, not yet created, in a folder of its own.
#[must_use]
pub fn sqlite() -> Database {
    let folder = folder();
    let file = folder.path().join("courtside.db");
    Database {
        name: "sqlite",
        url: format!("sqlite:{}", file.display()),
        home: Home::Sqlite { _folder: folder },
    }
}

/// A fresh database in this process's PostgreSQL, if the machine has PostgreSQL.
#[must_use]
pub fn postgres() -> Option<Database> {
    let cluster = PostgresCluster::shared()?;
    let name = cluster.create_database();
    Some(Database {
        name: "postgres",
        url: cluster.url(&name),
        home: Home::Postgres { cluster, name },
    })
}
