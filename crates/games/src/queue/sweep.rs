//! A look at everybody who waits.

use kernel::{Timestamp, UserId};

use super::matching::{GroupEdge, best_pairs};
use super::pool::{PossiblePair, QueuePair, QueuePool};

/// Groups of up to so many tickets are paired in the best way; in larger ones, those who wait longest are
/// served first.
const MAX_EXACT: usize = 128;

/// Tickets that have nobody in common with others, and how they can be paired.
#[derive(Debug, Default)]
struct TicketGroup {
    /// Positions in the pool.
    tickets: Vec<usize>,
    possible: Vec<PossiblePair>,
}

impl QueuePool {
    /// Pairs whoever can be paired, and removes them.
    pub(crate) fn sweep(&mut self, now: Timestamp) -> Vec<QueuePair> {
        let possible = self.possible_pairs(now);
        let mut chosen = vec![];
        let mut crowded = vec![];
        for group in groups(self.tickets.len(), possible) {
            if group.tickets.len() <= MAX_EXACT {
                chosen.extend(group.best());
            } else {
                let tickets = self.longest_waiting_first(&group);
                chosen.extend(group.one_by_one(&tickets));
                crowded.extend(self.users(&tickets));
            }
        }
        let mut pairs = self.remove_pairs(&chosen);
        // All near opponents of a ticket may be taken, while others are left.
        pairs.extend(crowded.into_iter().filter_map(|user| self.pair(user, now)));
        pairs
    }

    fn longest_waiting_first(&self, group: &TicketGroup) -> Vec<usize> {
        let mut tickets = group.tickets.clone();
        tickets.sort_unstable_by_key(|at| {
            self.tickets
                .get(*at)
                .map(|ticket| (ticket.joined_at(), ticket.user))
        });
        tickets
    }

    fn users(&self, tickets: &[usize]) -> Vec<UserId> {
        let found = tickets.iter().filter_map(|at| self.tickets.get(*at));
        found.map(|ticket| ticket.user).collect()
    }

    /// Takes pairs that have no ticket in common out of the pool.
    fn remove_pairs(&mut self, chosen: &[PossiblePair]) -> Vec<QueuePair> {
        let mut taken = vec![false; self.tickets.len()];
        let mut pairs = Vec::with_capacity(chosen.len());
        for pair in chosen {
            let [Some(low), Some(high)] = pair.tickets.map(|at| self.tickets.get(at)) else {
                continue;
            };
            pairs.push(QueuePair {
                tickets: [low.clone(), high.clone()],
                wants: pair.wants,
            });
            for at in pair.tickets {
                taken
                    .get_mut(at)
                    .into_iter()
                    .for_each(|taken| *taken = true);
            }
        }
        let mut is_taken = taken.into_iter();
        self.tickets.retain(|_| is_taken.next() != Some(true));
        pairs
    }
}

impl TicketGroup {
    fn position(&self, ticket: usize) -> Option<usize> {
        self.tickets.binary_search(&ticket).ok()
    }

    /// The best pairs of the group.
    fn best(&self) -> Vec<PossiblePair> {
        let edge = |pair: &PossiblePair| {
            let [low, high] = pair.tickets.map(|ticket| self.position(ticket));
            Some(GroupEdge {
                ends: [low?, high?],
                cost: pair.cost,
            })
        };
        let edges: Vec<GroupEdge> = self.possible.iter().filter_map(edge).collect();
        let chosen = best_pairs(self.tickets.len(), &edges).into_iter();
        chosen
            .filter_map(|at| self.possible.get(at).copied())
            .collect()
    }

    /// Each of these tickets with the best opponent that is left.
    fn one_by_one(&self, tickets: &[usize]) -> Vec<PossiblePair> {
        let mut by_ticket = vec![vec![]; self.tickets.len()];
        for pair in &self.possible {
            for at in pair.tickets.map(|ticket| self.position(ticket)) {
                if let Some(own) = at.and_then(|at| by_ticket.get_mut(at)) {
                    own.push(*pair);
                }
            }
        }
        let mut is_free = vec![true; self.tickets.len()];
        let mut chosen = vec![];
        for ticket in tickets {
            let own = self.position(*ticket).and_then(|at| by_ticket.get(at));
            let are_free = |pair: &&PossiblePair| {
                let mut positions = pair.tickets.iter().map(|ticket| self.position(*ticket));
                positions.all(|at| at.and_then(|at| is_free.get(at)) == Some(&true))
            };
            let free = own.into_iter().flatten().filter(are_free);
            let best = free.min_by(|one, other| one.cost.total_cmp(&other.cost));
            let Some(best) = best.copied() else {
                continue;
            };
            chosen.push(best);
            for at in best.tickets.map(|ticket| self.position(ticket)) {
                let free = at.and_then(|at| is_free.get_mut(at));
                free.into_iter().for_each(|free| *free = false);
            }
        }
        chosen
    }
}

/// Splits tickets into groups that cannot be paired with each other. Who can be paired with nobody is in
/// none.
fn groups(tickets: usize, possible: Vec<PossiblePair>) -> Vec<TicketGroup> {
    let mut parents: Vec<usize> = (0..tickets).collect();
    for pair in &possible {
        let [low, high] = pair.tickets.map(|at| root(&mut parents, at));
        if let Some(parent) = parents.get_mut(high) {
            *parent = low;
        }
    }
    let mut groups: Vec<TicketGroup> = Vec::new();
    groups.resize_with(tickets, TicketGroup::default);
    for at in 0..tickets {
        let root = root(&mut parents, at);
        groups
            .get_mut(root)
            .into_iter()
            .for_each(|group| group.tickets.push(at));
    }
    for pair in possible {
        let [low, _] = pair.tickets;
        let root = root(&mut parents, low);
        groups
            .get_mut(root)
            .into_iter()
            .for_each(|group| group.possible.push(pair));
    }
    groups.retain(|group| !group.possible.is_empty());
    groups
}

/// The ticket that stands for the group of a ticket.
fn root(parents: &mut [usize], mut at: usize) -> usize {
    while let Some(parent) = parents.get(at).copied()
        && parent != at
    {
        let grandparent = parents.get(parent).copied().unwrap_or(parent);
        parents
            .get_mut(at)
            .into_iter()
            .for_each(|parent| *parent = grandparent);
        at = grandparent;
    }
    at
}
