//! A transaction in progress.

use kernel::Env;

use crate::AnyConn;
use crate::after_commit::{AfterCommit, Hooks};

/// A transaction: its connection, and what happens after the commit.
pub struct Tx<'a> {
    /// The connection, within the transaction.
    pub conn: &'a mut AnyConn,
    env: &'a Env,
    hooks: Hooks,
}

impl std::fmt::Debug for Tx<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tx").finish_non_exhaustive()
    }
}

impl<'a> Tx<'a> {
    pub(crate) fn new(conn: &'a mut AnyConn, env: &'a Env) -> Self {
        Self {
            conn,
            env,
            hooks: Hooks::default(),
        }
    }

    /// Clock and randomness.
    #[must_use]
    pub fn env(&self) -> &'a Env {
        self.env
    }

    /// Registers what is to happen once the transaction is committed. Hooks of one type are merged
    /// into the first of them.
    pub fn after_commit<H: AfterCommit>(&mut self, hook: H) {
        self.hooks.add(hook);
    }

    pub(crate) fn into_hooks(self) -> Hooks {
        self.hooks
    }
}
