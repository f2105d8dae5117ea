//! `pong-engine` and its bots as a WebAssembly module for browsers: one match at a time, a static
//! buffer, functions over numbers. It imports nothing and allocates nothing.
//!
//! `pong.wasm` beside this crate is what `build.sh` makes of it, byte for byte; nothing else builds it.
//! README.md describes the functions. The [`page_match`] is plain safe code that tests on any machine;
//! the functions around it exist in WebAssembly only.

#![cfg_attr(target_arch = "wasm32", no_std)]

#[cfg(target_arch = "wasm32")]
mod exports;
pub mod page_match;

/// A panic ends the module; no input leads to one.
#[cfg(target_arch = "wasm32")]
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}
