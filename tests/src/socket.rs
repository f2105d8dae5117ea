//! A raw WebSocket of somebody.

use std::collections::HashMap;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

use crate::{PATIENCE, catalogue};

/// An open socket.
pub struct Socket {
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
    /// Where it was opened.
    path: String,
    /// The names of the actions that were sent, by their `cid`.
    sent: HashMap<String, String>,
}

/// Something that came.
#[derive(Debug, Clone, PartialEq)]
pub enum Heard {
    /// A frame.
    Frame(Value),
    /// The good-bye, with its code and reason.
    Closed(u16, String),
    /// The connection ended without one, which clients see as 1006.
    Cut,
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
        Self {
            stream,
            path: path.to_owned(),
            sent: HashMap::new(),
        }
    }

    /// Sends a frame.
    pub async fn send(&mut self, frame: Value) {
        self.send_text(&frame.to_string()).await;
    }

    /// Sends any text.
    pub async fn send_text(&mut self, text: &str) {
        self.stream.send(Message::text(text)).await.unwrap();
    }

    /// Sends any message, if the other side still takes it.
    pub async fn try_send(&mut self, message: Message) -> bool {
        self.stream.send(message).await.is_ok()
    }

    /// Says good-bye and waits for the answer.
    pub async fn leave(mut self) {
        let _ = self.stream.close(None).await;
        while let Some(Ok(_)) = self.stream.next().await {}
    }

    /// Sends an action with a mark of its own and gives the mark.
    pub async fn mark(&mut self, action: &str, data: Value) -> String {
        let cid = format!("cid-{}", self.sent.len() + 1);
        self.sent.insert(cid.clone(), action.to_owned());
        self.send(json!({"action": action, "data": data, "cid": cid}))
            .await;
        cid
    }

    /// Sends an action with a mark and waits for its answer; other frames are passed over.
    pub async fn ask(&mut self, action: &str, data: Value) -> Value {
        self.ask_hearing(action, data).await.1
    }

    /// The same, and what came before the answer.
    pub async fn ask_hearing(&mut self, action: &str, data: Value) -> (Vec<Value>, Value) {
        let cid = self.mark(action, data).await;
        let mut heard = vec![];
        loop {
            let frame = self.next().await;
            if frame["data"]["cid"] == cid.as_str() {
                return (heard, frame);
            }
            heard.push(frame);
        }
    }

    /// Does something, which must be acknowledged.
    #[track_caller]
    pub fn done(&mut self, action: &'static str, data: Value) -> impl Future<Output = ()> {
        let caller = std::panic::Location::caller();
        async move {
            let answer = self.ask(action, data).await;
            assert_eq!(name(&answer), "ack", "{caller}: {answer}");
        }
    }

    /// Does something, which must be acknowledged and heard of here too; gives what was heard.
    pub async fn done_hearing(&mut self, action: &str, data: Value, event: &str) -> Value {
        let cid = self.mark(action, data).await;
        let (mut acknowledged, mut heard) = (false, None);
        loop {
            let frame = self.next().await;
            if name(&frame) == event {
                heard = Some(frame);
            } else if frame["data"]["cid"] == cid.as_str() {
                assert_eq!(name(&frame), "ack", "{action}: {frame}");
                acknowledged = true;
            }
            if acknowledged && let Some(heard) = heard.take() {
                return heard;
            }
        }
    }

    /// Asks for something, which must be refused with this code.
    pub async fn refused(&mut self, action: &'static str, data: Value, code: &str) -> Value {
        let answer = self.ask(action, data).await;
        assert_eq!(
            (name(&answer), answer["data"]["code"].as_str()),
            ("error", Some(code)),
            "{action}: {answer}"
        );
        let sentence = answer["data"]["message"].as_str();
        assert!(sentence.is_some_and(|text| !text.is_empty()), "{answer}");
        answer["data"].clone()
    }

    /// Waits until the server has seen all that was sent, and gives what came until then. From
    /// then on nothing is held back for a resume.
    pub async fn settled(&mut self) -> Vec<Value> {
        let mut heard = vec![];
        self.send(json!({"action": "ping"})).await;
        loop {
            let frame = self.next().await;
            if name(&frame) == "pong" {
                return heard;
            }
            heard.push(frame);
        }
    }

    /// The next JSON frame.
    pub async fn next(&mut self) -> Value {
        match self.heard().await {
            Heard::Frame(frame) => frame,
            other => panic!("expected a frame, got {other:?}"),
        }
    }

    /// The first frame, or the code with which the socket was closed instead.
    pub async fn first(&mut self) -> Result<Value, u16> {
        match self.heard().await {
            Heard::Frame(frame) => Ok(frame),
            Heard::Closed(code, _) => Err(code),
            Heard::Cut => panic!("the connection was cut"),
        }
    }

    /// The next frame of this name; others are passed over.
    pub async fn next_named(&mut self, wanted: &str) -> Value {
        self.passing_over(wanted).await.1
    }

    /// The next frame of this name, and the names of those passed over on the way.
    pub async fn passing_over(&mut self, wanted: &str) -> (Vec<String>, Value) {
        let mut passed = vec![];
        loop {
            match self.heard().await {
                Heard::Frame(frame) if name(&frame) == wanted => return (passed, frame),
                Heard::Frame(frame) => passed.push(name(&frame).to_owned()),
                other => panic!("waited for {wanted} past {passed:?}, got {other:?}"),
            }
        }
    }

    /// Waits for the close frame and gives its code and reason; others are passed over.
    pub async fn closed(&mut self) -> (u16, String) {
        loop {
            match self.heard().await {
                Heard::Closed(code, reason) => return (code, reason),
                Heard::Frame(_) => {}
                Heard::Cut => panic!("the connection was cut without a close frame"),
            }
        }
    }

    /// The text of the next frame, unread: for tests that hear more than they can look at.
    pub async fn next_text(&mut self) -> String {
        loop {
            let next = tokio::time::timeout(PATIENCE, self.stream.next()).await;
            match next.expect("nothing came") {
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                Some(Ok(Message::Text(text))) => return text.to_string(),
                other => panic!("expected a frame, got {other:?}"),
            }
        }
    }

    /// The next thing that comes, whatever it is.
    pub async fn heard(&mut self) -> Heard {
        loop {
            let next = tokio::time::timeout(PATIENCE, self.stream.next()).await;
            match next.expect("nothing came") {
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                Some(Ok(Message::Text(text))) => {
                    let frame = serde_json::from_str(&text).unwrap();
                    catalogue::holds(&self.path, &frame);
                    self.check_error(&frame);
                    return Heard::Frame(frame);
                }
                Some(Ok(Message::Close(Some(close)))) => {
                    return Heard::Closed(close.code.into(), close.reason.to_string());
                }
                Some(Ok(other)) => panic!("no server sends {other:?}"),
                Some(Err(_)) | None => return Heard::Cut,
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
            catalogue::lists_error(&self.path, action, frame);
        }
    }
}

/// The name of a frame, whichever key it stands under.
pub fn name(frame: &Value) -> &str {
    frame["action"]
        .as_str()
        .or(frame["type"].as_str())
        .unwrap_or_default()
}
