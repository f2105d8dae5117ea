//! Two people part: what either was told of the other goes.

use contract::notify::LeftChats;
use db::Tx;
use jobs::BatchHandler;
use kernel::AppError;

use crate::resolution::{ids_of, tell_removed};
use crate::service::lock;
use crate::store::notifications;

/// Removes notifications of people who have parted. What is still on its way between them is held
/// against their block when it arrives.
pub(crate) struct LeaveHandler;

impl BatchHandler<LeftChats> for LeaveHandler {
    fn run(&self, tx: &mut Tx<'_>, pairs: Vec<LeftChats>) -> Result<(), AppError> {
        let people = pairs.iter().flat_map(|pair| [pair.one, pair.other]);
        lock(tx.conn, &people.collect())?;
        let both_ways = |LeftChats { one, other }| [(one, other), (other, one)];
        let pairs = pairs.into_iter().flat_map(both_ways).collect();
        let removed = notifications::by_others(tx.conn, &pairs)?;
        notifications::remove_all(tx.conn, &ids_of(&removed))?;
        tell_removed(tx, removed)
    }
}
