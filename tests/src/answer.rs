//! What the server answered.

use std::time::Duration;

use reqwest::header::HeaderMap;
use serde_json::Value;

/// A whole answer.
#[derive(Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The head.
    pub headers: HeaderMap,
    /// The body.
    pub body: Vec<u8>,
}

impl Answer {
    /// Reads an answer to its end.
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
            Err(error) => panic!("{error} in a {} answer: {}", self.status, self.text()),
        }
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The `data` of a success.
    pub fn data(&self) -> Value {
        let json = self.json();
        assert_eq!(json["success"], true, "{json}");
        json["data"].clone()
    }

    /// When to ask again, where the server has more to do than it can at the moment.
    pub(crate) fn wait_if_overloaded(&self) -> Option<Duration> {
        let is_overloaded = || self.json()["error"]["code"] == "overloaded";
        let seconds = self.header("retry-after").parse();
        let wait = seconds.ok().map(Duration::from_secs);
        wait.filter(|_| self.status == 503 && is_overloaded())
    }

    /// A header as text, empty where it is missing.
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map(|value| value.to_str().unwrap())
            .unwrap_or_default()
    }

    /// The same answer if its status is this one.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text());
        self
    }

    /// Checks that it is this refusal, in the one envelope, and gives its error object.
    #[track_caller]
    pub fn refused(&self, status: u16, code: &str) -> Value {
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

    /// Checks that it is this refusal at this field.
    #[track_caller]
    pub fn refused_at(&self, status: u16, code: &str, field: &str) {
        let error = self.refused(status, code);
        assert!(
            error["fields"][field][0].is_string(),
            "no problem at {field}: {error}"
        );
    }
}
