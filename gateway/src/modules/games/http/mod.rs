//! The routes of games, by subject.

mod boards;
mod match_reads;
mod match_starts;

use http_kit::Routes;

/// Registers the routes below `/api/v1`.
pub(super) fn routes(api: &mut Routes<'_>) {
    api.scope("/games", match_starts::routes);
    api.scope("/matches", match_reads::routes);
    api.scope("/users", match_reads::user_routes);
    api.scope("/leaderboards", boards::leaderboard_routes);
    api.scope("/stats", boards::statistics_routes);
}
