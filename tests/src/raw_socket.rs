//! WebSockets at the level of bytes: for invalid frames, stalled readers and many sockets at once.

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

use crate::TIMEOUT;

/// Client frames must have a mask; zero leaves the payload unchanged.
const MASK: [u8; 4] = [0; 4];

/// The first byte of an unfragmented text frame.
pub const TEXT: u8 = 0x81;

/// A connection after the WebSocket handshake.
pub struct RawSocket {
    stream: TcpStream,
    read: Vec<u8>,
    start: usize,
}

/// A frame of the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawFrame {
    /// The opcode, without flags.
    pub opcode: u8,
    /// The payload.
    pub payload: Vec<u8>,
}

impl RawFrame {
    /// The code of a close frame.
    pub fn close_code(&self) -> Option<u16> {
        match self.payload.as_slice() {
            [high, low, ..] if self.opcode == 8 => Some(u16::from_be_bytes([*high, *low])),
            _ => None,
        }
    }

    /// The JSON of a text frame.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.payload).unwrap()
    }
}

impl RawSocket {
    /// Opens a socket at a node (`http://…`) with this access token; `window` is the size of
    /// the kernel's receive buffer.
    pub async fn open(node: &str, path: &str, access: &str, window: Option<u32>) -> Self {
        let host = node.strip_prefix("http://").unwrap();
        let tcp = TcpSocket::new_v4().unwrap();
        if let Some(window) = window {
            tcp.set_recv_buffer_size(window).unwrap();
        }
        let mut stream = tcp.connect(host.parse().unwrap()).await.unwrap();
        stream.set_nodelay(true).unwrap();
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
             Authorization: Bearer {access}\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut socket = Self {
            stream,
            read: vec![],
            start: 0,
        };
        let head = loop {
            let end = socket.read.windows(4).position(|four| four == b"\r\n\r\n");
            match end {
                Some(end) => break socket.read.drain(..end + 4).collect::<Vec<u8>>(),
                None => assert!(socket.fill().await, "the handshake was cut off"),
            }
        };
        let head = String::from_utf8(head).unwrap();
        assert!(head.starts_with("HTTP/1.1 101"), "{head}");
        socket
    }

    /// Sends raw bytes; false if the connection is lost.
    pub async fn write(&mut self, bytes: &[u8]) -> bool {
        self.stream.write_all(bytes).await.is_ok()
    }

    /// Sends an action.
    pub async fn send(&mut self, action: &str, data: &Value, cid: &str) -> bool {
        let frame = json!({"action": action, "data": data, "cid": cid});
        self.write(&framed(TEXT, frame.to_string().as_bytes()))
            .await
    }

    /// The next frame; `None` if the connection has ended.
    pub async fn next(&mut self) -> Option<RawFrame> {
        loop {
            if let Some(frame) = self.take() {
                return Some(frame);
            }
            let filled = tokio::time::timeout(TIMEOUT, self.fill()).await;
            if !filled.expect("nothing came") {
                return None;
            }
        }
    }

    /// The next frame except pings and pongs.
    pub async fn next_message(&mut self) -> Option<RawFrame> {
        loop {
            match self.next().await {
                Some(frame) if matches!(frame.opcode, 9 | 10) => {}
                other => return other,
            }
        }
    }

    /// Waits for more bytes; false at the end.
    pub async fn fill(&mut self) -> bool {
        if self.start > 0 {
            self.read.drain(..self.start);
            self.start = 0;
        }
        matches!(self.stream.read_buf(&mut self.read).await, Ok(count) if count > 0)
    }

    /// Takes a complete frame from the buffer.
    pub fn take(&mut self) -> Option<RawFrame> {
        let waiting = self.read.get(self.start..)?;
        let (head, length) = (*waiting.first()?, *waiting.get(1)? & 0x7F);
        let number = |range: std::ops::Range<usize>| {
            let bytes = waiting.get(range)?.iter();
            Some(bytes.fold(0_usize, |sum, byte| sum << 8 | usize::from(*byte)))
        };
        let (start, length) = match length {
            126 => (4, number(2..4)?),
            127 => (10, number(2..10)?),
            short => (2, usize::from(short)),
        };
        let payload = waiting.get(start..start + length)?.to_vec();
        self.start += start + length;
        Some(RawFrame {
            opcode: head & 0x0F,
            payload,
        })
    }
}

/// A masked client frame with this first byte.
pub fn framed(head: u8, payload: &[u8]) -> Vec<u8> {
    let mut frame = vec![head];
    match payload.len() {
        short @ 0..126 => frame.push(0x80 | u8::try_from(short).unwrap()),
        middle @ 126..0x1_0000 => {
            frame.push(0x80 | 126);
            frame.extend(u16::try_from(middle).unwrap().to_be_bytes());
        }
        long => {
            frame.push(0x80 | 127);
            frame.extend((long as u64).to_be_bytes());
        }
    }
    frame.extend(MASK);
    frame.extend(payload);
    frame
}
