//! The rounds of round robin: the circle method, in Berger's order.

/// Two who meet, the first side first, by their positions from 1.
pub(super) type BergerPair = (u16, u16);

/// The rounds in which each of this many players meets each other once. Of an odd number one rests in each round.
pub(super) fn berger_rounds(players: u16) -> Vec<Vec<BergerPair>> {
    let even = players + players % 2;
    let rounds = (1..even).map(|round| {
        let pairs = berger_round(even, round).into_iter();
        pairs.filter(|(a, b)| *a.max(b) <= players).collect()
    });
    rounds.collect()
}

/// The same, then once more with the sides exchanged.
pub(super) fn double_rounds(players: u16) -> Vec<Vec<BergerPair>> {
    let first = berger_rounds(players);
    let turn = |round: &Vec<BergerPair>| round.iter().map(|(a, b)| (*b, *a)).collect();
    let second: Vec<Vec<BergerPair>> = first.iter().map(turn).collect();
    first.into_iter().chain(second).collect()
}

/// A round of an even number of players: the last one stays, the others move on by half their number each round.
fn berger_round(even: u16, round: u16) -> Vec<BergerPair> {
    let others = even - 1;
    let moved = |position: u16| (position + (round - 1) * (even / 2)) % others + 1;
    let with_last = match round % 2 {
        1 => (moved(0), even),
        _ => (even, moved(0)),
    };
    let rest = (1..even / 2).map(|step| (moved(step), moved(others - step)));
    std::iter::once(with_last).chain(rest).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn berger_rounds_are_those_of_the_published_tables() {
        let four = [
            vec![(1, 4), (2, 3)],
            vec![(4, 3), (1, 2)],
            vec![(2, 4), (3, 1)],
        ];
        assert_eq!(berger_rounds(4), four);
        let six = [
            vec![(1, 6), (2, 5), (3, 4)],
            vec![(6, 4), (5, 3), (1, 2)],
            vec![(2, 6), (3, 1), (4, 5)],
            vec![(6, 5), (1, 4), (2, 3)],
            vec![(3, 6), (4, 2), (5, 1)],
        ];
        assert_eq!(berger_rounds(6), six);
    }

    #[test]
    fn rounds_pair_each_with_each_once_and_nobody_twice_a_round() {
        for players in 3..=32_u16 {
            let rounds = berger_rounds(players);
            assert_eq!(rounds.len(), usize::from(players - 1 + players % 2));
            let mut met = BTreeSet::new();
            for round in &rounds {
                assert_eq!(round.len(), usize::from(players / 2));
                let in_round: BTreeSet<u16> = round.iter().flat_map(|(a, b)| [*a, *b]).collect();
                assert_eq!(in_round.len(), round.len() * 2, "{players} players");
                met.extend(round.iter().map(|(a, b)| (*a.min(b), *a.max(b))));
            }
            assert_eq!(met.len(), usize::from(players * (players - 1) / 2));
            assert!(met.iter().all(|(a, b)| 1 <= *a && a < b && *b <= players));
        }
    }

    #[test]
    fn double_rounds_exchange_sides() {
        for players in 3..=32_u16 {
            let rounds = double_rounds(players);
            let pairs: BTreeSet<BergerPair> = rounds.iter().flatten().copied().collect();
            assert_eq!(
                pairs.len(),
                usize::from(players * (players - 1)),
                "each pair on both sides"
            );
        }
    }

    #[test]
    fn sides_differ_by_one_at_most() {
        for players in 3..=32_u16 {
            let rounds = berger_rounds(players);
            for player in 1..=players {
                let first = rounds
                    .iter()
                    .flatten()
                    .filter(|(a, _)| *a == player)
                    .count();
                let second = rounds
                    .iter()
                    .flatten()
                    .filter(|(_, b)| *b == player)
                    .count();
                assert!(
                    first.abs_diff(second) <= 1,
                    "{player} of {players}: {first} and {second}"
                );
            }
        }
    }
}
