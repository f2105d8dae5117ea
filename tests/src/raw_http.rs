//! HTTP down to its bytes: for requests that no client would send, or not at that pace.

use std::net::Ipv4Addr;
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

/// How long anything may take before the test gives up.
const PATIENCE: Duration = Duration::from_secs(40);

/// A connection to a node.
pub struct RawHttp(TcpStream);

/// An answer as it came.
#[derive(Debug)]
pub struct RawAnswer {
    /// The status; 0 where nothing came.
    pub status: u16,
    /// The status line and headers.
    pub head: String,
    /// The body.
    pub body: String,
}

impl RawAnswer {
    /// A header's value.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut pairs = self.head.lines().filter_map(|line| line.split_once(": "));
        pairs
            .find(|(found, _)| found.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    }

    /// Checks that this is a refusal in its envelope, with an id.
    #[track_caller]
    pub fn refused(&self, status: u16, code: &str) {
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
        socket.connect(host.parse().unwrap()).await.map(Self)
    }

    /// The same from the usual address, which must succeed.
    pub async fn open(node: &str) -> Self {
        Self::connect(node, Ipv4Addr::LOCALHOST).await.unwrap()
    }

    /// Sends bytes as they are; false where the connection is gone.
    pub async fn write(&mut self, bytes: impl AsRef<[u8]>) -> bool {
        self.0.write_all(bytes.as_ref()).await.is_ok()
    }

    /// Sends a whole request without a body and reads its answer.
    pub async fn get(&mut self, path: &str) -> RawAnswer {
        let request = format!("GET {path} HTTP/1.1\r\nHost: localhost:8080\r\n\r\n");
        self.write(request).await;
        self.answer().await
    }

    /// Reads an answer; its status is 0 where the connection ended before.
    pub async fn answer(&mut self) -> RawAnswer {
        tokio::time::timeout(PATIENCE, self.read_answer())
            .await
            .expect("no answer came")
    }

    /// Waits until the connection has ended.
    pub async fn ended(&mut self) {
        let mut rest = vec![];
        let ended = tokio::time::timeout(PATIENCE, self.0.read_to_end(&mut rest)).await;
        // A reset is an end, too.
        let _ = ended.expect("the connection is still open");
    }

    async fn read_answer(&mut self) -> RawAnswer {
        let mut read = vec![];
        loop {
            let text = String::from_utf8_lossy(&read);
            if let Some((head, body)) = text.split_once("\r\n\r\n")
                && body.len() >= length(head)
            {
                let status = head.split(' ').nth(1).unwrap().parse().unwrap();
                return RawAnswer {
                    status,
                    head: head.to_owned(),
                    body: body.to_owned(),
                };
            }
            if !matches!(self.0.read_buf(&mut read).await, Ok(count) if count > 0) {
                return RawAnswer {
                    status: 0,
                    head: String::from_utf8_lossy(&read).into_owned(),
                    body: String::new(),
                };
            }
        }
    }
}

fn length(head: &str) -> usize {
    let lower = head.to_ascii_lowercase();
    let mut lines = lower.lines();
    lines
        .find_map(|line| line.strip_prefix("content-length: ")?.parse().ok())
        .unwrap_or(0)
}
