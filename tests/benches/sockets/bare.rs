//! What the kernel alone takes for as many bytes to as many sockets at the same pace, in one thread that
//! does nothing else: a lower bound for any server on this machine. `tests/benches/README.md` relates it to
//! the measurements of lobbies and matches.

use std::io::Write as _;
use std::net::TcpStream;
use std::time::{Duration, Instant};

use e2e::usage::cpu_of_this_thread;
use tokio::io::AsyncReadExt as _;

/// How long each pattern is measured.
const LENGTH: Duration = Duration::from_secs(10);

/// What is sent: to how many sockets at once, how long, and how often.
#[derive(Debug, Clone, Copy)]
struct Pattern {
    sockets: u32,
    frame_len: usize,
    pause: Duration,
}

/// The messages of a lobby.
pub(crate) async fn lobby(members: usize, rate: u32, pause: Duration) {
    let pattern = Pattern {
        sockets: u32::try_from(members).unwrap(),
        frame_len: 629,
        pause,
    };
    let each = measure(pattern).await;
    println!("bare      {members:>5} sockets, {rate:>6}/s   {each:>9.2?} per send of 629 bytes");
}

/// The binary states of so many matches of two players, 60 times a second: the pattern of
/// `crates/games/benches/tables` at `Binary, Fixed(60)`.
pub(crate) async fn matches(count: usize) {
    let pattern = Pattern {
        sockets: u32::try_from(count * 2).unwrap(),
        frame_len: 40,
        pause: Duration::from_nanos(16_666_667),
    };
    let each = measure(pattern).await;
    println!(
        "bare      {count:>5} matches, 60 Hz      {each:>9.2?} per send of 40 bytes, {:.3?} per match and second",
        each * 120,
    );
}

/// The CPU time of one send.
async fn measure(pattern: Pattern) -> Duration {
    let mut sockets = connect(pattern.sockets).await;
    let sending = tokio::task::spawn_blocking(move || {
        let frame = vec![b'x'; pattern.frame_len];
        let rounds = u32::try_from(LENGTH.as_nanos() / pattern.pause.as_nanos()).unwrap();
        let before = cpu_of_this_thread();
        let start = Instant::now();
        for round in 1..=rounds {
            for socket in &mut sockets {
                socket.write_all(&frame).unwrap();
            }
            std::thread::sleep((pattern.pause * round).saturating_sub(start.elapsed()));
        }
        (cpu_of_this_thread() - before) / rounds / pattern.sockets
    });
    sending.await.unwrap()
}

/// Sockets whose other ends are read in this thread.
async fn connect(count: u32) -> Vec<TcpStream> {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let mut sockets = vec![];
    for _ in 0..count {
        let mut reader = tokio::net::TcpStream::connect(address).await.unwrap();
        let (socket, _) = listener.accept().unwrap();
        socket.set_nodelay(true).unwrap();
        sockets.push(socket);
        tokio::spawn(async move {
            let mut read = vec![0; 4_096];
            while matches!(reader.read(&mut read).await, Ok(count) if count > 0) {}
        });
    }
    sockets
}
