//! The same code once more, compiled for AVX2, and the choice between the two.

#![allow(
    unsafe_code,
    reason = "calling what is compiled for AVX2 is up to the caller"
)]

use super::Batch;
use crate::input::Inputs;

impl Batch {
    /// Steps the batch in the way that suits the machine.
    pub(super) fn step_wide(&mut self, inputs: &[Inputs]) {
        #[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
        if std::arch::is_x86_feature_detected!("avx2") {
            // SAFETY: the function needs nothing but AVX2, and the machine has just said it has that.
            return unsafe { step_avx2(self, inputs) };
        }
        self.step_all(inputs);
    }
}

/// Safe code that the compiler may use AVX2 for.
#[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
#[target_feature(enable = "avx2")]
fn step_avx2(batch: &mut Batch, inputs: &[Inputs]) {
    batch.step_all(inputs);
}
