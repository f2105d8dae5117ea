//! Telling the other rooms that a person is gone.

use std::sync::Arc;

use ::store::Handler;
use ::store::jobs::Claimed;
use async_trait::async_trait;
use kernel::{Fault, UserId};
use serde::{Deserialize, Serialize};

use crate::Accounts;

/// Has the other rooms forget a person.
pub(super) const FORGET: &str = "accounts.forget";

/// Who is to be forgotten.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(super) struct Forgotten {
    pub(super) user: UserId,
}

impl Accounts {
    /// The kind of the forgetting jobs and who does them.
    pub(crate) fn forgetter(&self) -> (&'static str, Arc<dyn Handler>) {
        (FORGET, Arc::new(Forgetter(self.clone())))
    }
}

/// Tells the other rooms.
struct Forgetter(Accounts);

#[async_trait]
impl Handler for Forgetter {
    async fn run(&self, job: &Claimed) -> Result<(), Fault> {
        let Forgotten { user } = job.arguments()?;
        for room in &self.0.inner.personal_data {
            room.forget(user).await?;
        }
        Ok(())
    }
}
