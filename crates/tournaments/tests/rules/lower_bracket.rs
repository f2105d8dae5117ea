//! Where losers enter the lower bracket.

use tournaments::rules::*;

use crate::simulation::started;

/// For each size and each upper round after the first: the positions whose losers enter the lower bracket, from its first
/// position to its last. Read from brackets that brackets-manager 1.11.1 has made. Losers of the first round enter in
/// their own order, at all these sizes.
#[rustfmt::skip]
const PUBLISHED: &[(u32, &[&[u16]])] = &[
    (4, &[
        &[1],
    ]),
    (8, &[
        &[2, 1],
        &[1],
    ]),
    (16, &[
        &[2, 1, 4, 3],
        &[2, 1],
        &[1],
    ]),
    (32, &[
        &[8, 7, 6, 5, 4, 3, 2, 1],
        &[3, 4, 1, 2],
        &[1, 2],
        &[1],
    ]),
    (64, &[
        &[16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1],
        &[5, 6, 7, 8, 1, 2, 3, 4],
        &[4, 3, 2, 1],
        &[1, 2],
        &[1],
    ]),
    (128, &[
        &[32, 31, 30, 29, 28, 27, 26, 25, 24, 23, 22, 21, 20, 19, 18, 17, 16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1],
        &[9, 10, 11, 12, 13, 14, 15, 16, 1, 2, 3, 4, 5, 6, 7, 8],
        &[2, 1, 4, 3, 6, 5, 8, 7],
        &[2, 1, 4, 3],
        &[2, 1],
        &[1],
    ]),];

/// For each size the first round of the lower bracket in which two can meet who have met in the upper one, and how many
/// such matches there are on average, in hundredths, if both sides of every match are equally strong.
const REMATCHES: &[(u32, u16, u32)] = &[
    (4, 2, 50),
    (8, 3, 63),
    (16, 3, 104),
    (32, 5, 82),
    (64, 6, 105),
    (128, 7, 87),
    (256, 9, 72),
    (512, 9, 88),
    (1_024, 9, 95),
];

fn bracket(size: u32) -> Competition {
    started(Format::DoubleElimination, size)
}

#[test]
fn lower_bracket_is_the_published_one() {
    for (size, rounds) in PUBLISHED {
        let competition = bracket(*size);
        let sources = |round, position| {
            competition
                .slot(SlotKey::new(Bracket::Lower, round, position))
                .unwrap()
                .sources
        };
        let upper =
            |round, position| SlotSource::LoserOf(SlotKey::new(Bracket::Upper, round, position));
        let lower =
            |round, position| SlotSource::WinnerOf(SlotKey::new(Bracket::Lower, round, position));
        let mut slots = 0;
        for position in 1..=u16::try_from(size / 4).unwrap() {
            let pair = PerSide::new(upper(1, 2 * position - 1), upper(1, 2 * position));
            assert_eq!(sources(1, position), pair);
            slots += 1;
        }
        for (round, entering) in (2..).zip(*rounds) {
            let drop = 2 * round - 2;
            for (position, from) in (1..).zip(*entering) {
                let pair = PerSide::new(upper(round, *from), lower(drop - 1, position));
                assert_eq!(sources(drop, position), pair, "{size} entrants");
                slots += 1;
            }
            for position in 1..=u16::try_from(entering.len() / 2).unwrap() {
                let pair = PerSide::new(lower(drop, 2 * position - 1), lower(drop, 2 * position));
                assert_eq!(sources(drop + 1, position), pair, "{size} entrants");
                slots += 1;
            }
        }
        let all = competition
            .slots()
            .filter(|slot| slot.key.bracket == Bracket::Lower)
            .count();
        assert_eq!(all, slots, "{size} entrants");
    }
}

/// The slots of the lower bracket through which the loser of a slot goes, if it wins there.
fn way_of_loser(competition: &Competition, key: SlotKey) -> Vec<SlotKey> {
    let mut way = vec![];
    let mut next = competition.slot(key).unwrap().loser_to;
    while let Some(feed) = next.filter(|feed| feed.slot.bracket == Bracket::Lower) {
        way.push(feed.slot);
        next = competition.slot(feed.slot).unwrap().winner_to;
    }
    way
}

/// For each pair of slots of the upper bracket of which one leads to the other, where the loser of the first and the
/// loser of the second meet if the latter had won the first; with the chance of that.
fn rematches(competition: &Competition) -> Vec<(SlotKey, f64)> {
    let mut found = vec![];
    let upper = competition
        .slots()
        .filter(|slot| slot.key.bracket == Bracket::Upper);
    for slot in upper {
        let first = way_of_loser(competition, slot.key);
        let mut wins = 0;
        let mut next = slot.winner_to;
        while let Some(feed) = next.filter(|feed| feed.slot.bracket == Bracket::Upper) {
            let second = way_of_loser(competition, feed.slot);
            let meeting = second.iter().find(|key| first.contains(key)).unwrap();
            let before = |way: &[SlotKey]| way.iter().position(|key| key == meeting).unwrap();
            let needed = wins + 1 + before(&first) + before(&second);
            found.push((*meeting, 0.5_f64.powi(i32::try_from(needed).unwrap())));
            wins += 1;
            next = competition.slot(feed.slot).unwrap().winner_to;
        }
    }
    found
}

#[test]
fn who_has_met_in_the_upper_bracket_rarely_meets_again_soon() {
    let mut found = vec![];
    for (size, _, _) in REMATCHES {
        let rematches = rematches(&bracket(*size));
        let first = rematches.iter().map(|(key, _)| key.round).min().unwrap();
        let expected: f64 = rematches.iter().map(|(_, chance)| chance).sum();
        found.push((*size, first, (expected * 100.0).ceil() as u32));
    }
    assert_eq!(found, REMATCHES);
}
