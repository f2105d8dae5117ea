use std::sync::Arc;

use cluster::{Cluster, Topic};
use contract::streams::StreamName;
use kernel::{Env, Timestamp, UserId};
use serde_json::Value;

use super::fixture::{CHANNEL, TestApp, actor, drain, summary};
use crate::connection::Connection;
use crate::queue::SendQueue;
use crate::roster::{LocalRoster, MAX_LISTED, Names, Present, RosterChange};

fn people(count: usize) -> Present {
    let env = Env::system();
    (0..count).map(|_| env.id()).collect()
}

/// Sends a change as a refresh does, with each user's id as their name.
fn change(roster: &LocalRoster, before: &Present, now: &Present) {
    let wanted = roster.wanted_names(before, now);
    let name = |id: UserId| (id, summary(id, &id.to_string()));
    let change = RosterChange {
        before,
        now,
        names: &wanted.users.into_iter().map(name).collect(),
        at: Timestamp::from_micros(0),
    };
    roster.send(&change, wanted.includes_list).unwrap();
}

/// A roster with a socket for each of these numbers, from which so many users are hidden.
fn roster(now: &Present, hidden: &[usize]) -> (LocalRoster, Vec<Arc<Connection>>) {
    let env = Env::system();
    let socket = |(id, count): (u64, &usize)| {
        let queue = Arc::new(SendQueue::default());
        let redaction = Arc::<TestApp>::default();
        let socket = Connection::new(id, actor(&env), &CHANNEL, queue, redaction);
        let read = socket.begin_hidden_read();
        socket.hide(read, now.iter().take(*count).copied().collect());
        Arc::new(socket)
    };
    let sockets: Vec<_> = (0..).zip(hidden).map(socket).collect();
    let topic = Topic::of("roster", 1);
    let subscription = Cluster::local(&env).bus.subscribe(&topic);
    let roster = LocalRoster::new(StreamName::Chat(env.id()), topic, subscription);
    sockets.iter().for_each(|socket| roster.add(socket));
    (roster, sockets)
}

/// The names, totals and data of the frames that a socket was sent.
fn heard(socket: &Connection) -> Vec<(String, u64, String)> {
    let bytes = drain(&socket.queue);
    let mut frames = vec![];
    let mut rest = bytes.as_slice();
    while let [_, length, after @ ..] = rest {
        let (start, length) = match length {
            126 => (2, usize::from(u16::from_be_bytes([after[0], after[1]]))),
            127 => (
                8,
                usize::try_from(u64::from_be_bytes(after[..8].try_into().unwrap())).unwrap(),
            ),
            length => (0, usize::from(*length)),
        };
        let (frame, next) = after[start..].split_at(length);
        let frame: Value = serde_json::from_slice(frame).unwrap();
        let name = frame["type"].as_str().unwrap().to_owned();
        let total = frame["data"]["total"].as_u64().unwrap();
        frames.push((name, total, frame["data"].to_string()));
        rest = next;
    }
    frames
}

fn in_short(told: &[(String, u64, String)]) -> Vec<(&str, u64)> {
    let told = told.iter();
    told.map(|(name, total, _)| (name.as_str(), *total))
        .collect()
}

#[tokio::test]
async fn send_counts_no_hidden_users_in_a_large_roster() {
    let mut now = people(205);
    let (roster, sockets) = roster(&now, &[5, 0]);
    let [blocks, sees] = sockets.as_slice() else {
        panic!("two sockets");
    };
    let change = |before: &Present, now: &Present| {
        change(&roster, before, now);
        [heard(blocks), heard(sees)]
    };
    let [one, other] = change(&Present::new(), &now);
    assert_eq!(in_short(&one), [("members", 200)]);
    assert_eq!(in_short(&other), [("members", 205)]);
    let hidden: Vec<UserId> = now.iter().take(5).copied().collect();
    assert!(hidden.iter().all(|id| !one[0].2.contains(&id.to_string())));

    let before = now.clone();
    now.remove(&hidden[0]);
    let [one, other] = change(&before, &now);
    assert_eq!(in_short(&one), []);
    assert_eq!(in_short(&other), [("member_count", 204)]);
    let before = now.clone();
    now.insert(hidden[0]);
    let [one, other] = change(&before, &now);
    assert_eq!(in_short(&one), []);
    assert_eq!(in_short(&other), [("member_count", 205)]);

    let before = now.clone();
    now.extend(people(1));
    let [one, other] = change(&before, &now);
    assert_eq!(in_short(&one), [("member_count", 201)]);
    assert_eq!(in_short(&other), [("member_count", 206)]);
    let after = now.clone();
    let [one, other] = change(&after, &before);
    assert_eq!(in_short(&one), [("member_left", 200)]);
    assert_eq!(in_short(&other), [("member_count", 205)]);
}

#[tokio::test]
async fn wanted_names_are_those_that_are_sent() {
    let (few, many) = (people(10), people(205));
    let (roster, _) = roster(&few, &[0]);
    let wanted = |before: &Present, now: &Present| roster.wanted_names(before, now).users;
    assert_eq!(wanted(&Present::new(), &few).len(), 10);
    assert_eq!(wanted(&Present::new(), &many).len(), MAX_LISTED);
    change(&roster, &Present::new(), &few);
    assert_eq!(wanted(&few, &few), []);
    let mut fewer = few.clone();
    let left = fewer.pop_last().unwrap();
    assert_eq!(wanted(&few, &fewer), [left]);
    assert_eq!(wanted(&fewer, &few), [left]);
}

#[tokio::test]
async fn send_names_users_as_they_are_called_now() {
    let before = people(1);
    let (roster, sockets) = roster(&before, &[0]);
    change(&roster, &Present::new(), &before);
    heard(&sockets[0]);
    let id = *before.first().unwrap();
    let left = RosterChange {
        before: &before,
        now: &Present::new(),
        names: &Names::from([(id, summary(id, "deleted-1"))]),
        at: Timestamp::from_micros(0),
    };
    roster.send(&left, false).unwrap();
    let told = heard(&sockets[0]);
    assert_eq!(in_short(&told), [("member_left", 0)]);
    assert!(told[0].2.contains("deleted-1"), "{told:?}");
}
