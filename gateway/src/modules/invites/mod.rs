//! Invites: invitations to games.

mod actions;
mod adapters;
mod http;

use std::sync::Arc;

use accounts::ports::PersonalData;
use contract::notify::Action;
use games::catalogue::Catalog;
use http_kit::{RateLimitInfo, Routes};
use invites::{Invites, InvitesParts, InvitesService};
use jobs::Registration;
use kernel::Code;
use notify::{NotificationKind, name_at};
use social::ports::BlockListener;

use self::adapters::{
    InviteBlockListener, InviteGames, InviteRelationsAdapter, InvitedMatches, PlayersAdapter,
};
use self::http::Inviting;
use crate::config::ConfigError;
use crate::module::{Module, Setup, SocketActions, Tag, personal_data};
use crate::services::Services;

/// The module of invites.
pub struct InvitesModule;

impl Module for InvitesModule {
    fn tags(&self) -> &'static [Tag] {
        &[Tag {
            name: "Invites",
            description: "Game invites and rematches.",
        }]
    }

    fn routes(&self, api: &mut Routes<'_>) {
        http::routes(api);
    }

    fn actions(&self) -> Option<&'static dyn SocketActions> {
        Some(&actions::InviteActions)
    }

    fn notification_kinds(&self) -> &'static [NotificationKind] {
        &[NotificationKind {
            action: Action::GameInvite,
            digest_line: |data| format!("{} invited you to a game.", name_at(data, "/sender")),
        }]
    }

    fn error_codes(&self) -> Vec<&'static Code> {
        invites::Error::CODES.iter().collect()
    }

    fn counted_limits(&self) -> Vec<(RateLimitInfo, &'static str)> {
        vec![(
            RateLimitInfo::of::<Inviting>(),
            "game invites sent by socket",
        )]
    }

    fn socket_limits(&self) -> Vec<String> {
        vec![format!(
            "Game invites: {}. Beyond that, `too_many_requests`.",
            RateLimitInfo::of::<Inviting>()
        )]
    }

    fn provide(&self, setup: &Setup<'_>, services: &Services) -> Result<(), ConfigError> {
        services.provide::<dyn InvitesService>(Arc::new(Invites::new(InvitesParts {
            store: setup.platform.store.clone(),
            players: Arc::new(PlayersAdapter),
            relations: Arc::new(InviteRelationsAdapter),
            matches: Arc::new(InvitedMatches),
            games: Arc::new(InviteGames(Catalog::builtin())),
            match_factory: Arc::new(InvitedMatches),
        })));
        Ok(())
    }

    fn personal_data(&self, services: &Services) -> Option<Arc<dyn PersonalData>> {
        Some(Arc::new(InvitesData(services.late_bound())))
    }

    fn block_listener(&self, services: &Services) -> Option<Arc<dyn BlockListener>> {
        Some(Arc::new(InviteBlockListener(services.late_bound())))
    }

    fn jobs(&self, services: &Services) -> Result<Vec<Registration>, ConfigError> {
        Ok(services.get::<dyn InvitesService>()?.jobs())
    }
}

personal_data!(InvitesData, "invites", dyn InvitesService);
