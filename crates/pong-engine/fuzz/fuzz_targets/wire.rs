//! Bytes as a state on the wire: an error, or exactly that state.

#![no_main]

#[path = "../../tests/support/hostile.rs"]
mod hostile;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    hostile::wire(bytes);
});
