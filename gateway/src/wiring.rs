//! The one place where the rooms of the house are fitted together.

use std::sync::Arc;

use async_trait::async_trait;
use kernel::{Actor, Ambient, Fault};
use store::{DatabaseUrl, Store, StoreConfig};

use crate::config::{Config, ConfigError};
use crate::error::Error;
use crate::http::kit::actor::Authenticate;
use crate::http::pages::Pages;
use crate::http::routes::Table;
use crate::http::site::Site;
use crate::lifecycle::Lifecycle;
use crate::telemetry::Metrics;

/// Everything that handlers and background work need, shared by all threads.
pub struct Services {
    /// Who this server is on the web.
    pub site: Site,
    /// Time and chance.
    pub ambient: Ambient,
    /// From ready to gone.
    pub lifecycle: Lifecycle,
    /// Counters and timings.
    pub metrics: Metrics,
    /// All routes.
    pub routes: Table,
    /// Files of the binary.
    pub pages: Pages,
    /// The database.
    pub store: Store,
    /// Turns tokens into people.
    pub authenticate: Arc<dyn Authenticate>,
}

impl std::fmt::Debug for Services {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Services")
    }
}

impl Services {
    /// Fits everything together, for a server that listens on `port`.
    ///
    /// # Errors
    /// A sentence for the operator about what is not there.
    pub fn build(
        config: &Config,
        port: u16,
        ambient: Ambient,
        metrics: Metrics,
    ) -> Result<Self, ConfigError> {
        let store = open_store(config, ambient.clone())?;
        Ok(Self {
            site: Site::new(config, port),
            lifecycle: Lifecycle::default(),
            metrics,
            routes: Table::new(crate::http::all),
            pages: Pages::new(),
            store,
            authenticate: Arc::new(Nobody),
            ambient,
        })
    }

    /// The services that a request's server has.
    ///
    /// # Errors
    /// The app was put together without them, which is a mistake of ours.
    pub fn of(request: &actix_web::HttpRequest) -> Result<&Self, Fault> {
        request
            .app_data::<actix_web::web::Data<Self>>()
            .map(|services| services.get_ref())
            .ok_or_else(|| Fault::internal("the app has no services"))
    }
}

/// Opens the database and brings it up to date.
///
/// # Errors
/// A sentence for the operator.
pub fn open_store(config: &Config, ambient: Ambient) -> Result<Store, ConfigError> {
    let url: DatabaseUrl = config
        .database_url
        .expose()
        .parse()
        .map_err(|error| ConfigError(format!("--database-url: {error}.")))?;
    let config = StoreConfig {
        url,
        connections: config.database_connections,
        migrate: true,
    };
    Store::open(&config, ambient)
        .map_err(|fault| ConfigError(format!("The database cannot be opened: {}.", fault.chain())))
}

/// Knows nobody.
struct Nobody;

#[async_trait]
impl Authenticate for Nobody {
    async fn authenticate(&self, _token: &str) -> Result<Actor, Fault> {
        Err(Error::NotSignedIn.into())
    }
}
