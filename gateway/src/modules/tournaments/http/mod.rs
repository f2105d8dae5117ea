//! The routes of tournaments.

mod entering;
mod organizing;
mod reading;

use http_kit::Routes;

/// Registers the routes below `/api/v1`.
pub(super) fn routes(api: &mut Routes<'_>) {
    api.scope("/tournaments", |tournaments| {
        organizing::routes(tournaments);
        entering::routes(tournaments);
        reading::routes(tournaments);
    });
    api.scope("/users", reading::user_routes);
}
