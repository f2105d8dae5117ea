//! Somebody who uses the server.

use std::sync::atomic::{AtomicUsize, Ordering};

use reqwest::{Client, Method, RequestBuilder};
use serde_json::{Value, json};

use crate::{Answer, PATIENCE, until};

/// Everybody's password, unless a test says otherwise.
pub const PASSWORD: &str = "plum-tangent-orbit-42";

/// A client that asks nobody on the way. Its TLS has to be chosen, though nothing here uses it.
pub fn client() -> Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder().no_proxy().build().unwrap()
}

/// A person with a browser of sorts: calls go to the nodes in turn, as a load balancer would
/// send them.
pub struct Person {
    urls: Vec<String>,
    turn: AtomicUsize,
    address: String,
    client: Client,
    /// Their name, once registered.
    pub name: String,
    /// Their access token, once signed in.
    pub access: String,
    /// Their refresh token, once signed in.
    pub refresh: String,
}

impl Person {
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

    /// The same person and browser once more.
    #[must_use]
    pub fn again(&self) -> Self {
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

    /// The same person at another address, as if they had moved.
    #[must_use]
    pub fn elsewhere(mut self) -> Self {
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

    /// Their mail address.
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

    /// A request with their access token, if they have one.
    pub fn signed(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.request(method, path);
        if self.access.is_empty() {
            request
        } else {
            request.bearer_auth(&self.access)
        }
    }

    /// Sends a request; again after a while where the server has too much to do at the moment, as
    /// clients should: it has done nothing then.
    pub async fn send(&self, request: RequestBuilder) -> Answer {
        let answered = tokio::time::timeout(PATIENCE, send_until_taken(request));
        answered
            .await
            .expect("the server was overloaded throughout")
    }

    /// Reads.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(self.signed(Method::GET, path)).await
    }

    /// Posts JSON.
    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.send(self.signed(Method::POST, path).json(&body)).await
    }

    /// Puts JSON.
    pub async fn put(&self, path: &str, body: Value) -> Answer {
        self.send(self.signed(Method::PUT, path).json(&body)).await
    }

    /// Patches with JSON.
    pub async fn patch(&self, path: &str, body: Value) -> Answer {
        self.send(self.signed(Method::PATCH, path).json(&body))
            .await
    }

    /// Deletes.
    pub async fn delete(&self, path: &str) -> Answer {
        self.send(self.signed(Method::DELETE, path)).await
    }

    /// Waits until every node refuses their access token with this code. The node that ends a
    /// session knows at once; the others hear of it, and remember sessions for a second at most.
    pub async fn refused_everywhere(&self, code: &str) {
        for url in &self.urls {
            let what = format!("{url} refuses the token of {} with {code}", self.name);
            crate::until(&what, || async {
                let request = self.client.get(format!("{url}/api/v1/users/profile/"));
                let request = request.header("x-forwarded-for", &self.address);
                let answer = self.send(request.bearer_auth(&self.access)).await;
                answer.status == 401 && answer.json()["error"]["code"] == code
            })
            .await;
        }
    }

    /// Registers under this name.
    pub async fn register(&mut self, name: &str) -> Answer {
        name.clone_into(&mut self.name);
        let body = json!({
            "username": name, "email": self.email(),
            "password": PASSWORD, "password_confirm": PASSWORD,
        });
        self.post("/api/v1/users/register/", body).await.expect(201)
    }

    /// Follows the link in the newest mail that has one for this page, as in `verify-email`.
    pub async fn mailed_token(&self, page: &str) -> String {
        let mark = format!("/account/{page}#token=");
        until("the mail with the link", || async {
            self.find_in_mail(&mark).await.is_some()
        })
        .await;
        self.find_in_mail(&mark).await.unwrap()
    }

    /// The text that follows `mark` in their newest mail, up to white space.
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

    /// The mails to their address, from the dev mailboxes of all nodes.
    pub async fn mails(&self) -> Vec<Value> {
        let mut mails = vec![];
        for url in &self.urls {
            let request = self.client.get(format!("{url}/dev/mailbox/?format=json"));
            let all = Answer::of(request.send().await.unwrap())
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

    /// Proves their address.
    pub async fn verify_email(&self) {
        let token = self.mailed_token("verify-email").await;
        self.post("/api/v1/auth/email/verify/", json!({ "token": token }))
            .await
            .expect(200);
    }

    /// Signs in with their name and password.
    pub async fn sign_in(&mut self) -> Answer {
        let answer = self
            .post(
                "/api/v1/token/",
                json!({"username": self.name, "password": PASSWORD}),
            )
            .await;
        self.keep_tokens(answer.expect(200))
    }

    /// Keeps the tokens of an answer.
    pub fn keep_tokens(&mut self, answer: Answer) -> Answer {
        let json = answer.json();
        json["access"]
            .as_str()
            .unwrap()
            .clone_into(&mut self.access);
        json["refresh"]
            .as_str()
            .unwrap()
            .clone_into(&mut self.refresh);
        answer
    }
}

async fn send_until_taken(mut request: RequestBuilder) -> Answer {
    loop {
        let again = request.try_clone();
        let answer = Answer::of(request.send().await.unwrap()).await;
        match (answer.wait_if_overloaded(), again) {
            (Some(wait), Some(again)) => {
                tokio::time::sleep(wait).await;
                request = again;
            }
            _ => return answer,
        }
    }
}
