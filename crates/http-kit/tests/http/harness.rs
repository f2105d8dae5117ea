//! The application under test.

use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use actix_http::{ConnectionType, Request};
use actix_service::{IntoServiceFactory, Service, ServiceFactory};
use actix_web::body::{MessageBody, to_bytes};
use actix_web::dev::AppConfig;
use actix_web::http::Method;
use actix_web::test::TestRequest;
use actix_web::web::{self, Bytes};
use actix_web::{App, HttpRequest, HttpResponse};
use cluster::{Cluster, RateLimitFactor};
use futures_util::future::LocalBoxFuture;
use http_kit::middleware::AppServiceFactory;
use http_kit::{
    Failure, HttpAccess, HttpConfig, HttpState, Lifecycle, Network, PublicUrl, RouteTable, Routes,
    StaticFile, StaticFiles, fallback,
};
use kernel::Env;
use serde_json::Value;
use testkit::Database;

use crate::routes::{Users, register};

type Call = dyn Fn(Request) -> LocalBoxFuture<'static, HttpResponse>;

/// The application with a database of its own.
pub(crate) struct TestApp {
    call: Rc<Call>,
    pub(crate) state: web::Data<HttpState>,
    _database: Database,
}

/// A response with its whole body.
#[derive(Debug)]
pub(crate) struct TestResponse {
    pub(crate) status: u16,
    head: HttpResponse<()>,
    pub(crate) body: Bytes,
}

impl TestResponse {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head
            .headers()
            .get(name)
            .map(|value| value.to_str().unwrap())
    }

    /// Whether the connection is closed after this response.
    pub(crate) fn closes(&self) -> bool {
        self.head.head().connection_type() == ConnectionType::Close
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("the body is JSON")
    }

    /// Asserts an error envelope with this status and code, and returns its error.
    #[track_caller]
    pub(crate) fn assert_error(&self, status: u16, code: &str) -> Value {
        let body = self.json();
        assert_eq!(
            (self.status, body["error"]["code"].as_str()),
            (status, Some(code)),
            "{body}"
        );
        assert_eq!(body["success"], false);
        assert!(
            body["message"]
                .as_str()
                .is_some_and(|text| text.ends_with('.'))
        );
        assert_eq!(
            body["error"]["request_id"].as_str(),
            self.header("x-request-id")
        );
        assert_eq!(self.header("content-type"), Some("application/json"));
        body["error"].clone()
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
            trusted_proxies: vec![Network::parse("127.0.0.1").unwrap()],
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
            .configure(|config| register(&mut Routes::new(config, &mut vec![])))
            .default_service(web::to(fall_back));
        let factory = AppServiceFactory::new(app.into_factory(), state.clone());
        let app = Rc::new(factory.new_service(AppConfig::default()).await.unwrap());
        let call = Rc::new(move |request| {
            let responding = app.call(request);
            let response: LocalBoxFuture<'static, HttpResponse> =
                Box::pin(async move { responding.await.unwrap() });
            response
        });
        Self {
            call,
            state,
            _database: database,
        }
    }

    pub(crate) async fn send(&self, request: TestRequest) -> TestResponse {
        self.send_raw(request.insert_header(("host", "localhost:8080")))
            .await
    }

    pub(crate) async fn send_raw(&self, request: TestRequest) -> TestResponse {
        let peer = "127.0.0.1:50000".parse().unwrap();
        let response = (self.call)(request.peer_addr(peer).to_request()).await;
        read(response).await
    }

    pub(crate) async fn get(&self, uri: &str) -> TestResponse {
        self.send(TestRequest::get().uri(uri)).await
    }

    pub(crate) async fn post(&self, uri: &str, body: &str) -> TestResponse {
        self.send(json(Method::POST, uri, body)).await
    }
}

/// A request with a JSON body.
pub(crate) fn json(method: Method, uri: &str, body: &str) -> TestRequest {
    TestRequest::default()
        .method(method)
        .uri(uri)
        .insert_header(("content-type", "application/json"))
        .set_payload(body.to_owned())
}

async fn read(response: HttpResponse) -> TestResponse {
    let (head, body) = response.into_parts();
    let whole: Box<dyn std::error::Error> = "unreadable".into();
    let body = match body.try_into_bytes() {
        Ok(bytes) => bytes,
        Err(body) => to_bytes(body).await.map_err(|_| whole).unwrap(),
    };
    TestResponse {
        status: head.status().as_u16(),
        head,
        body,
    }
}

async fn fall_back(request: HttpRequest) -> Result<HttpResponse, Failure> {
    fallback::respond(&request, &files()).await
}

fn files() -> StaticFiles {
    let page = || StaticFile::page("index.html", b"<html>the client</html>");
    let files = [
        ("/".to_owned(), page()),
        (
            "/app.js".to_owned(),
            StaticFile::page("app.js", b"import './views.js';"),
        ),
        ("/docs".to_owned(), StaticFile::moved("/docs/")),
    ];
    StaticFiles::new(HashMap::from(files), &["login"])
}
