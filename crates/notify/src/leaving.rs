//! Two people part: what either was told of the other goes.

use contract::notify::LeftChats;
use db::Tx;
use jobs::BatchHandler;
use kernel::AppError;

use crate::resolution::tell_removed;
use crate::service::lock;
use crate::store::notifications;

/// Removes notifications of people who have parted. What is still on its way between them is held
/// against their block when it arrives.
pub(crate) struct LeaveHandler;

impl BatchHandler<LeftChats> for LeaveHandler {
    fn run(&self, tx: &mut Tx<'_>, pairs: Vec<LeftChats>) -> Result<(), AppError> {
        let people = pairs.iter().flat_map(|pair| [pair.one, pair.other]);
        lock(tx.conn, &people.collect())?;
        let mut removed = vec![];
        for LeftChats { one, other } in pairs {
            for (user, actor) in [(one, other), (other, one)] {
                let lines = notifications::by(tx.conn, user, actor)?;
                notifications::remove_lines(tx.conn, &lines)?;
                removed.extend(lines.into_iter().map(|line| (user, line)));
            }
        }
        tell_removed(tx, removed)
    }
}
