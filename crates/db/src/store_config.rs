//! Configuration of the database.

use crate::DatabaseUrl;

/// Which database to open, and with how many connections.
#[derive(Debug, Clone)]
pub struct StoreConfig {
    /// Address of the database.
    pub url: DatabaseUrl,
    /// Reader threads on SQLite, connections on PostgreSQL.
    pub connections: usize,
    /// Whether to apply pending migrations first.
    pub migrate: bool,
}
