//! The best pairs of a small group.

use integer_blossom::max_weight_matching;

/// Costs are compared in thousandths.
const COST_UNIT: f64 = 1_000.0;
/// No cost is counted as greater than this, in thousandths: a day of waiting costs less.
const MAX_COST: i64 = 1_000_000_000;

/// Two members of a group who can be paired, by their positions in it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct GroupEdge {
    pub(super) ends: [usize; 2],
    pub(super) cost: f64,
}

/// Which of these pairs to make: as many as possible, and of all ways to do so the one with the least cost.
/// Returns their positions in `edges`.
pub(super) fn best_pairs(members: usize, edges: &[GroupEdge]) -> Vec<usize> {
    let costs: Vec<i64> = edges.iter().map(|edge| thousandths(edge.cost)).collect();
    let least = costs.iter().copied().min().unwrap_or_default();
    let most = costs.iter().copied().max().unwrap_or_default();
    // One more pair outweighs the costs of all pairs. A weight of zero is no pair.
    let pairs = i64::try_from(members / 2).unwrap_or(i64::MAX);
    let bonus = (most - least + 1).saturating_mul(pairs + 1);
    let mut weights = vec![0_i64; members * members];
    let mut known = vec![None; members * members];
    for (number, (edge, cost)) in edges.iter().zip(&costs).enumerate() {
        let slot = slot(members, edge.ends);
        if let (Some(weight), Some(known)) = (weights.get_mut(slot), known.get_mut(slot)) {
            *weight = bonus - (cost - least);
            *known = Some(number);
        }
    }
    let mates = max_weight_matching(&weights, members);
    let chosen = mates.iter().enumerate().filter_map(|(one, mate)| {
        let other = mate.filter(|other| one < *other)?;
        // What is no pair is never made, whatever the solver says.
        *known.get(slot(members, [one, other]))?
    });
    chosen.collect()
}

/// The place of a pair in the upper triangle of the matrix.
fn slot(members: usize, ends: [usize; 2]) -> usize {
    let [one, other] = ends;
    one.min(other) * members + one.max(other)
}

#[allow(
    clippy::cast_possible_truncation,
    reason = "a cast of a float saturates, and the number is bounded"
)]
fn thousandths(cost: f64) -> i64 {
    ((cost * COST_UNIT).round() as i64).clamp(-MAX_COST, MAX_COST)
}

#[cfg(test)]
mod tests {
    use kernel::{Rng, SeededRng};

    use super::*;

    fn edge(one: usize, other: usize, cost: f64) -> GroupEdge {
        GroupEdge {
            ends: [one, other],
            cost,
        }
    }

    /// The number of pairs and the cost of the best way, found by trying all.
    fn brute_force(taken: u32, edges: &[GroupEdge]) -> (usize, i64) {
        let mut best = (0, 0);
        for (number, edge) in edges.iter().enumerate() {
            let [one, other] = edge.ends;
            let both = 1 << one | 1 << other;
            if taken & both != 0 {
                continue;
            }
            let (pairs, cost) = brute_force(taken | both, &edges[number + 1..]);
            let found = (pairs + 1, cost + thousandths(edge.cost));
            if found.0 > best.0 || (found.0 == best.0 && found.1 < best.1) {
                best = found;
            }
        }
        best
    }

    fn solved(members: usize, edges: &[GroupEdge]) -> (usize, i64) {
        let chosen = best_pairs(members, edges);
        let mut taken: Vec<usize> = chosen.iter().flat_map(|at| edges[*at].ends).collect();
        taken.sort_unstable();
        let count = taken.len();
        taken.dedup();
        assert_eq!(taken.len(), count, "each in one pair at most");
        let cost = chosen.iter().map(|at| thousandths(edges[*at].cost)).sum();
        (chosen.len(), cost)
    }

    #[test]
    fn best_pairs_makes_as_many_pairs_as_possible_at_the_least_cost() {
        let path = [edge(0, 1, 60.0), edge(1, 2, 0.0), edge(2, 3, 60.0)];
        assert_eq!(
            best_pairs(4, &path),
            [0, 2],
            "two pairs rather than a good one"
        );
        let triangle = [edge(0, 1, 5.0), edge(1, 2, -20.5), edge(2, 0, 3.0)];
        assert_eq!(best_pairs(3, &triangle), [1]);
        assert_eq!(best_pairs(3, &[]), [0; 0]);
        assert_eq!(best_pairs(0, &[]), [0; 0]);
    }

    #[test]
    fn best_pairs_agrees_with_trying_all() {
        let rng = SeededRng::new(12);
        let mut bytes = [0_u8; 64];
        for round in 0..2_000 {
            rng.fill(&mut bytes);
            let members = 2 + usize::from(bytes[0]) % 7;
            let mut noise = bytes[1..].iter().copied();
            let mut edges = vec![];
            for one in 0..members {
                for other in one + 1..members {
                    let (present, cost) = (noise.next().unwrap(), noise.next().unwrap());
                    if present % 3 > 0 {
                        edges.push(edge(one, other, f64::from(cost) - 100.0));
                    }
                }
            }
            let expected = brute_force(0, &edges);
            assert_eq!(
                solved(members, &edges),
                expected,
                "round {round}: {edges:?}"
            );
        }
    }

    #[test]
    fn best_pairs_solves_a_group_of_the_greatest_size() {
        let edges: Vec<GroupEdge> = (0..128_u8)
            .flat_map(|one| (one + 1..128).map(move |other| (one, other)))
            .map(|(one, other)| edge(one.into(), other.into(), f64::from(other - one)))
            .collect();
        assert_eq!(solved(128, &edges), (64, 64_000));
    }
}
