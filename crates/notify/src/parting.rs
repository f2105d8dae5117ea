//! Two people part: what either was told of the other goes.

use std::collections::BTreeSet;

use ::store::{BatchHandler, Tx};
use contract::notify::Parted;
use kernel::{Fault, UserId};
use serde_json::Value;

use crate::service::{arguments, lock};
use crate::settling::tell_removed;
use crate::store::notifications;

/// Removes notifications of people who have parted. What is still on its way between them is held
/// against their block when it arrives.
pub(crate) struct Part;

impl BatchHandler for Part {
    fn run(&self, tx: &mut Tx<'_>, payloads: Vec<Value>) -> Result<(), Fault> {
        let pairs: Vec<Parted> = arguments(payloads)?;
        let people = pairs.iter().flat_map(|pair| [pair.one, pair.other]);
        lock(tx.conn, &people.collect())?;
        pairs
            .into_iter()
            .try_for_each(|Parted { one, other }| part(tx, one, other))
    }
}

fn part(tx: &mut Tx<'_>, one: UserId, other: UserId) -> Result<(), Fault> {
    for user in BTreeSet::from([one, other]) {
        let actor = if user == one { other } else { one };
        let lines = notifications::by(tx.conn, user, actor)?;
        notifications::remove_lines(tx.conn, &lines)?;
        tell_removed(tx, lines.into_iter().map(|line| (user, line)).collect())?;
    }
    Ok(())
}
