//! WebSockets of users.

use std::collections::HashMap;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

use crate::{TIMEOUT, catalogue};

/// An open socket.
pub struct Socket {
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
    /// The path with its query.
    path: String,
    /// The names of the actions that were sent, by their `cid`.
    sent: HashMap<String, String>,
}

/// A received frame or the end of the connection.
#[derive(Debug, Clone, PartialEq)]
pub enum SocketEvent {
    /// A frame.
    Frame(Value),
    /// A close frame with its code and reason.
    Closed(u16, String),
    /// The connection ended without a close frame, which clients see as 1006.
    Cut,
}

impl Socket {
    /// Opens a socket at a node, with these headers.
    pub async fn open(node: &str, path: &str, headers: &[(&'static str, String)]) -> Self {
        Self::try_open(node, path, headers).await.unwrap()
    }

    /// As [`open`](Self::open), but fails if the node is not there.
    pub async fn try_open(
        node: &str,
        path: &str,
        headers: &[(&'static str, String)],
    ) -> Result<Self, Error> {
        let url = format!("{}{path}", node.replacen("http", "ws", 1));
        let mut request = url.into_client_request().unwrap();
        for (name, value) in headers {
            request.headers_mut().insert(*name, value.parse().unwrap());
        }
        let (stream, _) = tokio_tungstenite::connect_async(request).await?;
        Ok(Self {
            stream,
            path: path.to_owned(),
            sent: HashMap::new(),
        })
    }

    /// Sends a frame.
    pub async fn send(&mut self, frame: Value) {
        self.send_text(&frame.to_string()).await;
    }

    /// Sends any text.
    pub async fn send_text(&mut self, text: &str) {
        self.stream.send(Message::text(text)).await.unwrap();
    }

    /// Sends any message; false if the connection is lost.
    pub async fn try_send(&mut self, message: Message) -> bool {
        self.stream.send(message).await.is_ok()
    }

    /// Sends a close frame and waits for the response.
    pub async fn close(mut self) {
        let _ = self.stream.close(None).await;
        while let Some(Ok(_)) = self.stream.next().await {}
    }

    /// Sends an action with a new `cid`, which it returns.
    pub async fn send_action(&mut self, action: &str, data: Value) -> String {
        let cid = format!("cid-{}", self.sent.len() + 1);
        self.sent.insert(cid.clone(), action.to_owned());
        self.send(json!({"action": action, "data": data, "cid": cid}))
            .await;
        cid
    }

    /// Sends an action and waits for its `ack` or `error`; other frames are skipped.
    pub async fn act(&mut self, action: &str, data: Value) -> Value {
        self.act_collecting(action, data).await.1
    }

    /// As [`act`](Self::act); returns the skipped frames, too.
    pub async fn act_collecting(&mut self, action: &str, data: Value) -> (Vec<Value>, Value) {
        let cid = self.send_action(action, data).await;
        let mut received = vec![];
        loop {
            let frame = self.next().await;
            if frame["data"]["cid"] == cid.as_str() {
                return (received, frame);
            }
            received.push(frame);
        }
    }

    /// Sends an action that must be acknowledged.
    #[track_caller]
    pub fn expect_ack(&mut self, action: &'static str, data: Value) -> impl Future<Output = ()> {
        let caller = std::panic::Location::caller();
        async move {
            let response = self.act(action, data).await;
            assert_eq!(name(&response), "ack", "{caller}: {response}");
        }
    }

    /// Sends an action that must be acknowledged and cause this event, which it returns.
    pub async fn expect_ack_and_event(&mut self, action: &str, data: Value, event: &str) -> Value {
        let cid = self.send_action(action, data).await;
        let (mut acknowledged, mut received) = (false, None);
        loop {
            let frame = self.next().await;
            if name(&frame) == event {
                received = Some(frame);
            } else if frame["data"]["cid"] == cid.as_str() {
                assert_eq!(name(&frame), "ack", "{action}: {frame}");
                acknowledged = true;
            }
            if acknowledged && let Some(received) = received.take() {
                return received;
            }
        }
    }

    /// Sends an action that must fail with this code; returns the data of the error.
    pub async fn expect_error(&mut self, action: &'static str, data: Value, code: &str) -> Value {
        let response = self.act(action, data).await;
        assert_eq!(
            (name(&response), response["data"]["code"].as_str()),
            ("error", Some(code)),
            "{action}: {response}"
        );
        let sentence = response["data"]["message"].as_str();
        assert!(sentence.is_some_and(|text| !text.is_empty()), "{response}");
        response["data"].clone()
    }

    /// Waits until the server has processed all sent frames, and returns the frames received meanwhile.
    /// From then on, no events wait for a resume.
    pub async fn sync(&mut self) -> Vec<Value> {
        let mut received = vec![];
        self.send(json!({"action": "ping"})).await;
        loop {
            let frame = self.next().await;
            if name(&frame) == "pong" {
                return received;
            }
            received.push(frame);
        }
    }

    /// The next JSON frame.
    pub async fn next(&mut self) -> Value {
        match self.receive().await {
            SocketEvent::Frame(frame) => frame,
            other => panic!("expected a frame, got {other:?}"),
        }
    }

    /// The first frame, or the close code of a refused socket.
    pub async fn first(&mut self) -> Result<Value, u16> {
        match self.receive().await {
            SocketEvent::Frame(frame) => Ok(frame),
            SocketEvent::Closed(code, _) => Err(code),
            SocketEvent::Cut => panic!("the connection was cut"),
        }
    }

    /// The next frame with this name; others are skipped.
    pub async fn next_event(&mut self, wanted: &str) -> Value {
        self.skip_to(wanted).await.1
    }

    /// The names of the skipped frames and the next frame with this name.
    pub async fn skip_to(&mut self, wanted: &str) -> (Vec<String>, Value) {
        let mut passed = vec![];
        loop {
            match self.receive().await {
                SocketEvent::Frame(frame) if name(&frame) == wanted => return (passed, frame),
                SocketEvent::Frame(frame) => passed.push(name(&frame).to_owned()),
                other => panic!("waited for {wanted} past {passed:?}, got {other:?}"),
            }
        }
    }

    /// Waits for the close frame and returns its code and reason; other frames are skipped.
    pub async fn wait_for_close(&mut self) -> (u16, String) {
        loop {
            match self.receive().await {
                SocketEvent::Closed(code, reason) => return (code, reason),
                SocketEvent::Frame(_) => {}
                SocketEvent::Cut => panic!("the connection was cut without a close frame"),
            }
        }
    }

    /// The text of the next frame, not parsed: for tests with many frames.
    pub async fn next_text(&mut self) -> String {
        loop {
            let next = tokio::time::timeout(TIMEOUT, self.stream.next()).await;
            match next.expect("no frame was received") {
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                Some(Ok(Message::Text(text))) => return text.to_string(),
                other => panic!("expected a frame, got {other:?}"),
            }
        }
    }

    /// The next frame or the end of the connection.
    pub async fn receive(&mut self) -> SocketEvent {
        loop {
            let next = tokio::time::timeout(TIMEOUT, self.stream.next()).await;
            match next.expect("no frame was received") {
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                Some(Ok(Message::Text(text))) => {
                    let frame = serde_json::from_str(&text).unwrap();
                    catalogue::assert_documented(&self.path, &frame);
                    self.check_error(&frame);
                    return SocketEvent::Frame(frame);
                }
                Some(Ok(Message::Close(Some(close)))) => {
                    return SocketEvent::Closed(close.code.into(), close.reason.to_string());
                }
                Some(Ok(other)) => panic!("unexpected message {other:?}"),
                Some(Err(_)) | None => return SocketEvent::Cut,
            }
        }
    }
}

impl Socket {
    /// Fails the test if an action failed with an error that the catalogue does not list for it.
    fn check_error(&self, frame: &Value) {
        let cid = frame["data"]["cid"].as_str();
        let action = cid.and_then(|cid| self.sent.get(cid));
        if let Some(action) = action.filter(|_| name(frame) == "error") {
            catalogue::assert_error_documented(&self.path, action, frame);
        }
    }
}

/// The name of a frame, from either key.
pub fn name(frame: &Value) -> &str {
    frame["action"]
        .as_str()
        .or(frame["type"].as_str())
        .unwrap_or_default()
}
