//! Games: matches, leaderboards and statistics.

mod adapters;
mod http;
mod limits;
mod match_end;
mod match_inputs;
mod match_socket;
mod queue_http;
mod queue_socket;
mod runtime;
mod seat_sink;

use std::sync::Arc;

use accounts::ports::PersonalData;
use async_trait::async_trait;
use games::catalogue::Catalog;
use games::{Games, GamesParts, GamesService};
use http_kit::{RateLimitInfo, Routes};
use kernel::Code;
use realtime::{BucketSpec, ChannelSpec, ChannelTraffic};

use self::adapters::{GamePlayersAdapter, GameRelationsAdapter};
use self::limits::{EnteringQueue, OpeningMatchSocket};
use crate::config::ConfigError;
use crate::module::{Module, Setup, Tag, personal_data};
use crate::services::Services;
use crate::state::AppState;

/// The module of games.
pub struct GamesModule;

#[async_trait]
impl Module for GamesModule {
    fn tags(&self) -> &'static [Tag] {
        &[
            Tag {
                name: "Games",
                description: "The games, matches against the computer and at one keyboard.",
            },
            Tag {
                name: "Matches",
                description: "Live and finished matches, and their replays.",
            },
            Tag {
                name: "Leaderboards",
                description: "Leaderboards and statistics.",
            },
        ]
    }

    fn routes(&self, api: &mut Routes<'_>) {
        http::routes(api);
        api.scope("/games", queue_http::routes);
    }

    fn root_routes(&self, routes: &mut Routes<'_>) {
        routes.add(match_socket::match_socket);
        routes.add(queue_socket::matchmaking);
    }

    fn channels(&self) -> Vec<&'static ChannelSpec> {
        vec![&match_socket::CHANNEL, &queue_socket::CHANNEL]
    }

    fn error_codes(&self) -> Vec<&'static Code> {
        games::Error::CODES.iter().collect()
    }

    fn provide(&self, setup: &Setup<'_>, services: &Services) -> Result<(), ConfigError> {
        let parts = GamesParts {
            store: setup.platform.store.clone(),
            catalog: Catalog::builtin(),
            players: Arc::new(GamePlayersAdapter),
            relations: Arc::new(GameRelationsAdapter),
            listeners: setup.match_listeners.clone(),
        };
        services.provide(Arc::new(parts.clone()));
        services.provide::<dyn GamesService>(Arc::new(Games::new(parts.clone())));
        runtime::provide(setup, services, &parts)
    }

    fn start(&self, state: &AppState) -> Result<(), ConfigError> {
        runtime::start(state)
    }

    async fn stopping(&self, services: &Services) {
        runtime::stopping(services).await;
    }

    fn counted_limits(&self) -> Vec<(RateLimitInfo, &'static str)> {
        vec![
            (
                RateLimitInfo::of::<OpeningMatchSocket>(),
                "sockets opened for a match; beyond that 4429",
            ),
            (
                RateLimitInfo::of::<EnteringQueue>(),
                "sockets opened for the queue; beyond that 4429",
            ),
        ]
    }

    fn socket_limits(&self) -> Vec<String> {
        let BucketSpec { burst, per_second } = ChannelTraffic::MATCH.frames;
        vec![format!(
            "Frames of a socket of a match: a burst of {burst}, and {per_second} per second on average. \
             Beyond that, close code 4429."
        )]
    }

    fn personal_data(&self, services: &Services) -> Option<Arc<dyn PersonalData>> {
        Some(Arc::new(GamesData(services.late_bound())))
    }
}

personal_data!(GamesData, "games", dyn GamesService);
