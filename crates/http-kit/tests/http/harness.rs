//! The application under test.

use std::collections::HashMap;
use std::ops::Deref;
use std::sync::Arc;

use actix_service::IntoServiceFactory;
use actix_web::web;
use actix_web::{App, HttpRequest, HttpResponse};
use cluster::{Cluster, RateLimitFactor};
use http_kit::middleware::AppServiceFactory;
use http_kit::{
    Failure, HttpAccess, HttpConfig, HttpState, Lifecycle, Network, PublicUrl, RouteTable, Routes,
    StaticFile, StaticFiles, fallback,
};
use kernel::Env;
use testkit::{Database, TestClient};

pub(crate) use testkit::json_request as json;

use crate::routes::{Users, register};

/// The application with a database of its own.
pub(crate) struct TestApp {
    client: TestClient,
    pub(crate) state: web::Data<HttpState>,
    _database: Database,
}

impl Deref for TestApp {
    type Target = TestClient;

    fn deref(&self) -> &TestClient {
        &self.client
    }
}

impl TestApp {
    /// The application at `http://localhost:8080`.
    pub(crate) async fn new() -> Self {
        Self::with(PublicUrl::local(8080), HttpAccess::default()).await
    }

    /// The application behind a trusted proxy.
    pub(crate) async fn behind_proxy() -> Self {
        let access = HttpAccess {
            trusted_proxies: vec!["127.0.0.1".parse::<Network>().unwrap()],
            ..HttpAccess::default()
        };
        Self::with(PublicUrl::local(8080), access).await
    }

    pub(crate) async fn with(public_url: PublicUrl, access: HttpAccess) -> Self {
        let database = testkit::sqlite();
        let env = Env::system();
        let state = web::Data::new(HttpState {
            config: HttpConfig::new(public_url, 8080, access),
            env: env.clone(),
            lifecycle: Lifecycle::default(),
            store: testkit::open_store(database.url(), env.clone()),
            rate_limiter: Cluster::local(&env).rate_limiter,
            rate_limit_factor: RateLimitFactor::Times(1.0),
            routes: RouteTable::new(http_kit::routes::list(&register, None)),
            authenticator: Arc::new(Users),
            request_hasher: Arc::new(Users),
            activity: Arc::new(Users),
        });
        let app = App::new()
            .app_data(state.clone())
            .configure(|config| Routes::configure(config, &mut vec![], register))
            .default_service(web::to(fall_back));
        let factory = AppServiceFactory::new(app.into_factory(), state.clone());
        Self {
            client: TestClient::new(factory).await,
            state,
            _database: database,
        }
    }
}

async fn fall_back(request: HttpRequest) -> Result<HttpResponse, Failure> {
    fallback::respond(&request, &files()).await
}

fn files() -> StaticFiles {
    let page = || StaticFile::page("index.html", b"<html>the client</html>");
    let files = [
        (
            "/app.js".to_owned(),
            StaticFile::page("app.js", b"import './views.js';"),
        ),
        ("/docs".to_owned(), StaticFile::moved("/docs/")),
    ];
    let pages = ["/", "/login"].map(|route| (route.to_owned(), page()));
    StaticFiles::new(HashMap::from(files), pages.into(), Some(page()))
}
