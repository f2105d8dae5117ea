//! Which seeds meet in the first round.

/// The seeds of a bracket of this size, which is a power of two, from the first position to the last: the best two
/// meet in the last round at the earliest, the best four in the round before. In the first round the best seed meets
/// the worst, so that missing seeds are those whom the best ones would meet.
pub(super) fn fold(size: u16) -> Vec<u16> {
    let mut seeds = vec![1];
    let mut count = 1;
    while count < size {
        count *= 2;
        seeds = seeds
            .into_iter()
            .flat_map(|seed| [seed, count + 1 - seed])
            .collect();
    }
    seeds
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fold_pairs_the_best_with_the_worst() {
        assert_eq!(fold(1), [1]);
        assert_eq!(fold(2), [1, 2]);
        assert_eq!(fold(4), [1, 4, 2, 3]);
        assert_eq!(fold(8), [1, 8, 4, 5, 2, 7, 3, 6]);
        let sixteen = [1, 16, 8, 9, 4, 13, 5, 12, 2, 15, 7, 10, 3, 14, 6, 11];
        assert_eq!(fold(16), sixteen);
    }

    #[test]
    fn fold_keeps_the_best_apart_until_the_last_rounds() {
        for rounds in 1..=10 {
            let seeds = fold(1 << rounds);
            for (round, best) in (1..=rounds).map(|round| (round, 1 << (rounds - round + 1))) {
                let groups = seeds.chunks(1 << (round - 1));
                let counts = groups.map(|group| group.iter().filter(|seed| **seed <= best).count());
                assert!(counts.into_iter().all(|count| count == 1), "round {round}");
            }
        }
    }
}
