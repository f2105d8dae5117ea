//! A raw WebSocket of somebody.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

/// How long a frame may take before the test gives up; it never decides a test that works.
const PATIENCE: Duration = Duration::from_secs(20);

/// An open socket.
pub struct Socket {
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

impl Socket {
    /// Opens a socket at a node, with these headers.
    pub async fn open(node: &str, path: &str, headers: &[(&'static str, String)]) -> Self {
        let url = format!("{}{path}", node.replacen("http", "ws", 1));
        let mut request = url.into_client_request().unwrap();
        for (name, value) in headers {
            request.headers_mut().insert(*name, value.parse().unwrap());
        }
        let (stream, _) = tokio_tungstenite::connect_async(request).await.unwrap();
        Self { stream }
    }

    /// Sends a frame.
    pub async fn send(&mut self, frame: Value) {
        self.send_text(&frame.to_string()).await;
    }

    /// Sends any text.
    pub async fn send_text(&mut self, text: &str) {
        self.stream.send(Message::text(text)).await.unwrap();
    }

    /// Sends an action with a mark and waits for its answer.
    pub async fn ask(&mut self, action: &str, data: Value) -> Value {
        let cid = format!("cid-{action}");
        self.send(json!({"action": action, "data": data, "cid": cid}))
            .await;
        loop {
            let frame = self.next().await;
            if frame["data"]["cid"] == cid {
                return frame;
            }
        }
    }

    /// The next JSON frame.
    pub async fn next(&mut self) -> Value {
        match self.next_message().await {
            Message::Text(text) => serde_json::from_str(&text).unwrap(),
            other => panic!("expected a frame, got {other:?}"),
        }
    }

    /// The first frame, or the code with which the socket was closed instead.
    pub async fn first(&mut self) -> Result<Value, u16> {
        match self.next_message().await {
            Message::Text(text) => Ok(serde_json::from_str(&text).unwrap()),
            Message::Close(Some(close)) => Err(close.code.into()),
            other => panic!("expected a frame, got {other:?}"),
        }
    }

    /// The next frame of this name; others are passed over.
    pub async fn next_named(&mut self, name: &str) -> Value {
        loop {
            let frame = self.next().await;
            if frame["action"] == name || frame["type"] == name {
                return frame;
            }
        }
    }

    /// Waits for the close frame and gives its code and reason; others are passed over.
    pub async fn closed(&mut self) -> (u16, String) {
        loop {
            match self.next_message().await {
                Message::Close(Some(close)) => {
                    return (close.code.into(), close.reason.to_string());
                }
                Message::Text(_) => {}
                other => panic!("expected a close frame, got {other:?}"),
            }
        }
    }

    async fn next_message(&mut self) -> Message {
        loop {
            let next = tokio::time::timeout(PATIENCE, self.stream.next()).await;
            match next
                .expect("nothing came")
                .expect("the connection ended")
                .unwrap()
            {
                Message::Ping(_) | Message::Pong(_) => {}
                message => return message,
            }
        }
    }
}
