//! Requests to an actix application without a listener.

use std::rc::Rc;

use actix_http::{ConnectionType, Request};
use actix_service::{Service, ServiceFactory};
use actix_web::HttpResponse;
use actix_web::body::{MessageBody, to_bytes};
use actix_web::dev::AppConfig;
use actix_web::http::Method;
use actix_web::test::TestRequest;
use actix_web::web::Bytes;
use futures_util::future::LocalBoxFuture;
use serde_json::Value;

type Call = dyn Fn(Request) -> LocalBoxFuture<'static, HttpResponse>;

/// A client of an application at `http://localhost:8080`, on the same machine.
#[derive(Clone)]
pub struct TestClient(Rc<Call>);

/// A response with its whole body.
#[derive(Debug)]
pub struct TestResponse {
    /// The status.
    pub status: u16,
    head: HttpResponse<()>,
    /// The body.
    pub body: Bytes,
}

impl std::fmt::Debug for TestClient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TestClient")
    }
}

#[allow(
    clippy::unwrap_used,
    clippy::missing_panics_doc,
    reason = "the test has failed"
)]
impl TestClient {
    /// A client of this application.
    pub async fn new<F>(application: F) -> Self
    where
        F: ServiceFactory<
                Request,
                Config = AppConfig,
                Response = HttpResponse,
                Error = actix_web::Error,
                InitError = (),
            >,
        F::Service: 'static,
        <F::Service as Service<Request>>::Future: 'static,
    {
        let service = application.new_service(AppConfig::default()).await.unwrap();
        let call = move |request| {
            let responding = service.call(request);
            let response: LocalBoxFuture<'static, HttpResponse> =
                Box::pin(async move { responding.await.unwrap() });
            response
        };
        Self(Rc::new(call))
    }

    /// Sends a request with the host of the application.
    pub async fn send(&self, request: TestRequest) -> TestResponse {
        self.send_raw(request.insert_header(("host", "localhost:8080")))
            .await
    }

    /// Sends a request as it is.
    pub async fn send_raw(&self, request: TestRequest) -> TestResponse {
        let peer = "127.0.0.1:50000".parse().unwrap();
        let response = (self.0)(request.peer_addr(peer).to_request()).await;
        TestResponse::read(response).await
    }

    /// Sends a GET request.
    pub async fn get(&self, uri: &str) -> TestResponse {
        self.send(TestRequest::get().uri(uri)).await
    }

    /// Sends a POST request with a JSON body.
    pub async fn post(&self, uri: &str, body: &str) -> TestResponse {
        self.send(json_request(Method::POST, uri, body)).await
    }
}

#[allow(
    clippy::unwrap_used,
    clippy::missing_panics_doc,
    reason = "the test has failed"
)]
impl TestResponse {
    async fn read(response: HttpResponse) -> Self {
        let (head, body) = response.into_parts();
        let body = match body.try_into_bytes() {
            Ok(bytes) => bytes,
            Err(body) => to_bytes(body).await.map_err(|_| "unreadable").unwrap(),
        };
        Self {
            status: head.status().as_u16(),
            head,
            body,
        }
    }

    /// A header as text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let value = self.head.headers().get(name);
        value.map(|value| value.to_str().unwrap())
    }

    /// Whether the connection is closed after this response.
    #[must_use]
    pub fn closes(&self) -> bool {
        self.head.head().connection_type() == ConnectionType::Close
    }

    /// The body as JSON.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// Asserts an error envelope with this status and code, and returns its error.
    #[allow(clippy::indexing_slicing, reason = "missing fields are null")]
    #[track_caller]
    pub fn assert_error(&self, status: u16, code: &str) -> Value {
        let body = self.json();
        let found = (self.status, body["error"]["code"].as_str());
        assert_eq!(found, (status, Some(code)), "{body}");
        assert_eq!(body["success"], false);
        let message = body["message"].as_str();
        assert!(message.is_some_and(|text| text.ends_with('.')), "{body}");
        let request_id = body["error"]["request_id"].as_str();
        assert_eq!(request_id, self.header("x-request-id"));
        assert_eq!(self.header("content-type"), Some("application/json"));
        body["error"].clone()
    }
}

/// A request with a JSON body.
#[must_use]
pub fn json_request(method: Method, uri: &str, body: &str) -> TestRequest {
    TestRequest::default()
        .method(method)
        .uri(uri)
        .insert_header(("content-type", "application/json"))
        .set_payload(body.to_owned())
}
