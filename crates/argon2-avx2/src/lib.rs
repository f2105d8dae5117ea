//! Argon2id as the `argon2` crate computes it, a third faster on machines with AVX2.
//!
//! Nearly all the time of a hash goes into its block function, which the `argon2` crate leaves to the
//! compiler to vectorise. Here it is written for AVX2, two rows or two columns at a time, and used for
//! the parameters that new hashes have: Argon2id, version 0x13, one lane, 32 bytes. Everything else,
//! and every other machine, is the crate's; so is the memory. Both give the same bytes, which the
//! tests hold against each other over random inputs.
//!
//! `cargo bench -p argon2-avx2` compares the two; on a virtual machine with 2 cores (AMD EPYC, other
//! work beside it), 19 MiB and two passes take 9.6–10.8 ms here and 13.5–16 ms in the crate, the best
//! of 60 in each of several runs.

#[cfg(target_arch = "x86_64")]
mod block;
#[cfg(target_arch = "x86_64")]
mod fill;

use argon2::{Algorithm, Argon2, Block, Error, Params, Version};

/// A hash function with all its parameters.
#[derive(Debug, Clone)]
pub struct Function {
    /// Which of the family.
    pub algorithm: Algorithm,
    /// Which version of it.
    pub version: Version,
    /// How much work it is.
    pub params: Params,
}

impl Function {
    /// Hashes a password into `out`, with memory of at least [`Params::block_count`] blocks.
    ///
    /// # Errors
    /// The password, the salt or the output is too long or too short, or there is too little memory.
    pub fn hash(
        &self,
        password: &[u8],
        salt: &[u8],
        out: &mut [u8],
        memory: &mut [Block],
    ) -> Result<(), Error> {
        #[cfg(target_arch = "x86_64")]
        if let Some(hashed) = self.hash_with_avx2(password, salt, out, memory) {
            return hashed;
        }
        let argon2 = Argon2::new(self.algorithm, self.version, self.params.clone());
        argon2.hash_password_into_with_memory(password, salt, out, memory)
    }

    /// The same with AVX2; nothing where that is not for this function or this machine.
    #[cfg(target_arch = "x86_64")]
    fn hash_with_avx2(
        &self,
        password: &[u8],
        salt: &[u8],
        out: &mut [u8],
        memory: &mut [Block],
    ) -> Option<Result<(), Error>> {
        let is_ours = self.algorithm == Algorithm::Argon2id
            && self.version == Version::V0x13
            && self.params.p_cost() == 1
            && self.params.data().is_empty()
            && self.params.keyid().is_empty()
            && (argon2::MIN_SALT_LEN..=MOST).contains(&salt.len())
            && password.len() <= MOST;
        let out: &mut [u8; 32] = out.try_into().ok()?;
        if !is_ours || !std::arch::is_x86_feature_detected!("avx2") {
            return None;
        }
        #[allow(
            unsafe_code,
            reason = "calling what is compiled for AVX2 is up to the caller"
        )]
        // SAFETY: the function needs nothing but AVX2, and the machine has just said it has that.
        Some(unsafe { fill::hash(&self.params, password, salt, out, memory) })
    }
}

/// The longest password and salt that are hashed here; the crate decides about longer ones.
#[cfg(target_arch = "x86_64")]
const MOST: usize = 64 * 1024;
