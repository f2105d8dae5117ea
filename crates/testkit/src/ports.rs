//! Free ports.

use std::hash::{BuildHasher, RandomState};
use std::io;
use std::net::{Ipv4Addr, TcpListener};

/// Below the ephemeral range of the system, so that no client gets the port of a stopped server, and a
/// client that reconnects cannot get the port that it connects to and connect to itself.
const FIRST: u16 = 15_000;
const COUNT: u16 = 17_000;

/// A port of 127.0.0.1 on which no process has listened just now.
pub(crate) fn free() -> io::Result<u16> {
    let draws = RandomState::new();
    (0..200_u16)
        .map(|nth| FIRST + u16::try_from(draws.hash_one(nth) % u64::from(COUNT)).unwrap_or(0))
        .find(|port| TcpListener::bind((Ipv4Addr::LOCALHOST, *port)).is_ok())
        .ok_or_else(|| io::Error::other("no free port was found"))
}

/// Starts a server on a free port; on another one if the port was taken meanwhile.
pub(crate) fn serve_on_one<T>(mut make: impl FnMut(u16) -> io::Result<T>) -> io::Result<T> {
    loop {
        match make(free()?) {
            Err(error) if error.to_string().contains("in use") => {}
            result => return result,
        }
    }
}
