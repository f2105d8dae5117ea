//! HTTP down to its bytes: for requests that no client would send, or not at that pace.

use std::net::Ipv4Addr;
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

use crate::PATIENCE;

/// The pause between bytes that trickle.
const PAUSE: Duration = Duration::from_millis(200);

/// A connection to a node.
pub struct RawHttp {
    stream: TcpStream,
    /// What has come and belongs to no answer yet.
    read: Vec<u8>,
}

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
        let stream = socket.connect(host.parse().unwrap()).await?;
        Ok(Self {
            stream,
            read: vec![],
        })
    }

    /// The same from the usual address, which must succeed.
    pub async fn open(node: &str) -> Self {
        Self::connect(node, Ipv4Addr::LOCALHOST).await.unwrap()
    }

    /// Sends bytes as they are; false where the connection is gone.
    pub async fn write(&mut self, bytes: impl AsRef<[u8]>) -> bool {
        self.stream.write_all(bytes.as_ref()).await.is_ok()
    }

    /// Sends this byte again and again, until something comes back or the connection has ended.
    pub async fn trickle(&mut self, byte: u8) {
        let mut first = [0];
        let until_heard = async {
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
        let heard = tokio::time::timeout(PATIENCE, until_heard).await;
        heard.expect("it may go on for ever");
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
        let ended = tokio::time::timeout(PATIENCE, self.stream.read_to_end(&mut rest)).await;
        // A reset is an end, too.
        let _ = ended.expect("the connection is still open");
    }

    async fn read_answer(&mut self) -> RawAnswer {
        loop {
            if let Some(answer) = self.take_answer() {
                return answer;
            }
            if !matches!(self.stream.read_buf(&mut self.read).await, Ok(count) if count > 0) {
                return RawAnswer {
                    status: 0,
                    head: String::from_utf8_lossy(&self.read).into_owned(),
                    body: String::new(),
                };
            }
        }
    }

    /// A whole answer of what was read.
    fn take_answer(&mut self) -> Option<RawAnswer> {
        let end = self.read.windows(4).position(|four| four == b"\r\n\r\n")?;
        let head = String::from_utf8_lossy(&self.read[..end]).into_owned();
        let (start, length) = (end + 4, length(&head));
        let body = self.read.get(start..start + length)?;
        let body = String::from_utf8_lossy(body).into_owned();
        self.read.drain(..start + length);
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        Some(RawAnswer { status, head, body })
    }
}

fn length(head: &str) -> usize {
    let lower = head.to_ascii_lowercase();
    let mut lines = lower.lines();
    lines
        .find_map(|line| line.strip_prefix("content-length: ")?.parse().ok())
        .unwrap_or(0)
}
