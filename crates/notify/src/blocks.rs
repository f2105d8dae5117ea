//! Deletes notifications of users about each other when one blocks the other.

use contract::notify::BlockCreated;
use db::Tx;
use jobs::BatchHandler;
use kernel::AppError;

use crate::locks::lock_users;
use crate::queries::notifications;
use crate::resolution::{emit_deleted, ids_of};

/// Handles [`BlockCreated`]. Notifications that are delivered later are refused by the block itself.
pub(crate) struct BlockCreatedHandler;

impl BatchHandler<BlockCreated> for BlockCreatedHandler {
    fn run(&self, tx: &mut Tx<'_>, pairs: Vec<BlockCreated>) -> Result<(), AppError> {
        let users = pairs.iter().flat_map(|pair| [pair.one, pair.other]);
        lock_users(tx.conn, &users.collect())?;
        let both_ways = |BlockCreated { one, other }| [(one, other), (other, one)];
        let pairs = pairs.into_iter().flat_map(both_ways).collect();
        let deleted = notifications::by_actors(tx.conn, &pairs)?;
        notifications::delete_all(tx.conn, &ids_of(&deleted))?;
        emit_deleted(tx, deleted)
    }
}
