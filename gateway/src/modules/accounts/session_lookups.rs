//! The statements that look up who sends a request.

use db::StatementCounter;
use telemetry::OperationCost;

/// Counts a lookup of the session behind a token apart from the operation that needs it: sessions are
/// remembered for a moment, so whether an operation pays for it is a matter of chance.
pub(super) async fn count_session_lookup<T>(lookup: impl Future<Output = T>) -> T {
    let counter = StatementCounter::default();
    let session = counter.count(lookup).await;
    if counter.statements() > 0 {
        OperationCost::new("session lookup".to_owned()).add(
            1,
            counter.statements(),
            counter.transactions(),
        );
    }
    session
}
