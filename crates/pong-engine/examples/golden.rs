//! Prints the hashes that this version of the physics must give on every machine.
//!
//! `cargo run -p pong-engine --example golden > crates/pong-engine/tests/data/golden.txt` writes
//! the data file that the tests compare with. Run on another target, its output shows whether the
//! two agree.

#![allow(clippy::print_stdout, reason = "printing is what it is for")]

#[path = "../tests/support/golden.rs"]
mod golden;

fn main() {
    print!("{}", golden::lines());
}
