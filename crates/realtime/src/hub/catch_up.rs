//! Reads the events of a stream after a position.

use contract::frames::StreamPosition;
use db::AnyConn;
use kernel::AppError;
use outbox::CatchUp;

/// The events of a stream after this position, at most `limit`. The zero position, from before the
/// stream had events, belongs to any epoch.
pub(crate) fn events_since(
    conn: &mut AnyConn,
    stream: &str,
    since: StreamPosition,
    limit: i64,
) -> Result<CatchUp, AppError> {
    let epoch = if since == StreamPosition::default() {
        outbox::head(conn, stream)?.1
    } else {
        since.epoch
    };
    outbox::catch_up(conn, stream, epoch, since.seq, limit)
}

/// The position of the newest event of a stream; zero if it has none.
pub(crate) fn head(conn: &mut AnyConn, stream: &str) -> Result<StreamPosition, AppError> {
    let (seq, epoch) = outbox::head(conn, stream)?;
    Ok(StreamPosition { seq, epoch })
}
