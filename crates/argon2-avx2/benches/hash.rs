//! A password's hash at today's strength, here and in the `argon2` crate, with memory that is kept.

#![allow(clippy::unwrap_used, reason = "a benchmark that fails should say so")]

use argon2::{Algorithm, Argon2, Block, Params, Version};
use argon2_avx2::Function;
use divan::Bencher;

fn main() {
    divan::main();
}

fn function() -> Function {
    Function {
        algorithm: Algorithm::Argon2id,
        version: Version::V0x13,
        params: Params::new(19_456, 2, 1, None).unwrap(),
    }
}

#[divan::bench]
fn here(bencher: Bencher<'_, '_>) {
    let function = function();
    let mut memory = vec![Block::new(); function.params.block_count()];
    bencher.bench_local(|| {
        let mut out = [0; 32];
        function
            .hash(b"password", &[7; 16], &mut out, &mut memory)
            .unwrap();
        out
    });
}

#[divan::bench]
fn in_the_crate(bencher: Bencher<'_, '_>) {
    let Function {
        algorithm,
        version,
        params,
    } = function();
    let mut memory = vec![Block::new(); params.block_count()];
    let argon2 = Argon2::new(algorithm, version, params);
    bencher.bench_local(|| {
        let mut out = [0; 32];
        argon2
            .hash_password_into_with_memory(b"password", &[7; 16], &mut out, &mut memory)
            .unwrap();
        out
    });
}
