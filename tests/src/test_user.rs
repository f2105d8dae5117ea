//! Users of the server.

use std::sync::atomic::{AtomicUsize, Ordering};

use reqwest::{Client, Method, RequestBuilder};
use serde_json::{Value, json};

use crate::{Response, TIMEOUT, until};

/// The password of all users by default.
pub const PASSWORD: &str = "plum-tangent-orbit-42";

/// An HTTP client without proxy. It needs a TLS provider, although the tests use none.
pub fn client() -> Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder().no_proxy().build().unwrap()
}

/// A user with an HTTP client, whose requests go to the nodes in turn, as behind a load balancer.
pub struct TestUser {
    urls: Vec<String>,
    turn: AtomicUsize,
    address: String,
    client: Client,
    /// The username, once registered.
    pub name: String,
    /// The access token, once logged in.
    pub access: String,
    /// The refresh token, once logged in.
    pub refresh: String,
}

impl TestUser {
    pub(crate) fn new(urls: Vec<String>, address: String) -> Self {
        let client = client();
        let (name, access, refresh) = (String::new(), String::new(), String::new());
        Self {
            urls,
            turn: AtomicUsize::new(0),
            address,
            client,
            name,
            access,
            refresh,
        }
    }

    /// A copy with the same tokens, whose requests go to one node.
    #[must_use]
    pub fn at_node(&self, node: usize) -> Self {
        let mut copy = self.duplicate();
        copy.urls = self.urls.get(node).cloned().into_iter().collect();
        copy
    }

    /// A copy with the same tokens.
    #[must_use]
    pub fn duplicate(&self) -> Self {
        Self {
            urls: self.urls.clone(),
            turn: AtomicUsize::new(self.turn.load(Ordering::Relaxed)),
            address: self.address.clone(),
            client: self.client.clone(),
            name: self.name.clone(),
            access: self.access.clone(),
            refresh: self.refresh.clone(),
        }
    }

    /// The same user at another IP address.
    #[must_use]
    pub fn from_another_address(mut self) -> Self {
        let mut parts: Vec<u32> = self
            .address
            .split('.')
            .map(|part| part.parse().unwrap())
            .collect();
        parts[0] = if parts[0] >= 199 { 11 } else { parts[0] + 1 };
        self.address = parts
            .iter()
            .map(u32::to_string)
            .collect::<Vec<_>>()
            .join(".");
        self.turn.fetch_add(1, Ordering::Relaxed);
        self
    }

    /// The email address.
    pub fn email(&self) -> String {
        format!("{}@example.org", self.name)
    }

    /// A request to the next node, without credentials.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let turn = self.turn.fetch_add(1, Ordering::Relaxed);
        let url = format!("{}{path}", self.urls[turn % self.urls.len()]);
        self.client
            .request(method, url)
            .header("x-forwarded-for", &self.address)
    }

    /// A request with the access token, if there is one.
    pub fn authenticated_request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.request(method, path);
        if self.access.is_empty() {
            request
        } else {
            request.bearer_auth(&self.access)
        }
    }

    /// Sends a request. It is retried after a delay while the server is overloaded, as clients should: the
    /// server has done nothing then.
    pub async fn send(&self, request: RequestBuilder) -> Response {
        let responded = tokio::time::timeout(TIMEOUT, send_until_accepted(request));
        responded
            .await
            .expect("the server was overloaded throughout")
    }

    /// Sends a GET request.
    pub async fn get(&self, path: &str) -> Response {
        self.send(self.authenticated_request(Method::GET, path))
            .await
    }

    /// Sends a POST request with JSON.
    pub async fn post(&self, path: &str, body: Value) -> Response {
        self.send(self.authenticated_request(Method::POST, path).json(&body))
            .await
    }

    /// Sends a PUT request with JSON.
    pub async fn put(&self, path: &str, body: Value) -> Response {
        self.send(self.authenticated_request(Method::PUT, path).json(&body))
            .await
    }

    /// Sends a PATCH request with JSON.
    pub async fn patch(&self, path: &str, body: Value) -> Response {
        self.send(self.authenticated_request(Method::PATCH, path).json(&body))
            .await
    }

    /// Sends a DELETE request.
    pub async fn delete(&self, path: &str) -> Response {
        self.send(self.authenticated_request(Method::DELETE, path))
            .await
    }

    /// Waits until every node refuses the access token with this code. The node that ends a session
    /// refuses it at once, the others within a second.
    pub async fn expect_error_everywhere(&self, code: &str) {
        for url in &self.urls {
            let what = format!("{url} refuses the token of {} with {code}", self.name);
            crate::until(&what, || async {
                let request = self.client.get(format!("{url}/api/v1/users/profile/"));
                let request = request.header("x-forwarded-for", &self.address);
                let response = self.send(request.bearer_auth(&self.access)).await;
                response.status == 401 && response.json()["error"]["code"] == code
            })
            .await;
        }
    }

    /// Registers under this name.
    pub async fn register(&mut self, name: &str) -> Response {
        name.clone_into(&mut self.name);
        let body = json!({
            "username": name, "email": self.email(),
            "password": PASSWORD, "password_confirm": PASSWORD,
        });
        self.post("/api/v1/users/register/", body).await.expect(201)
    }

    /// Waits for an email with a link to this page, such as `verify-email`, and returns the token of the
    /// newest one.
    pub async fn mailed_token(&self, page: &str) -> String {
        let mark = format!("/account/{page}#token=");
        until("the mail with the link", || async {
            self.find_in_mail(&mark).await.is_some()
        })
        .await;
        self.find_in_mail(&mark).await.unwrap()
    }

    /// The text that follows `send_action` in their newest mail, up to white space.
    pub async fn find_in_mail(&self, mark: &str) -> Option<String> {
        let mut newest: Option<(String, String)> = None;
        for mail in self.mails().await {
            let text = mail["text"].as_str().unwrap();
            if let Some((_, rest)) = text.split_once(mark) {
                let found = rest.split_whitespace().next().unwrap().to_owned();
                let at = mail["sent_at"].as_str().unwrap().to_owned();
                newest = newest.max(Some((at, found)));
            }
        }
        newest.map(|(_, found)| found)
    }

    /// The emails to this user, from the dev mailboxes of all nodes.
    pub async fn mails(&self) -> Vec<Value> {
        let mut mails = vec![];
        for url in &self.urls {
            let request = self.client.get(format!("{url}/dev/mailbox/?format=json"));
            let all = Response::of(request.send().await.unwrap())
                .await
                .expect(200)
                .data();
            mails.extend(
                all.as_array()
                    .unwrap()
                    .iter()
                    .filter(|mail| mail["to"] == self.email())
                    .cloned(),
            );
        }
        mails
    }

    /// Verifies the email address.
    pub async fn verify_email(&self) {
        let token = self.mailed_token("verify-email").await;
        self.post("/api/v1/auth/email/verify/", json!({ "token": token }))
            .await
            .expect(200);
    }

    /// Logs in with username and password.
    pub async fn log_in(&mut self) -> Response {
        let response = self
            .post(
                "/api/v1/token/",
                json!({"username": self.name, "password": PASSWORD}),
            )
            .await;
        self.store_tokens(response.expect(200))
    }

    /// Stores the tokens of a response.
    pub fn store_tokens(&mut self, response: Response) -> Response {
        let json = response.json();
        json["access"]
            .as_str()
            .unwrap()
            .clone_into(&mut self.access);
        json["refresh"]
            .as_str()
            .unwrap()
            .clone_into(&mut self.refresh);
        response
    }
}

async fn send_until_accepted(mut request: RequestBuilder) -> Response {
    loop {
        let again = request.try_clone();
        let response = Response::of(request.send().await.unwrap()).await;
        match (response.retry_delay_if_overloaded(), again) {
            (Some(wait), Some(again)) => {
                tokio::time::sleep(wait).await;
                request = again;
            }
            _ => return response,
        }
    }
}
