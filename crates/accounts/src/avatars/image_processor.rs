//! Processing of avatars. An upload is never stored or served as it is: it is decoded within limits
//! and encoded again, so that nothing but pixels is kept.

use std::time::Duration;

use bytes::Bytes;
use kernel::AppError;

use super::decode::{self, EncodedAvatar};
use crate::blocking_pool::BlockingPool;
use crate::fair_queue::QueueClient;

/// How many uploads wait at most: each of them is held in memory.
const MAX_WAITING: usize = 8;
/// How long an upload waits at most.
const MAX_WAIT: Duration = Duration::from_secs(20);

/// Re-encodes uploads, one at a time, because a large one takes a hundred megabytes.
#[derive(Debug, Clone)]
pub(crate) struct ImageProcessor {
    blocking_pool: BlockingPool,
}

impl Default for ImageProcessor {
    fn default() -> Self {
        Self {
            blocking_pool: BlockingPool::new(1, MAX_WAITING, MAX_WAIT),
        }
    }
}

impl ImageProcessor {
    /// Re-encodes an upload as an avatar.
    ///
    /// # Errors
    /// `users.avatar_too_large`, `users.avatar_wrong_type`, `users.avatar_too_many_pixels`,
    /// `users.avatar_broken`; `overloaded` if too many uploads wait.
    pub(crate) async fn process(
        &self,
        client: QueueClient,
        upload: Bytes,
    ) -> Result<EncodedAvatar, AppError> {
        // Size and format follow from the first bytes, so these errors need not wait.
        let format = decode::detect_format(&upload)?;
        self.blocking_pool
            .run(client, move || decode::reencode(&upload, format))
            .await?
    }
}
