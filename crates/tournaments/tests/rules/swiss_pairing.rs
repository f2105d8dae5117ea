//! The pairing of Swiss against trying all pairings, with a cost that is computed from its description.

use std::collections::BTreeSet;

use tournaments::rules::*;

/// A round from a few numbers.
struct Case {
    players: Vec<SwissPlayer>,
    met: BTreeSet<(EntrantNumber, EntrantNumber)>,
    blocked: BTreeSet<(EntrantNumber, EntrantNumber)>,
}

fn pair(a: EntrantNumber, b: EntrantNumber) -> (EntrantNumber, EntrantNumber) {
    (a.min(b), a.max(b))
}

fn random_float(dice: &mut DrawGenerator) -> Option<Float> {
    match dice.below(4) {
        0 => Some(Float::Up),
        1 => Some(Float::Down),
        _ => None,
    }
}

impl Case {
    fn random(dice: &mut DrawGenerator) -> Self {
        let count = 2 + u32::try_from(dice.below(9)).unwrap();
        let points = 1 + dice.below(6);
        let players = (1..=count).map(|number| SwissPlayer {
            entrant: EntrantNumber(100 - number),
            seed: u16::try_from(number).unwrap(),
            half_points: u16::try_from(dice.below(points)).unwrap(),
            last_float: random_float(dice),
            earlier_float: random_float(dice),
            had_free_win: dice.below(3) == 0,
            side_balance: i16::try_from(dice.below(5)).unwrap() - 2,
        });
        let players: Vec<SwissPlayer> = players.collect();
        let mut case = Self {
            players,
            met: BTreeSet::new(),
            blocked: BTreeSet::new(),
        };
        let density = dice.below(5);
        for one in 0..case.players.len() {
            for other in 0..one {
                let numbers = pair(case.players[one].entrant, case.players[other].entrant);
                if dice.below(6) < density {
                    case.met.insert(numbers);
                }
                if dice.below(40) == 0 {
                    case.blocked.insert(numbers);
                }
            }
        }
        case.players
            .sort_by_key(|player| (u16::MAX - player.half_points, player.seed));
        case
    }

    fn round(&self) -> SwissRound {
        let turned = self.met.iter().map(|(a, b)| (*b, *a));
        SwissRound::new(
            4,
            self.players.clone(),
            vec![],
            turned,
            self.blocked.iter().copied(),
        )
    }

    fn may_meet(&self, a: &SwissPlayer, b: &SwissPlayer) -> bool {
        let numbers = pair(a.entrant, b.entrant);
        !self.met.contains(&numbers) && !self.blocked.contains(&numbers)
    }

    /// The least cost of pairing these players, who are in order.
    fn least_cost(&self, players: &[SwissPlayer]) -> Option<i128> {
        let costs = |better: &SwissPlayer| {
            let of_pair = |worse| {
                self.may_meet(better, worse)
                    .then(|| cost(players, better, worse))
            };
            let at = players.iter().position(|one| one == better).unwrap();
            let later = players.iter().enumerate();
            later
                .map(|(other, worse)| if at < other { of_pair(worse) } else { None })
                .collect()
        };
        let costs: Vec<Vec<Option<i128>>> = players.iter().map(costs).collect();
        least_cost_of((1 << players.len()) - 1, &costs)
    }

    /// Who gets the bye: the lowest without a free win whose leaving lets the others be paired, else the lowest with one.
    fn bye(&self) -> Option<EntrantNumber> {
        let lowest_first = |free: bool| {
            self.players
                .iter()
                .rev()
                .filter(move |player| player.had_free_win == free)
        };
        let mut candidates = lowest_first(false).chain(lowest_first(true));
        let found =
            candidates.find(|player| self.least_cost(&self.without(player.entrant)).is_some());
        found.map(|player| player.entrant)
    }

    fn without(&self, entrant: EntrantNumber) -> Vec<SwissPlayer> {
        let others = self
            .players
            .iter()
            .filter(|player| player.entrant != entrant);
        others.copied().collect()
    }
}

/// The least cost of pairing those whose bits are set.
fn least_cost_of(rest: u16, costs: &[Vec<Option<i128>>]) -> Option<i128> {
    if rest == 0 {
        return Some(0);
    }
    let first = rest.trailing_zeros() as usize;
    let others = (first + 1..costs.len()).filter(|other| rest & (1 << other) != 0);
    let totals = others.filter_map(|other| {
        let left = rest & !(1 << first) & !(1 << other);
        Some(costs[first][other]? + least_cost_of(left, costs)?)
    });
    totals.min()
}

/// The cost of a pair among all that are paired, from the words of its description.
fn cost(all: &[SwissPlayer], better: &SwissPlayer, worse: &SwissPlayer) -> i128 {
    let group = |player: &SwissPlayer| -> Vec<EntrantNumber> {
        let equals = all
            .iter()
            .filter(|one| one.half_points == player.half_points);
        equals.map(|one| one.entrant).collect()
    };
    let position = |player: &SwissPlayer| {
        group(player)
            .iter()
            .position(|one| *one == player.entrant)
            .unwrap() as i128
    };
    let difference = i128::from(better.half_points) - i128::from(worse.half_points);
    let mut floats = 0;
    if difference > 0 {
        for (player, direction) in [(better, Float::Down), (worse, Float::Up)] {
            floats += if player.last_float == Some(direction) {
                3
            } else {
                0
            };
            floats += if player.earlier_float == Some(direction) {
                1
            } else {
                0
            };
        }
    }
    let size = group(better).len() as i128;
    let distance = match difference {
        0 => (position(worse) - position(better) - size / 2).abs(),
        _ => position(worse),
    };
    let last = distance * (size - position(better));
    let million = 1_000_000_i128;
    difference.pow(2) * million.pow(3) + floats * million.pow(2) + distance.pow(2) * million + last
}

#[test]
fn pairing_agrees_with_trying_all() {
    let mut dice = DrawGenerator::new(55);
    let mut outcomes = [0; 2];
    for number in 0..10_000 {
        let case = Case::random(&mut dice);
        let found = case.round().pair();
        let is_odd = case.players.len() % 2 == 1;
        let bye = if is_odd { case.bye() } else { None };
        let least = match (is_odd, bye) {
            (true, None) => None,
            (true, Some(bye)) => case.least_cost(&case.without(bye)),
            (false, _) => case.least_cost(&case.players),
        };
        outcomes[usize::from(least.is_some())] += 1;
        let Some(least) = least else {
            assert_eq!(found, Err(RuleError::NoPairing), "case {number}");
            continue;
        };
        let found = found.unwrap();
        assert_eq!(found.bye, bye, "case {number}");
        check(&case, &found, least, number);
    }
    assert!(outcomes.iter().all(|count| *count > 500), "{outcomes:?}");
}

fn check(case: &Case, found: &SwissPairing, least: i128, number: u32) {
    let paired: Vec<SwissPlayer> = match found.bye {
        Some(bye) => case.without(bye),
        None => case.players.clone(),
    };
    let player = |number| {
        *paired
            .iter()
            .find(|player| player.entrant == number)
            .unwrap()
    };
    let order = |number| {
        paired
            .iter()
            .position(|player| player.entrant == number)
            .unwrap()
    };
    let mut total = 0;
    let mut seen = BTreeSet::new();
    for sides in &found.pairs {
        let (a, b) = (player(sides.a), player(sides.b));
        let (better, worse) = if order(sides.a) < order(sides.b) {
            (a, b)
        } else {
            (b, a)
        };
        assert!(case.may_meet(&a, &b), "case {number}");
        total += cost(&paired, &better, &worse);
        assert!(
            a.side_balance <= b.side_balance,
            "who was less often on the first side is"
        );
        if a.side_balance == b.side_balance {
            assert_eq!(better.entrant, sides.a);
        }
        seen.extend([sides.a, sides.b]);
    }
    assert_eq!(seen.len(), paired.len(), "each once");
    assert_eq!(total, least, "case {number}");
    let first: Vec<usize> = found
        .pairs
        .iter()
        .map(|sides| order(sides.a).min(order(sides.b)))
        .collect();
    assert!(first.is_sorted(), "that of the best first");
}

#[test]
fn pair_or_repeat_always_pairs_as_many_as_it_can() {
    let mut dice = DrawGenerator::new(56);
    for number in 0..3_000 {
        let case = Case::random(&mut dice);
        let strict = case.round().pair();
        let found = case.round().pair_or_repeat();
        if let (Ok(strict), true) = (strict, found.unpaired.is_empty()) {
            assert_eq!(found, strict);
            continue;
        }
        for sides in &found.pairs {
            assert!(
                !case.blocked.contains(&pair(sides.a, sides.b)),
                "case {number}"
            );
        }
        let named = found.pairs.len() * 2 + found.unpaired.len() + usize::from(found.bye.is_some());
        assert_eq!(named, case.players.len());
        let lenient = Case {
            met: BTreeSet::new(),
            ..case
        };
        let most = most_pairs(&lenient, &lenient.players);
        assert_eq!(found.pairs.len(), most, "case {number}");
        let has_opponent = |one: &&SwissPlayer| {
            lenient
                .players
                .iter()
                .any(|other| other != *one && lenient.may_meet(one, other))
        };
        if let Some(bye) = found.bye {
            let player = lenient
                .players
                .iter()
                .find(|player| player.entrant == bye)
                .unwrap();
            assert!(
                has_opponent(&player) || lenient.players.len() == 1,
                "case {number}"
            );
        }
    }
}

fn most_pairs(case: &Case, rest: &[SwissPlayer]) -> usize {
    let Some((first, others)) = rest.split_first() else {
        return 0;
    };
    let with_first = (0..others.len())
        .filter(|at| case.may_meet(first, &others[*at]))
        .map(|at| {
            let mut left = others.to_vec();
            left.remove(at);
            1 + most_pairs(case, &left)
        });
    with_first.max().unwrap_or(0).max(most_pairs(case, others))
}

fn fresh_players(count: u32) -> Vec<SwissPlayer> {
    let players = (1..=count).map(|number| SwissPlayer {
        entrant: EntrantNumber(number),
        seed: u16::try_from(number).unwrap(),
        half_points: 0,
        last_float: None,
        earlier_float: None,
        had_free_win: false,
        side_balance: 0,
    });
    players.collect()
}

#[test]
fn first_round_is_the_fold_at_every_size() {
    for count in (4..=260).chain([511, 512, 1_000, 1_023, 1_024]) {
        let pairing = SwissRound::new(1, fresh_players(count), vec![], [], [])
            .pair()
            .unwrap();
        let half = count / 2;
        let expected: Vec<_> = (1..=half)
            .map(|one| PerSide::new(EntrantNumber(one), EntrantNumber(one + half)))
            .collect();
        assert_eq!(pairing.pairs, expected, "{count} players");
        let bye = (count % 2 == 1).then_some(EntrantNumber(count));
        assert_eq!(pairing.bye, bye);
    }
}

#[test]
fn who_is_blocked_by_all_stays_unpaired_and_gets_no_bye() {
    for count in [8, 9] {
        let blocked = (2..=count).map(|other| (EntrantNumber(1), EntrantNumber(other)));
        let round = SwissRound::new(1, fresh_players(count), vec![], [], blocked);
        let found = round.pair_or_repeat();
        assert_eq!(found.unpaired, [EntrantNumber(1)]);
        assert_eq!(found.pairs.len(), (count as usize - 1) / 2);
        assert_eq!(found.bye, (count == 8).then_some(EntrantNumber(8)));
    }
}

#[test]
fn a_few_players_can_be_paired() {
    let round = |count| SwissRound::new(1, fresh_players(count), vec![], [], []);
    assert_eq!(round(0).pair().unwrap().pairs, []);
    let one = round(1).pair().unwrap();
    assert_eq!((one.pairs.len(), one.bye), (0, Some(EntrantNumber(1))));
    assert_eq!(round(2).pair().unwrap().pairs.len(), 1);
}
