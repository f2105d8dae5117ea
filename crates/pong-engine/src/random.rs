//! Counter-based random numbers: the n-th draw of a stream depends on the seed and n alone.
//!
//! So streams are independent (a match has the same serves with or without coins), and the state of
//! the generator is the seed. The mixing is SplitMix64's; it is not cryptographic.

/// Independent streams of random numbers.
#[derive(Clone, Copy)]
#[repr(u64)]
pub(crate) enum Stream {
    /// Who receives first.
    Toss = 0x746f_7373,
    /// The angle of each serve.
    Serve = 0x7365_7276,
    /// The coins of cool mode.
    Coin = 0x636f_696e,
}

/// The n-th draw of a stream.
pub(crate) const fn draw(seed: u64, stream: Stream, n: u64) -> u64 {
    const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;
    let start = mix(seed ^ mix(stream as u64));
    mix(start.wrapping_add(GOLDEN.wrapping_mul(n.wrapping_add(1))))
}

/// A number in `0..n`, from the upper half of a draw.
pub(crate) const fn below(word: u64, n: u32) -> u32 {
    (((word >> 32) * n as u64) >> 32) as u32
}

/// SplitMix64's finaliser: every bit of the result depends on every bit of `word`.
pub(crate) const fn mix(word: u64) -> u64 {
    let word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    word ^ (word >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draw_is_stable_across_versions() {
        assert_eq!(
            mix(0x9e37_79b9_7f4a_7c15),
            0xe220_a839_7b1d_cdaf,
            "SplitMix64's first word from seed 0"
        );
        assert_ne!(draw(1, Stream::Serve, 0), draw(1, Stream::Coin, 0));
        assert_ne!(draw(1, Stream::Serve, 0), draw(1, Stream::Serve, 1));
        assert_ne!(draw(1, Stream::Serve, 0), draw(2, Stream::Serve, 0));
    }

    #[test]
    fn draws_below_a_bound_are_even() {
        let mut counts = [0_u32; 17];
        for n in 0..17_000 {
            counts[below(draw(7, Stream::Serve, n), 17) as usize] += 1;
        }
        assert!(
            counts.iter().all(|count| (850..1150).contains(count)),
            "{counts:?}"
        );
        assert_eq!(below(u64::MAX, 17), 16);
    }
}
