//! Tournaments of 64 scripted players at two nodes that are killed and started again. The places are compared with
//! what follows from the results of the matches alone.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::Ordering;

use e2e::{App, TestUser, until};
use serde_json::Value;

use super::{Field, bracket, quick};

const COUNT: usize = 64;

/// A match that was played, as its own record says.
#[derive(Debug, Clone)]
struct Meeting {
    /// The numbers of the winner and of the loser.
    winner: i64,
    loser: i64,
    /// By how many points it was won.
    difference: i64,
    /// The round of the tournament.
    round: i64,
}

/// The number of a player in the field.
fn number_of(player: &Value) -> i64 {
    let name = player["user"]["username"].as_str().unwrap();
    name.trim_start_matches("player").parse::<i64>().unwrap() + 1
}

fn meeting(entry: &Value) -> Option<Meeting> {
    let played = &entry["match"];
    if played["state"] != "finished" {
        return None;
    }
    let winner = usize::try_from(played["winner"].as_u64()?).unwrap();
    let [won, lost] = [winner, 1 - winner].map(|seat| &played["players"][seat]);
    Some(Meeting {
        winner: number_of(won),
        loser: number_of(lost),
        difference: won["score"].as_i64().unwrap() - lost["score"].as_i64().unwrap(),
        round: entry["slot"]["round"].as_i64().unwrap(),
    })
}

/// The matches of a tournament, in the order in which they ended.
async fn meetings(user: &TestUser, path: &str) -> Vec<Meeting> {
    let mut found = vec![];
    loop {
        let page = format!("{path}recap/?limit=100&offset={}", found.len());
        let entries = user.get(&page).await.expect(200).data();
        let entries = entries.as_array().unwrap();
        found.extend(entries.iter().map(meeting));
        if entries.len() < 100 {
            return found.into_iter().flatten().collect();
        }
    }
}

/// The places that the server gives, by number.
async fn places(user: &TestUser, path: &str) -> BTreeMap<i64, i64> {
    let shown = bracket(user, path).await;
    let entrants = shown["entrants"].as_array().unwrap().iter();
    entrants
        .map(|one| {
            (
                one["number"].as_i64().unwrap(),
                one["place"].as_i64().unwrap(),
            )
        })
        .collect()
}

/// The results of one player, in their order: whether each match was won.
fn results_of(number: i64, meetings: &[Meeting]) -> Vec<bool> {
    let own = meetings
        .iter()
        .filter(|one| one.winner == number || one.loser == number);
    own.map(|one| one.winner == number).collect()
}

/// How many lose their second match in each round of the lower bracket.
const LEAVE_IN_ROUND: [i64; 10] = [16, 16, 8, 8, 4, 4, 2, 2, 1, 1];

/// The place of a player of double elimination, from the order of wins and losses.
fn double_elimination_place(results: &[bool]) -> i64 {
    let count = |won: &[bool]| i64::try_from(won.iter().filter(|won| **won).count()).unwrap();
    let mut parts = results.split(|won| !won);
    let before_first = count(parts.next().unwrap());
    let (Some(between), Some(_)) = (parts.next(), parts.next()) else {
        return 1;
    };
    // Who loses in round r of the upper bracket enters the lower one in round 2r - 2, or 1.
    let entered = (2 * before_first).max(1);
    let left = usize::try_from(entered + count(between)).unwrap();
    let later = LEAVE_IN_ROUND
        .get(left..)
        .map_or(0, |later| later.iter().sum());
    if left > LEAVE_IN_ROUND.len() {
        2
    } else {
        3 + later
    }
}

#[test]
fn double_elimination_place_follows_from_wins_and_losses() {
    let won_then_lost = |wins: usize| [vec![true; wins], vec![false]].concat();
    assert_eq!(double_elimination_place(&[false, false]), 49);
    assert_eq!(double_elimination_place(&[true, false, false]), 33);
    assert_eq!(double_elimination_place(&won_then_lost(7)), 1);
    let lower_final = [won_then_lost(5), vec![false]].concat();
    assert_eq!(double_elimination_place(&lower_final), 3);
    let grand_final = [won_then_lost(0), won_then_lost(10)].concat();
    assert_eq!(double_elimination_place(&grand_final), 2);
    let reset = [won_then_lost(6), vec![false]].concat();
    assert_eq!(double_elimination_place(&reset), 2);
}

/// What a player of Swiss has from all matches.
struct Scores {
    wins: BTreeMap<i64, i64>,
    meetings: Vec<Meeting>,
}

impl Scores {
    fn of(meetings: Vec<Meeting>) -> Self {
        let count = i64::try_from(COUNT).unwrap();
        let wins = (1..=count).map(|number| {
            let won = meetings.iter().filter(|one| one.winner == number);
            (number, i64::try_from(won.count()).unwrap())
        });
        Self {
            wins: wins.collect(),
            meetings,
        }
    }

    fn opponents(&self, number: i64) -> Vec<i64> {
        let other = |one: &Meeting| match number {
            own if own == one.winner => Some(one.loser),
            own if own == one.loser => Some(one.winner),
            _ => None,
        };
        self.meetings.iter().filter_map(other).collect()
    }

    /// Points, Buchholz without the weakest opponent, Buchholz, and the points of those who were beaten.
    fn first_criteria(&self, number: i64) -> [i64; 4] {
        let points: Vec<i64> = self
            .opponents(number)
            .iter()
            .map(|one| self.wins[one])
            .collect();
        let buchholz: i64 = points.iter().sum();
        let weakest = points.iter().min().copied().unwrap_or_default();
        let beaten = self.meetings.iter().filter(|one| one.winner == number);
        let beaten = beaten.map(|one| self.wins[&one.loser]).sum();
        [self.wins[&number], buchholz - weakest, buchholz, beaten]
    }

    /// The wins among those who are tied, if each has met each.
    fn encounters(&self, number: i64, tied: &[i64]) -> i64 {
        let have_met = tied.iter().all(|one| {
            let opponents = self.opponents(*one);
            tied.iter()
                .all(|other| other == one || opponents.contains(other))
        });
        let among = |one: &&Meeting| one.winner == number && tied.contains(&one.loser);
        let won = self.meetings.iter().filter(among).count();
        if have_met {
            i64::try_from(won).unwrap()
        } else {
            0
        }
    }

    fn difference(&self, number: i64) -> i64 {
        let of = |one: &Meeting| match number {
            own if own == one.winner => one.difference,
            own if own == one.loser => -one.difference,
            _ => 0,
        };
        self.meetings.iter().map(of).sum()
    }

    /// The places by number. Nobody is rated, so seeds follow the numbers.
    fn places(&self) -> BTreeMap<i64, i64> {
        let mut numbers: Vec<i64> = self.wins.keys().copied().collect();
        numbers.sort_by_key(|number| Reverse(self.first_criteria(*number)));
        let mut order = vec![];
        for tied in
            numbers.chunk_by(|one, other| self.first_criteria(*one) == self.first_criteria(*other))
        {
            let mut tied = tied.to_vec();
            let group = tied.clone();
            tied.sort_by_key(|number| {
                let met = self.encounters(*number, &group);
                (
                    Reverse(met),
                    Reverse(self.wins[number]),
                    Reverse(self.difference(*number)),
                    *number,
                )
            });
            order.extend(tied);
        }
        order.into_iter().zip(1..).collect()
    }
}

/// Kills the nodes in turn and starts them again, each time this many matches have been called.
async fn kill_in_turn(app: &App, field: &Field, after: &[usize]) {
    for (node, count) in app.nodes.iter().cycle().zip(after) {
        until("more matches are called", async || {
            field.called.load(Ordering::Relaxed) >= *count
        })
        .await;
        node.signal("KILL");
        node.restart().await;
    }
}

async fn play_while_nodes_die(app: &App, field: &Field, after: &[usize]) -> Vec<Meeting> {
    field.start().await;
    tokio::join!(
        field.play_out(app, &[0, 1]),
        kill_in_turn(app, field, after)
    );
    let at = field.users[0].at_node(0);
    assert_eq!(
        at.get(&field.path).await.expect(200).data()["status"],
        "finished"
    );
    meetings(&at, &field.path).await
}

async fn check_swiss(field: &Field, meetings: Vec<Meeting>) {
    assert_eq!(meetings.len(), COUNT / 2 * 7, "seven rounds without byes");
    let pairs: BTreeSet<_> = meetings
        .iter()
        .map(|one| (one.winner.min(one.loser), one.winner.max(one.loser)))
        .collect();
    assert_eq!(pairs.len(), meetings.len(), "nobody meets twice");
    for round in 1..=7 {
        let paired = meetings.iter().filter(|one| one.round == round);
        let paired: BTreeSet<i64> = paired.flat_map(|one| [one.winner, one.loser]).collect();
        assert_eq!(paired.len(), COUNT, "everybody plays in round {round}");
    }
    let shown = places(&field.users[0].at_node(0), &field.path).await;
    assert_eq!(shown, Scores::of(meetings).places());
}

async fn check_double_elimination(field: &Field, meetings: &[Meeting]) {
    let shown = places(&field.users[0].at_node(0), &field.path).await;
    for (number, place) in &shown {
        let results = results_of(*number, meetings);
        let losses = results.iter().filter(|won| !**won).count();
        assert_eq!(losses == 2, *place != 1, "{number}: {results:?}");
        assert_eq!(
            *place,
            double_elimination_place(&results),
            "{number}: {results:?}"
        );
    }
    let champion_lost = meetings.iter().any(|one| shown[&one.loser] == 1);
    assert_eq!(meetings.len(), 2 * COUNT - 2 + usize::from(champion_lost));
}

#[tokio::test]
async fn places_of_64_players_follow_from_their_matches_while_nodes_die() {
    let Some(app) = quick().flag("--rate-limits", "off").cluster(2) else {
        return;
    };
    let field = Field::enter(&app, "swiss", COUNT).await;
    let played = play_while_nodes_die(&app, &field, &[1, 60, 130, 220]).await;
    check_swiss(&field, played).await;
    let field = Field::of(field.users, "double_elimination").await;
    let played = play_while_nodes_die(&app, &field, &[1, 60, 100, 126]).await;
    check_double_elimination(&field, &played).await;
}
