//! The block function: 1 KiB seen as a square of 8 by 8 pairs of words, permuted row by row and then
//! column by column. A register holds four of the 128 words.

use std::arch::x86_64::{
    __m256i, _mm256_add_epi64, _mm256_alignr_epi8, _mm256_loadu_si256, _mm256_mul_epu32,
    _mm256_permute4x64_epi64, _mm256_setr_epi8, _mm256_setzero_si256, _mm256_shuffle_epi8,
    _mm256_shuffle_epi32, _mm256_srli_epi64, _mm256_storeu_si256, _mm256_xor_si256,
};

use argon2::Block;

/// A whole block.
type Registers = [__m256i; 32];
/// The four words that a step works on, of four columns or diagonals at once.
type Step = [__m256i; 4];

/// A block that is to be written: what the function gives, and what it goes over.
pub(crate) struct Mixed {
    permuted: Registers,
    before: Registers,
}

/// Mixes two blocks.
#[target_feature(enable = "avx2")]
pub(crate) fn mix(one: &Block, other: &Block) -> Mixed {
    let mut before = load(one);
    for (word, other) in before.iter_mut().zip(load(other)) {
        *word = _mm256_xor_si256(*word, other);
    }
    let mut permuted = before;
    permute_rows(&mut permuted);
    permute_columns(&mut permuted);
    Mixed { permuted, before }
}

impl Mixed {
    /// Puts it in the place of a block.
    #[target_feature(enable = "avx2")]
    pub(crate) fn replace(self, block: &mut Block) {
        store(block, self.sum());
    }

    /// Adds it to a block.
    #[target_feature(enable = "avx2")]
    pub(crate) fn add_to(self, block: &mut Block) {
        let mut sum = self.sum();
        for (word, old) in sum.iter_mut().zip(load(block)) {
            *word = _mm256_xor_si256(*word, old);
        }
        store(block, sum);
    }

    #[target_feature(enable = "avx2")]
    fn sum(self) -> Registers {
        let mut sum = self.permuted;
        for (word, before) in sum.iter_mut().zip(self.before) {
            *word = _mm256_xor_si256(*word, before);
        }
        sum
    }
}

/// Permutes two rows at once.
#[target_feature(enable = "avx2")]
fn permute_rows(words: &mut Registers) {
    for [a, b, c, d, e, f, g, h] in words.as_chunks_mut::<8>().0 {
        let (one, other) = columns_of_rows([*a, *b, *c, *d], [*e, *f, *g, *h]);
        [*a, *b, *c, *d] = one;
        [*e, *f, *g, *h] = other;
    }
}

/// Permutes two columns at once. A register has a pair of words of each.
#[target_feature(enable = "avx2")]
fn permute_columns(words: &mut Registers) {
    macro_rules! permute {
        ($at:literal) => {
            let even = [words[$at], words[8 + $at], words[16 + $at], words[24 + $at]];
            let odd = [
                words[4 + $at],
                words[12 + $at],
                words[20 + $at],
                words[28 + $at],
            ];
            let (even, odd) = columns_of_columns(even, odd);
            [words[$at], words[8 + $at], words[16 + $at], words[24 + $at]] = even;
            [
                words[4 + $at],
                words[12 + $at],
                words[20 + $at],
                words[28 + $at],
            ] = odd;
        };
    }
    permute!(0);
    permute!(1);
    permute!(2);
    permute!(3);
}

/// The columns of two rows, and then their diagonals.
#[target_feature(enable = "avx2")]
fn columns_of_rows(one: Step, other: Step) -> (Step, Step) {
    let turn = |[a, b, c, d]: Step| {
        [
            a,
            _mm256_permute4x64_epi64::<0x39>(b),
            _mm256_permute4x64_epi64::<0x4E>(c),
            _mm256_permute4x64_epi64::<0x93>(d),
        ]
    };
    let turn_back = |[a, b, c, d]: Step| {
        [
            a,
            _mm256_permute4x64_epi64::<0x93>(b),
            _mm256_permute4x64_epi64::<0x4E>(c),
            _mm256_permute4x64_epi64::<0x39>(d),
        ]
    };
    let (one, other) = steps(one, other);
    let (one, other) = steps(turn(one), turn(other));
    (turn_back(one), turn_back(other))
}

/// The same for two columns, whose first and third, second and fourth pairs of words stand in each.
#[target_feature(enable = "avx2")]
fn columns_of_columns(even: Step, odd: Step) -> (Step, Step) {
    let ([a0, b0, c0, d0], [a1, b1, c1, d1]) = steps(even, odd);
    // A diagonal takes its second and fourth word from across the pairs, and the third from the
    // other register.
    let (b0, b1) = (
        _mm256_alignr_epi8::<8>(b1, b0),
        _mm256_alignr_epi8::<8>(b0, b1),
    );
    let (d0, d1) = (
        _mm256_alignr_epi8::<8>(d0, d1),
        _mm256_alignr_epi8::<8>(d1, d0),
    );
    let ([a0, b0, c1, d0], [a1, b1, c0, d1]) = steps([a0, b0, c1, d0], [a1, b1, c0, d1]);
    let (b0, b1) = (
        _mm256_alignr_epi8::<8>(b0, b1),
        _mm256_alignr_epi8::<8>(b1, b0),
    );
    let (d0, d1) = (
        _mm256_alignr_epi8::<8>(d1, d0),
        _mm256_alignr_epi8::<8>(d0, d1),
    );
    ([a0, b0, c0, d0], [a1, b1, c1, d1])
}

/// Two steps of BlaMka side by side, so that neither waits for the other's multiplications.
#[target_feature(enable = "avx2")]
fn steps([mut a, mut b, mut c, mut d]: Step, [mut e, mut f, mut g, mut h]: Step) -> (Step, Step) {
    (a, e) = (add(a, b), add(e, f));
    (d, h) = (rotate_32(xor(d, a)), rotate_32(xor(h, e)));
    (c, g) = (add(c, d), add(g, h));
    (b, f) = (rotate_24(xor(b, c)), rotate_24(xor(f, g)));
    (a, e) = (add(a, b), add(e, f));
    (d, h) = (rotate_16(xor(d, a)), rotate_16(xor(h, e)));
    (c, g) = (add(c, d), add(g, h));
    (b, f) = (rotate_63(xor(b, c)), rotate_63(xor(f, g)));
    ([a, b, c, d], [e, f, g, h])
}

/// The sum of two words and twice the product of their lower halves.
#[target_feature(enable = "avx2")]
fn add(one: __m256i, other: __m256i) -> __m256i {
    let product = _mm256_mul_epu32(one, other);
    _mm256_add_epi64(
        _mm256_add_epi64(one, other),
        _mm256_add_epi64(product, product),
    )
}

#[target_feature(enable = "avx2")]
fn xor(one: __m256i, other: __m256i) -> __m256i {
    _mm256_xor_si256(one, other)
}

#[target_feature(enable = "avx2")]
fn rotate_32(words: __m256i) -> __m256i {
    _mm256_shuffle_epi32::<0xB1>(words)
}

#[target_feature(enable = "avx2")]
#[rustfmt::skip]
fn rotate_24(words: __m256i) -> __m256i {
    let bytes = _mm256_setr_epi8(
        3, 4, 5, 6, 7, 0, 1, 2, 11, 12, 13, 14, 15, 8, 9, 10,
        3, 4, 5, 6, 7, 0, 1, 2, 11, 12, 13, 14, 15, 8, 9, 10,
    );
    _mm256_shuffle_epi8(words, bytes)
}

#[target_feature(enable = "avx2")]
#[rustfmt::skip]
fn rotate_16(words: __m256i) -> __m256i {
    let bytes = _mm256_setr_epi8(
        2, 3, 4, 5, 6, 7, 0, 1, 10, 11, 12, 13, 14, 15, 8, 9,
        2, 3, 4, 5, 6, 7, 0, 1, 10, 11, 12, 13, 14, 15, 8, 9,
    );
    _mm256_shuffle_epi8(words, bytes)
}

#[target_feature(enable = "avx2")]
fn rotate_63(words: __m256i) -> __m256i {
    xor(
        _mm256_srli_epi64::<63>(words),
        _mm256_add_epi64(words, words),
    )
}

#[target_feature(enable = "avx2")]
fn load(block: &Block) -> Registers {
    let mut registers = [_mm256_setzero_si256(); 32];
    for (register, words) in registers.iter_mut().zip(block.as_ref().as_chunks::<4>().0) {
        #[allow(unsafe_code, reason = "a register is loaded through a pointer")]
        // SAFETY: the pointer is to four words, which are as long as a register.
        let loaded = unsafe { _mm256_loadu_si256(words.as_ptr().cast()) };
        *register = loaded;
    }
    registers
}

#[target_feature(enable = "avx2")]
fn store(block: &mut Block, registers: Registers) {
    for (words, register) in block
        .as_mut()
        .as_chunks_mut::<4>()
        .0
        .iter_mut()
        .zip(registers)
    {
        #[allow(unsafe_code, reason = "a register is stored through a pointer")]
        // SAFETY: the pointer is to four words, which are as long as a register.
        unsafe {
            _mm256_storeu_si256(words.as_mut_ptr().cast(), register);
        }
    }
}
