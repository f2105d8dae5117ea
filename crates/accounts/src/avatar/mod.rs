//! Pictures of people. What is uploaded is never stored or served: it is decoded within bounds and
//! drawn anew, so that nothing but pixels gets through.

mod decode;
mod default_picture;

use std::time::Duration;

use bytes::Bytes;
use kernel::AppError;

pub use decode::{BYTES_MAX, Format, PIXELS_MAX, Picture, SIDE, SIDE_MAX};
pub use default_picture::default_picture;

use crate::blocking_pool::BlockingPool;
use crate::fair_queue::Party;

/// How many uploads may wait for their turn: each is held in memory meanwhile.
const MAX_WAITING: usize = 8;
/// How long an upload waits for its turn.
const MAX_WAIT: Duration = Duration::from_secs(20);

/// Makes pictures of uploads, one at a time: a large one takes a hundred megabytes.
#[derive(Debug, Clone)]
pub struct ImageProcessor {
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
    /// The picture that is kept for an upload.
    ///
    /// # Errors
    /// Says why the upload cannot be one; `overloaded` where too many wait.
    pub async fn make(&self, party: Party, upload: Bytes) -> Result<Picture, AppError> {
        // Bounds and type are told from the first bytes: no need to wait for that.
        let format = decode::admit(&upload)?;
        self.blocking_pool
            .run(party, move || decode::redraw(&upload, format))
            .await?
    }
}
