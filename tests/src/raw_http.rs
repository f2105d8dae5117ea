//! HTTP at the level of bytes: for malformed and slow requests.

use std::net::Ipv4Addr;
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

use crate::TIMEOUT;

/// The pause between bytes of a slow request.
const PAUSE: Duration = Duration::from_millis(200);

/// A connection to a node.
pub struct RawHttp {
    stream: TcpStream,
    /// Received bytes that are not part of a response yet.
    read: Vec<u8>,
}

/// A response.
#[derive(Debug)]
pub struct RawResponse {
    /// The status; 0 if there was no response.
    pub status: u16,
    /// The status line and headers.
    pub head: String,
    /// The body.
    pub body: String,
}

impl RawResponse {
    /// A header's value.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut pairs = self.head.lines().filter_map(|line| line.split_once(": "));
        pairs
            .find(|(found, _)| found.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    }

    /// Checks that it is this error in the envelope, with a request id.
    #[track_caller]
    pub fn expect_error(&self, status: u16, code: &str) {
        assert_eq!(self.status, status, "{self:?}");
        let body: Value = serde_json::from_str(&self.body).unwrap();
        assert_eq!(body["error"]["code"], code, "{body}");
        let id = body["error"]["request_id"].as_str();
        assert!(
            id.is_some() && id == self.header("x-request-id"),
            "{self:?}"
        );
    }
}

impl RawHttp {
    /// Connects to a node (`http://…`) from an address of this machine.
    pub async fn connect(node: &str, from: Ipv4Addr) -> std::io::Result<Self> {
        let socket = TcpSocket::new_v4()?;
        socket.bind((from, 0).into())?;
        let host = node.strip_prefix("http://").unwrap();
        let stream = socket.connect(host.parse().unwrap()).await?;
        Ok(Self {
            stream,
            read: vec![],
        })
    }

    /// Connects from the loopback address.
    pub async fn open(node: &str) -> Self {
        Self::connect(node, Ipv4Addr::LOCALHOST).await.unwrap()
    }

    /// Sends raw bytes; false if the connection is lost.
    pub async fn write(&mut self, bytes: impl AsRef<[u8]>) -> bool {
        self.stream.write_all(bytes.as_ref()).await.is_ok()
    }

    /// Sends this byte repeatedly until the server responds or the connection ends.
    pub async fn trickle(&mut self, byte: u8) {
        let mut first = [0];
        let until_received = async {
            loop {
                tokio::select! {
                    _ = self.stream.peek(&mut first) => return,
                    () = tokio::time::sleep(PAUSE) => {}
                }
                if !self.write([byte]).await {
                    return;
                }
            }
        };
        let received = tokio::time::timeout(TIMEOUT, until_received).await;
        received.expect("the server neither responds nor closes");
    }

    /// Sends a request without a body and reads the response.
    pub async fn get(&mut self, path: &str) -> RawResponse {
        let request = format!("GET {path} HTTP/1.1\r\nHost: localhost:8080\r\n\r\n");
        self.write(request).await;
        self.response().await
    }

    /// Reads a response; its status is 0 if the connection ends first.
    pub async fn response(&mut self) -> RawResponse {
        tokio::time::timeout(TIMEOUT, self.receive_response())
            .await
            .expect("no response came")
    }

    /// Waits until the connection has ended.
    pub async fn wait_for_end(&mut self) {
        let mut rest = vec![];
        let ended = tokio::time::timeout(TIMEOUT, self.stream.read_to_end(&mut rest)).await;
        // A reset ends it, too.
        let _ = ended.expect("the connection is still open");
    }

    async fn receive_response(&mut self) -> RawResponse {
        loop {
            if let Some(response) = self.take_response() {
                return response;
            }
            if !matches!(self.stream.read_buf(&mut self.read).await, Ok(count) if count > 0) {
                return RawResponse {
                    status: 0,
                    head: String::from_utf8_lossy(&self.read).into_owned(),
                    body: String::new(),
                };
            }
        }
    }

    /// Takes a complete response from the buffer.
    fn take_response(&mut self) -> Option<RawResponse> {
        let end = self.read.windows(4).position(|four| four == b"\r\n\r\n")?;
        let head = String::from_utf8_lossy(&self.read[..end]).into_owned();
        let (start, length) = (end + 4, length(&head));
        let body = self.read.get(start..start + length)?;
        let body = String::from_utf8_lossy(body).into_owned();
        self.read.drain(..start + length);
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        Some(RawResponse { status, head, body })
    }
}

fn length(head: &str) -> usize {
    let lower = head.to_ascii_lowercase();
    let mut lines = lower.lines();
    lines
        .find_map(|line| line.strip_prefix("content-length: ")?.parse().ok())
        .unwrap_or(0)
}
