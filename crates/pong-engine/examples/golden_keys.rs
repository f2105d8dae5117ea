//! Prints the keys that the computer must press on every machine, folded into a number a match.
//!
//! `cargo run -p pong-engine --example golden_keys > crates/pong-engine/tests/data/keys.txt` writes
//! the data file that the tests compare with.

#![allow(clippy::print_stdout, reason = "printing is what it is for")]

#[path = "../tests/support/keys.rs"]
mod keys;

fn main() {
    print!("{}", keys::lines());
}
