//! Who is paired with whom: the tickets of one game in memory, in the order of their ratings.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use kernel::{Timestamp, UserId};

use super::nearest::Nearest;
use crate::catalogue::{Game, Wants};
use crate::queued_ticket::QueuedTicket;
use crate::rules::{cost, may_meet};

/// How many possible opponents are compared.
const MAX_CANDIDATES: usize = 32;
/// How many tickets are looked at to find them.
const MAX_LOOKED_AT: usize = 512;
/// Two users who have just met are paired again only after nobody else was possible for so long: one of them has
/// waited as long, and others may come from their matches meanwhile.
const AVOID_FOR: Duration = Duration::from_secs(15);

/// The tickets of a game.
pub(crate) struct QueuePool {
    game: &'static dyn Game,
    /// In the order of rating and user.
    pub(super) tickets: Vec<QueuedTicket>,
    /// When somebody other than the last opponent was last possible.
    others_at: HashMap<UserId, Timestamp>,
    /// Users who must not meet, since one has blocked the other.
    blocked: HashSet<UserPair>,
}

type UserPair = (UserId, UserId);

/// Two tickets that can be paired, by their positions in the pool, the lower one first.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct PossiblePair {
    pub(super) tickets: [usize; 2],
    pub(super) cost: f64,
    /// What both accept.
    pub(super) wants: Wants,
}

/// Two tickets that are to be paired.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct QueuePair {
    pub(crate) tickets: [QueuedTicket; 2],
    /// What both accept.
    pub(crate) wants: Wants,
}

impl QueuePool {
    pub(crate) fn new(game: &'static dyn Game, tickets: Vec<QueuedTicket>) -> Self {
        let mut pool = Self {
            game,
            tickets,
            others_at: HashMap::new(),
            blocked: HashSet::new(),
        };
        pool.sort();
        pool
    }

    /// Replaces all tickets.
    pub(crate) fn reload(&mut self, tickets: Vec<QueuedTicket>) {
        let users: HashSet<UserId> = tickets.iter().map(|ticket| ticket.user).collect();
        self.tickets = tickets;
        self.others_at.retain(|user, _| users.contains(user));
        self.blocked
            .retain(|(one, other)| users.contains(one) && users.contains(other));
        self.sort();
    }

    /// Adds a ticket, or replaces that of the same user.
    pub(crate) fn add(&mut self, ticket: QueuedTicket) {
        self.remove(ticket.user);
        let at = self.tickets.partition_point(|one| is_before(one, &ticket));
        self.tickets.insert(at, ticket);
    }

    pub(crate) fn remove(&mut self, user: UserId) {
        self.tickets.retain(|ticket| ticket.user != user);
    }

    /// These two never meet while they wait.
    pub(crate) fn block(&mut self, pair: &QueuePair) {
        let [one, other] = &pair.tickets;
        self.blocked.insert(in_order(one.user, other.user));
        for ticket in &pair.tickets {
            self.add(ticket.clone());
        }
    }

    /// Pairs a user with the best opponent, if there is one, and removes both.
    pub(crate) fn pair(&mut self, user: UserId, now: Timestamp) -> Option<QueuePair> {
        let at = self.tickets.iter().position(|ticket| ticket.user == user)?;
        let (other, wants) = self.best_for(at, now)?;
        let (low, high) = (at.min(other), at.max(other));
        let high = self.tickets.remove(high);
        let low = self.tickets.remove(low);
        Some(QueuePair {
            tickets: [low, high],
            wants,
        })
    }

    /// The best opponent for a ticket and what both accept.
    fn best_for(&mut self, at: usize, now: Timestamp) -> Option<(usize, Wants)> {
        let candidates = self.candidates(at, now);
        self.note_choice(at, &candidates, now);
        let costed = candidates.into_iter().filter_map(|(other, wants)| {
            let cost = self.cost_of(at, other, now)?;
            Some((cost, other, wants))
        });
        let best = costed.min_by(|(one, ..), (other, ..)| one.total_cmp(other));
        best.map(|(_, other, wants)| (other, wants))
    }

    /// All pairs that can be made, each once.
    pub(super) fn possible_pairs(&mut self, now: Timestamp) -> Vec<PossiblePair> {
        let count = self.tickets.len();
        let candidates: Vec<_> = (0..count).map(|at| self.candidates(at, now)).collect();
        for (at, candidates) in candidates.iter().enumerate() {
            self.note_choice(at, candidates, now);
        }
        let knows = |at: usize, other: usize| {
            let mut known = candidates.get(at).into_iter().flatten();
            known.any(|(candidate, _)| *candidate == other)
        };
        let mut possible = vec![];
        for (at, own) in candidates.iter().enumerate() {
            for (other, wants) in own {
                // The nearest of one need not be the nearest of the other.
                if at > *other && knows(*other, at) {
                    continue;
                }
                let cost = self.cost_of(at, *other, now);
                possible.extend(cost.map(|cost| PossiblePair {
                    tickets: [at.min(*other), at.max(*other)],
                    cost,
                    wants: *wants,
                }));
            }
        }
        possible
    }

    /// Notes that a user could be paired with somebody other than the last opponent.
    fn note_choice(&mut self, at: usize, candidates: &[(usize, Wants)], now: Timestamp) {
        let Some(ticket) = self.tickets.get(at) else {
            return;
        };
        let others = candidates
            .iter()
            .filter_map(|(at, _)| self.tickets.get(*at));
        if others.into_iter().any(|other| !have_met(ticket, other)) {
            self.others_at.insert(ticket.user, now);
        }
    }

    /// What it costs to pair two tickets; nothing if they have just met and somebody else may still be possible.
    fn cost_of(&self, at: usize, other: usize, now: Timestamp) -> Option<f64> {
        let (one, other) = (self.tickets.get(at)?, self.tickets.get(other)?);
        let met = have_met(one, other);
        if met && self.may_have_choice([one, other], now) {
            return None;
        }
        Some(cost(&one.player(now), &other.player(now), met))
    }

    /// Whether somebody else was possible for one of two users just now, or neither has waited for long enough to know.
    fn may_have_choice(&self, pair: [&QueuedTicket; 2], now: Timestamp) -> bool {
        let is_new = |ticket: &QueuedTicket| now.since(ticket.joined_at()) < AVOID_FOR;
        pair.iter().all(|ticket| is_new(ticket))
            || pair.iter().any(|ticket| self.has_choice(ticket.user, now))
    }

    /// Whether somebody other than the last opponent was possible for a user just now.
    fn has_choice(&self, user: UserId, now: Timestamp) -> bool {
        let at = self.others_at.get(&user);
        at.is_some_and(|at| now.since(*at) < AVOID_FOR)
    }

    /// The nearest tickets that a ticket may be paired with.
    fn candidates(&self, at: usize, now: Timestamp) -> Vec<(usize, Wants)> {
        let Some(ticket) = self.tickets.get(at) else {
            return vec![];
        };
        let player = ticket.player(now);
        let nearest = Nearest::new(&self.tickets, at).take(MAX_LOOKED_AT);
        let possible = nearest.filter_map(|index| {
            let other = self.tickets.get(index)?;
            let pair = in_order(ticket.user, other.user);
            let wants = self.game.meet(ticket.wants(), other.wants())?;
            let may = may_meet(&player, &other.player(now)) && !self.blocked.contains(&pair);
            may.then_some((index, wants))
        });
        possible.take(MAX_CANDIDATES).collect()
    }

    fn sort(&mut self) {
        self.tickets.sort_by(|one, other| {
            one.rating
                .total_cmp(&other.rating)
                .then(one.user.cmp(&other.user))
        });
    }
}

fn is_before(one: &QueuedTicket, other: &QueuedTicket) -> bool {
    let order = one.rating.total_cmp(&other.rating);
    order.then(one.user.cmp(&other.user)).is_lt()
}

/// Whether one was the last opponent of the other, just now.
fn have_met(one: &QueuedTicket, other: &QueuedTicket) -> bool {
    one.avoid == Some(other.user) || other.avoid == Some(one.user)
}

fn in_order(one: UserId, other: UserId) -> UserPair {
    if one < other {
        (one, other)
    } else {
        (other, one)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, json};

    use super::*;
    use crate::catalogue::Catalog;
    use crate::queued_ticket::QueueProfile;

    const NOW: i64 = 1_000_000_000;

    fn now() -> Timestamp {
        Timestamp::from_micros(NOW)
    }

    fn pong() -> &'static dyn Game {
        Catalog::builtin().find("pong").unwrap()
    }

    fn user(number: u128) -> UserId {
        UserId::from_uuid(uuid::Uuid::from_u128(number))
    }

    fn wants(given: serde_json::Value) -> Wants {
        let given: Map<String, serde_json::Value> = serde_json::from_value(given).unwrap();
        pong().wants(&given).unwrap()
    }

    fn ticket(number: u128, rating: f64, waited: i64) -> QueuedTicket {
        let profile = QueueProfile {
            rating,
            deviation: 60.0,
            conduct: 0.0,
            avoid: None,
        };
        let joined_at = Timestamp::from_micros(NOW - waited * 1_000_000);
        QueuedTicket::new(user(number), wants(json!({})), profile, joined_at)
    }

    fn with_wants(ticket: &QueuedTicket, wants: Wants) -> QueuedTicket {
        QueuedTicket {
            wants: wants.0,
            ..ticket.clone()
        }
    }

    /// The pairs of a sweep, by the numbers of users.
    fn pairs(tickets: Vec<QueuedTicket>) -> Vec<[u128; 2]> {
        let mut pool = QueuePool::new(pong(), tickets);
        numbers(&pool.sweep(now()))
    }

    fn numbers(pairs: &[QueuePair]) -> Vec<[u128; 2]> {
        let number = |ticket: &QueuedTicket| ticket.user.uuid().as_u128();
        let mut all: Vec<[u128; 2]> = pairs
            .iter()
            .map(|pair| {
                let mut both = pair.tickets.each_ref().map(number);
                both.sort_unstable();
                both
            })
            .collect();
        all.sort_unstable();
        all
    }

    #[test]
    fn sweep_pairs_the_nearest_ratings_and_leaves_those_too_far_apart() {
        let all = vec![
            ticket(1, 1_500.0, 3),
            ticket(2, 1_900.0, 3),
            ticket(3, 1_520.0, 2),
            ticket(4, 1_480.0, 1),
            ticket(5, 1_950.0, 0),
        ];
        assert_eq!(pairs(all), [[1, 3], [2, 5]]);
        assert_eq!(
            pairs(vec![ticket(1, 1_500.0, 5), ticket(2, 1_900.0, 5)]),
            [[0; 2]; 0]
        );
        assert_eq!(
            pairs(vec![ticket(1, 1_500.0, 45), ticket(2, 1_900.0, 45)]),
            [[1, 2]]
        );
    }

    #[test]
    fn sweep_serves_first_who_waits_longest() {
        let all = vec![
            ticket(1, 1_500.0, 1),
            ticket(2, 1_510.0, 2),
            ticket(3, 1_520.0, 60),
        ];
        assert_eq!(pairs(all), [[2, 3]]);
    }

    #[test]
    fn sweep_pairs_as_many_as_possible() {
        // Each near one in the middle would leave somebody at the ends alone.
        let all = vec![
            ticket(1, 1_400.0, 10),
            ticket(2, 1_550.0, 10),
            ticket(3, 1_560.0, 20),
            ticket(4, 1_710.0, 10),
        ];
        assert_eq!(pairs(all), [[1, 2], [3, 4]]);
    }

    #[test]
    fn sweep_pairs_only_who_agree_on_the_options() {
        let (slow, fast) = (
            wants(json!({"game_speed": "slow"})),
            wants(json!({"game_speed": "fast"})),
        );
        let one = with_wants(&ticket(1, 1_500.0, 5), slow);
        let two = with_wants(&ticket(2, 1_500.0, 5), fast);
        assert_eq!(pairs(vec![one.clone(), two]), [[0; 2]; 0]);
        let any = ticket(3, 1_600.0, 5);
        let mut pool = QueuePool::new(pong(), vec![one, any]);
        let pair = pool.pair(user(1), now()).unwrap();
        assert_eq!(pong().settle(pair.wants)["game_speed"], "slow");
        assert!(pool.pair(user(1), now()).is_none() && pool.tickets.is_empty());
    }

    #[test]
    fn blocked_users_never_meet_however_long_they_wait() {
        let mut pool = QueuePool::new(pong(), vec![ticket(1, 1_500.0, 90), ticket(2, 1_500.0, 90)]);
        let pair = pool.pair(user(1), now()).unwrap();
        pool.block(&pair);
        assert!(pool.sweep(now()).is_empty());
        pool.add(ticket(3, 1_400.0, 1));
        assert_eq!(numbers(&pool.sweep(now())).len(), 1);
    }

    #[test]
    fn users_who_have_just_met_are_paired_with_somebody_else_if_there_is_one() {
        let waiting = |number, other, waited| QueuedTicket {
            avoid: Some(user(other)),
            ..ticket(number, 1_500.0, waited)
        };
        let again = |number, other| waiting(number, other, 10);
        let third = ticket(3, 1_650.0, 4);
        let all = vec![again(1, 2), again(2, 1), third.clone()];
        let paired = pairs(all);
        assert!(paired.len() == 1 && paired[0].contains(&3), "{paired:?}");
        // Others may come from their matches.
        assert_eq!(pairs(vec![again(1, 2), again(2, 1)]), [[0; 2]; 0]);
        let mut both = QueuePool::new(pong(), vec![again(1, 2), again(2, 1)]);
        assert!(
            both.pair(user(2), now()).is_none(),
            "nor at once when one enters"
        );
        for waited in [15, 60] {
            assert_eq!(
                pairs(vec![waiting(1, 2, waited), waiting(2, 1, 0)]),
                [[1, 2]]
            );
        }
        // Nor do they meet right after the third one was taken by somebody else.
        let mut pool = QueuePool::new(pong(), vec![again(1, 2), third]);
        assert!(pool.pair(user(1), now()).is_some());
        pool.add(again(1, 2));
        pool.add(again(2, 1));
        assert!(pool.sweep(now()).is_empty());
        let later = Timestamp::from_micros(NOW + 16_000_000);
        assert_eq!(numbers(&pool.sweep(later)), [[1, 2]]);
    }

    #[test]
    fn add_replaces_the_ticket_of_the_same_user() {
        let mut pool = QueuePool::new(pong(), vec![ticket(1, 1_500.0, 5)]);
        pool.add(ticket(1, 1_700.0, 5));
        assert_eq!(pool.tickets.len(), 1);
        pool.remove(user(1));
        assert!(pool.tickets.is_empty());
    }

    #[test]
    fn nobody_is_paired_twice_in_a_sweep_of_many() {
        let tickets = (0..2_000_u32).map(|n| {
            let rating = 1_000.0 + f64::from(n * 7_919 % 1_000);
            ticket(u128::from(n) + 1, rating, i64::from(n % 40))
        });
        let paired = pairs(tickets.collect());
        let users: HashSet<u128> = paired.iter().flatten().copied().collect();
        assert_eq!(users.len(), paired.len() * 2);
        assert!(paired.len() > 990, "{}", paired.len());
    }
}
