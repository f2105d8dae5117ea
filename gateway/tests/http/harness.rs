//! The application with a data folder of its own.

use std::rc::Rc;

use actix_http::Request;
use actix_service::{Service, ServiceFactory};
use actix_web::HttpResponse;
use actix_web::body::{MessageBody, to_bytes};
use actix_web::dev::AppConfig;
use actix_web::test::TestRequest;
use actix_web::web::{self, Bytes};
use clap::Parser;
use futures_util::future::LocalBoxFuture;
use gateway::app;
use gateway::config::{CommandLine, Config};
use gateway::state::AppState;
use serde_json::Value;
use telemetry::Metrics;
use tempfile::TempDir;

type Call = dyn Fn(Request) -> LocalBoxFuture<'static, HttpResponse>;

/// The application with the default configuration.
pub(crate) struct TestApp {
    call: Rc<Call>,
    pub(crate) state: web::Data<AppState>,
    _data: TempDir,
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
        let value = self.head.headers().get(name);
        value.map(|value| value.to_str().unwrap())
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("the body is JSON")
    }

    /// Asserts an error with this status and code, and returns it.
    #[track_caller]
    pub(crate) fn assert_error(&self, status: u16, code: &str) -> Value {
        let body = self.json();
        let found = (self.status, body["error"]["code"].as_str());
        assert_eq!(found, (status, Some(code)), "{body}");
        body["error"].clone()
    }
}

impl TestApp {
    pub(crate) async fn new() -> Self {
        let data = tempfile::tempdir().unwrap();
        let folder = format!("--data={}", data.path().display());
        let line = ["courtside", &folder];
        let flags = CommandLine::try_parse_from(line).unwrap().flags;
        let config = Config::from_flags(&flags).unwrap();
        let metrics = Metrics::detached().unwrap();
        let state = app::build(&config, 8080, metrics).await.unwrap();
        state.http.lifecycle.serve();
        let state = web::Data::new(state);
        let factory = app::app(state.clone());
        let service = Rc::new(factory.new_service(AppConfig::default()).await.unwrap());
        let call = Rc::new(move |request| {
            let responding = service.call(request);
            let response: LocalBoxFuture<'static, HttpResponse> =
                Box::pin(async move { responding.await.unwrap() });
            response
        });
        Self {
            call,
            state,
            _data: data,
        }
    }

    pub(crate) async fn send(&self, request: TestRequest) -> TestResponse {
        let peer = "127.0.0.1:50000".parse().unwrap();
        let request = request.insert_header(("host", "localhost:8080"));
        read((self.call)(request.peer_addr(peer).to_request()).await).await
    }

    pub(crate) async fn get(&self, uri: &str) -> TestResponse {
        self.send(TestRequest::get().uri(uri)).await
    }
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
