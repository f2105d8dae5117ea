//! Responses of the server.

use std::time::Duration;

use reqwest::header::HeaderMap;
use serde_json::Value;

/// A response with its whole body.
#[derive(Debug)]
pub struct Response {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Vec<u8>,
}

impl Response {
    /// Reads a response to its end.
    pub async fn of(response: reqwest::Response) -> Self {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let body = response.bytes().await.unwrap().to_vec();
        Self {
            status,
            headers,
            body,
        }
    }

    /// The body as JSON.
    pub fn json(&self) -> Value {
        match serde_json::from_slice(&self.body) {
            Ok(json) => json,
            Err(error) => panic!("{error} in a {} response: {}", self.status, self.text()),
        }
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The `data` of a successful response.
    pub fn data(&self) -> Value {
        let json = self.json();
        assert_eq!(json["success"], true, "{json}");
        json["data"].clone()
    }

    /// The delay until a retry, if the server was overloaded.
    pub(crate) fn retry_delay_if_overloaded(&self) -> Option<Duration> {
        let is_overloaded = || self.json()["error"]["code"] == "overloaded";
        let seconds = self.header("retry-after").parse();
        let wait = seconds.ok().map(Duration::from_secs);
        wait.filter(|_| self.status == 503 && is_overloaded())
    }

    /// A header as text, empty if it is missing.
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map(|value| value.to_str().unwrap())
            .unwrap_or_default()
    }

    /// The response, which must have this status.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text());
        self
    }

    /// Checks that it is this error in the envelope, and returns the error object.
    #[track_caller]
    pub fn expect_error(&self, status: u16, code: &str) -> Value {
        let json = self.json();
        assert_eq!(
            (self.status, json["error"]["code"].as_str()),
            (status, Some(code)),
            "{json}"
        );
        assert_eq!(json["success"], false);
        assert!(
            json["message"]
                .as_str()
                .is_some_and(|message| !message.is_empty())
        );
        assert_eq!(json["error"]["request_id"], self.header("x-request-id"));
        json["error"].clone()
    }

    /// Checks that it is this error at this field.
    #[track_caller]
    pub fn expect_field_error(&self, status: u16, code: &str, field: &str) {
        let error = self.expect_error(status, code);
        assert!(
            error["fields"][field][0].is_string(),
            "no problem at {field}: {error}"
        );
    }
}
