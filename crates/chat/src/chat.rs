//! The implementation of [`ChatService`](crate::ChatService): the shared state. The methods are in the
//! files of their subjects.

use std::sync::Arc;

use db::{AnyConn, IdempotencyKey};
use kernel::error::Common;
use kernel::{Actor, AppError, Env};

use crate::parts::{ChatConfig, ChatParts};
use crate::posting::PostQueue;
use crate::read_context::ReadContext;
use crate::typing_tracker::TypingTracker;

/// Implements [`ChatService`](crate::ChatService). Clones are cheap and share all state.
#[derive(Debug, Clone)]
pub struct Chat {
    pub(crate) inner: Arc<ChatInner>,
    /// The idempotency key of the current request, if it has one.
    pub(crate) key: Option<IdempotencyKey>,
}

/// State shared by all clones.
#[derive(Debug)]
pub(crate) struct ChatInner {
    pub(crate) config: ChatConfig,
    pub(crate) env: Env,
    pub(crate) parts: ChatParts,
    pub(crate) queue: PostQueue,
    pub(crate) typing: TypingTracker,
}

impl Chat {
    /// Creates the service.
    #[must_use]
    pub fn new(config: ChatConfig, parts: ChatParts) -> Self {
        let inner = ChatInner {
            config,
            env: parts.store.env().clone(),
            queue: PostQueue::new(&parts),
            parts,
            typing: TypingTracker::default(),
        };
        Self {
            inner: Arc::new(inner),
            key: None,
        }
    }

    /// Refuses actors who may read but not post.
    pub(crate) fn ensure_can_post(&self, actor: &Actor) -> Result<(), AppError> {
        if self.inner.config.verified_only && !actor.verified {
            return Err(Common::EmailNotVerified.into());
        }
        Ok(())
    }

    /// Runs a read.
    pub(crate) async fn read_with<T, F>(&self, read: F) -> Result<T, AppError>
    where
        F: FnOnce(&mut ReadContext<'_>) -> Result<T, AppError> + Send + 'static,
        T: Send + 'static,
    {
        let parts = self.inner.parts.clone();
        let read = move |conn: &mut AnyConn| read(&mut ReadContext::new(&parts, conn));
        self.inner.parts.store.read(read).await
    }
}
