//! Bytes as a replay: an error, or the match that it says.

#![no_main]

#[path = "../../tests/support/hostile.rs"]
mod hostile;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    hostile::replay(bytes);
    hostile::nearly_replay(bytes);
});
