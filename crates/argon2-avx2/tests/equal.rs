//! What is computed with AVX2 is what the `argon2` crate computes.

#![cfg(target_arch = "x86_64")]
#![allow(clippy::unwrap_used, reason = "a test that fails should say so")]

use argon2::{Algorithm, Argon2, Block, Params, Version};
use argon2_avx2::Function;
use proptest::prelude::*;

fn both(function: &Function, password: &[u8], salt: &[u8], length: usize) -> [Vec<u8>; 2] {
    let (mut ours, mut theirs) = (vec![0; length], vec![0; length]);
    // Memory that was used before gives the same.
    let mut memory = vec![Block::new(); function.params.block_count() + 3];
    memory
        .iter_mut()
        .for_each(|block| block.as_mut().fill(0x5A5A));
    function
        .hash(password, salt, &mut ours, &mut memory)
        .unwrap();
    Argon2::new(
        function.algorithm,
        function.version,
        function.params.clone(),
    )
    .hash_password_into(password, salt, &mut theirs)
    .unwrap();
    [ours, theirs]
}

fn function(memory: u32, passes: u32, lanes: u32) -> Function {
    Function {
        algorithm: Algorithm::Argon2id,
        version: Version::V0x13,
        params: Params::new(memory, passes, lanes, None).unwrap(),
    }
}

proptest! {
    #[test]
    fn any_password_with_any_strength(
        password in prop::collection::vec(any::<u8>(), 0..200),
        salt in prop::collection::vec(any::<u8>(), 8..80),
        memory in 8_u32..2_500,
        passes in 1_u32..5,
    ) {
        let [ours, theirs] = both(&function(memory, passes, 1), &password, &salt, 32);
        prop_assert_eq!(ours, theirs);
    }
}

#[test]
fn what_new_hashes_are_made_with() {
    let [ours, theirs] = both(
        &function(19_456, 2, 1),
        b"violet-comet-harbour-19",
        &[7; 16],
        32,
    );
    assert_eq!(ours, theirs);
}

#[test]
fn other_functions_are_the_crates() {
    let older = Function {
        version: Version::V0x10,
        ..function(64, 2, 1)
    };
    let independent = Function {
        algorithm: Algorithm::Argon2i,
        ..function(64, 2, 1)
    };
    for function in [older, independent, function(64, 2, 2)] {
        let [ours, theirs] = both(&function, b"password", b"saltsalt", 32);
        assert_eq!(ours, theirs, "{function:?}");
    }
    let [ours, theirs] = both(&function(64, 2, 1), b"password", b"saltsalt", 64);
    assert_eq!(ours, theirs);
}

#[test]
fn too_little_memory_is_refused() {
    let (function, mut out) = (function(64, 1, 1), [0; 32]);
    let mut memory = vec![Block::new(); 63];
    let hashed = function.hash(b"password", b"saltsalt", &mut out, &mut memory);
    assert!(hashed.is_err());
    let salt = function.hash(b"password", b"short", &mut out, &mut [Block::new(); 64]);
    assert!(salt.is_err(), "a salt has eight bytes");
}
