//! An app to knock at.

use std::rc::Rc;

use actix_http::Request;
use actix_service::{Service, ServiceFactory};
use actix_web::HttpResponse;
use actix_web::body::{MessageBody, to_bytes};
use actix_web::dev::AppConfig;
use actix_web::http::Method;
use actix_web::test::TestRequest;
use actix_web::web::{self, Bytes};
use clap::Parser;
use futures_util::future::LocalBoxFuture;
use gateway::config::{CommandLine, Config};
use gateway::http;
use gateway::http::routes::Table;
use gateway::wiring::AppState;
use kernel::Env;
use serde_json::Value;
use telemetry::Metrics;
use tempfile::TempDir;

type Call = dyn Fn(Request) -> LocalBoxFuture<'static, HttpResponse>;

/// A running app with its own data folder.
pub(crate) struct Door {
    call: Rc<Call>,
    pub(crate) services: web::Data<AppState>,
    _data: TempDir,
}

/// An answer, read to its end.
#[derive(Debug)]
pub(crate) struct ApiResult {
    pub(crate) status: u16,
    head: HttpResponse<()>,
    pub(crate) body: Bytes,
}

impl ApiResult {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head
            .headers()
            .get(name)
            .map(|value| value.to_str().unwrap())
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("the body is JSON")
    }

    /// Checks that this is a refusal with this status and code, in its envelope.
    #[track_caller]
    pub(crate) fn refused(&self, status: u16, code: &str) -> Value {
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

impl Door {
    pub(crate) async fn open(arguments: &[&str]) -> Self {
        let data = tempfile::tempdir().unwrap();
        let folder = format!("--data={}", data.path().display());
        let line = [&["courtside", &folder], arguments].concat();
        let flags = CommandLine::try_parse_from(line).unwrap().flags;
        let config = Config::from_flags(&flags).unwrap();
        let metrics = Metrics::detached().unwrap();
        let mut services = AppState::build(&config, 8080, Env::system(), metrics)
            .await
            .unwrap();
        services.routes = Table::new(crate::routes::fill);
        services.authenticate = std::sync::Arc::new(crate::routes::Doorman);
        services.lifecycle.serve();
        let services = web::Data::new(services);
        let factory = http::app(services.clone(), crate::routes::fill);
        let app = factory.new_service(AppConfig::default()).await.unwrap();
        let app = Rc::new(app);
        let call = Rc::new(move |request| {
            let answering = app.call(request);
            let answer: LocalBoxFuture<'static, HttpResponse> =
                Box::pin(async move { answering.await.unwrap() });
            answer
        });
        Self {
            call,
            services,
            _data: data,
        }
    }

    /// A door with the usual configuration.
    pub(crate) async fn usual() -> Self {
        Self::open(&[]).await
    }

    pub(crate) async fn send(&self, request: TestRequest) -> ApiResult {
        self.send_raw(request.insert_header(("host", "localhost:8080")))
            .await
    }

    pub(crate) async fn send_raw(&self, request: TestRequest) -> ApiResult {
        let peer = "127.0.0.1:50000".parse().unwrap();
        let answer = (self.call)(request.peer_addr(peer).to_request()).await;
        read(answer).await
    }

    pub(crate) async fn get(&self, uri: &str) -> ApiResult {
        self.send(TestRequest::get().uri(uri)).await
    }

    pub(crate) async fn post(&self, uri: &str, body: &str) -> ApiResult {
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

async fn read(answer: HttpResponse) -> ApiResult {
    let (head, body) = answer.into_parts();
    let whole: Box<dyn std::error::Error> = "unreadable".into();
    let body = match body.try_into_bytes() {
        Ok(bytes) => bytes,
        Err(body) => to_bytes(body).await.map_err(|_| whole).unwrap(),
    };
    ApiResult {
        status: head.status().as_u16(),
        head,
        body,
    }
}
