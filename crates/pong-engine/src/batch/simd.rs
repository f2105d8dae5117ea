//! Compiles the step of a batch for AVX2 as well, and chooses between the two at run time.

#![allow(unsafe_code, reason = "a function compiled for AVX2 is unsafe to call")]

use super::Batch;
use crate::input::Inputs;

impl Batch {
    /// Steps the batch, with AVX2 where the machine has it.
    pub(super) fn step_simd(&mut self, inputs: &[Inputs]) {
        #[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
        if std::arch::is_x86_feature_detected!("avx2") {
            // SAFETY: the function requires AVX2 only, which has just been detected.
            return unsafe { step_avx2(self, inputs) };
        }
        self.step_all(inputs);
    }
}

/// The safe code, compiled with AVX2 enabled.
#[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
#[target_feature(enable = "avx2")]
fn step_avx2(batch: &mut Batch, inputs: &[Inputs]) {
    batch.step_all(inputs);
}
