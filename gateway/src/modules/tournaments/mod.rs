//! Tournaments.

mod actions;
mod adapters;
mod http;
mod limits;
mod socket;

use std::sync::Arc;
use std::time::Duration;

use accounts::ports::PersonalData;
use contract::notify::Action;
use games::GamesParts;
use games::ports::MatchListener;
use http_kit::{RateLimitInfo, Routes};
use jobs::Registration;
use kernel::Code;
use notify::{NotificationKind, name_at};
use realtime::ChannelSpec;
use serde_json::Value;
use tournaments::rules::Timing;
use tournaments::{MAX_OPEN_TOURNAMENTS, Tournaments, TournamentsParts, TournamentsService};

use self::adapters::{
    TournamentGamesAdapter, TournamentMatches, TournamentRelationsAdapter, TournamentUsersAdapter,
};
use self::limits::{FollowingTournament, InvitingToTournament};
use crate::config::ConfigError;
use crate::module::{Module, Setup, SocketActions, Tag, personal_data};
use crate::services::Services;
use crate::state::AppState;

/// How often tournaments are looked for whose timers were lost.
const OVERDUE_INTERVAL: Duration = Duration::from_secs(60);

/// The module of tournaments.
pub struct TournamentsModule;

impl Module for TournamentsModule {
    fn tags(&self) -> &'static [Tag] {
        &[Tag {
            name: "Tournaments",
            description: "Tournaments in four formats, on live matches.",
        }]
    }

    fn routes(&self, api: &mut Routes<'_>) {
        http::routes(api);
    }

    fn root_routes(&self, routes: &mut Routes<'_>) {
        routes.add(socket::tournament_socket);
    }

    fn channels(&self) -> Vec<&'static ChannelSpec> {
        vec![&socket::CHANNEL]
    }

    fn actions(&self) -> Option<&'static dyn SocketActions> {
        Some(&actions::TournamentActions)
    }

    fn error_codes(&self) -> Vec<&'static Code> {
        tournaments::Error::CODES.iter().collect()
    }

    fn counted_limits(&self) -> Vec<(RateLimitInfo, &'static str)> {
        vec![
            (
                RateLimitInfo::of::<FollowingTournament>(),
                "sockets opened for a tournament; beyond that 4429",
            ),
            (
                RateLimitInfo::of::<InvitingToTournament>(),
                "announcements of tournaments by socket",
            ),
        ]
    }

    fn fixed_limits(&self) -> Vec<String> {
        vec![format!(
            "A user organizes at most {MAX_OPEN_TOURNAMENTS} tournaments that have not ended."
        )]
    }

    fn notification_kinds(&self) -> &'static [NotificationKind] {
        &[
            NotificationKind {
                action: Action::NewTournament,
                digest_line: tournament_line,
            },
            NotificationKind {
                action: Action::MatchReady,
                digest_line: |data| {
                    let name = text_at(data, "tournament_name");
                    format!("Your match in the tournament \u{201c}{name}\u{201d} is ready.")
                },
            },
        ]
    }

    fn provide(&self, setup: &Setup<'_>, services: &Services) -> Result<(), ConfigError> {
        let games = services.get::<GamesParts>()?;
        let tournaments = Tournaments::new(TournamentsParts {
            store: setup.platform.store.clone(),
            users: Arc::new(TournamentUsersAdapter),
            relations: Arc::new(TournamentRelationsAdapter),
            games: Arc::new(TournamentGamesAdapter(games)),
            timing: Timing::with_call_delay(setup.config.tournament_break),
        });
        services.provide::<dyn TournamentsService>(Arc::new(tournaments));
        Ok(())
    }

    fn personal_data(&self, services: &Services) -> Option<Arc<dyn PersonalData>> {
        Some(Arc::new(TournamentsData(services.late_bound())))
    }

    fn match_listener(&self, services: &Services) -> Option<Arc<dyn MatchListener>> {
        Some(Arc::new(TournamentMatches(services.late_bound())))
    }

    fn start(&self, state: &AppState) -> Result<(), ConfigError> {
        let tournaments = state.services.get::<dyn TournamentsService>()?;
        tokio::spawn(db::in_background(look_after_overdue(tournaments)));
        Ok(())
    }

    fn jobs(&self, services: &Services) -> Result<Vec<Registration>, ConfigError> {
        Ok(services.get::<dyn TournamentsService>()?.jobs())
    }
}

/// Looks after tournaments whose timers were lost.
async fn look_after_overdue(tournaments: Arc<dyn TournamentsService>) {
    loop {
        tokio::time::sleep(OVERDUE_INTERVAL).await;
        if let Err(error) = tournaments.look_after_overdue().await {
            tracing::warn!(error = %error.chain(), "overdue tournaments not looked after");
        }
    }
}

fn text_at<'d>(data: &'d Value, field: &str) -> &'d str {
    data.get(field).and_then(Value::as_str).unwrap_or_default()
}

/// An invitation, or the end of a tournament.
fn tournament_line(data: &Value) -> String {
    let name = text_at(data, "tournament_name");
    match text_at(data, "status") {
        "finished" => format!("The tournament \u{201c}{name}\u{201d} has ended."),
        "canceled" => format!("The tournament \u{201c}{name}\u{201d} was canceled."),
        _ => {
            let sender = name_at(data, "/sender");
            format!("{sender} invited you to the tournament \u{201c}{name}\u{201d}.")
        }
    }
}

personal_data!(TournamentsData, "tournaments", dyn TournamentsService);
