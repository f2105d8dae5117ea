//! Social: friends, blocks, presence.

mod actions;
mod activity;
mod adapters;
mod http;
mod presence_port;
mod socket;

use std::sync::Arc;
use std::time::Duration;

use accounts::ports::PersonalData;
use contract::notify::Action;
use db::StatementCounter;
use http_kit::ports::ActivityListener;
use http_kit::{RateLimitInfo, Routes};
use kernel::Code;
use notify::{NotificationKind, name_at};
use realtime::{ChannelSpec, PresencePort};
use social::{PresenceParts, PresenceService, Social, SocialService};
use telemetry::OperationCost;

use self::activity::Activity;
use self::adapters::{BlockListeners, PresencePublisher, SocialUsers};
use self::http::SendingFriendRequest;
use self::presence_port::SocketPresence;
use crate::background::spawn_maintenance;
use crate::config::ConfigError;
use crate::module::{Module, Setup, SocketActions, Tag, personal_data};
use crate::services::Services;
use crate::state::AppState;

/// Time between two reports of what presence costs.
const COST_INTERVAL: Duration = Duration::from_secs(1);

/// The module of social.
pub struct SocialModule;

#[async_trait::async_trait]
impl Module for SocialModule {
    fn tags(&self) -> &'static [Tag] {
        &[Tag {
            name: "Friends",
            description: "Friends, friend requests, blocks and presence.",
        }]
    }

    fn routes(&self, api: &mut Routes<'_>) {
        http::routes(api);
    }

    fn root_routes(&self, routes: &mut Routes<'_>) {
        routes.add(socket::friends_status);
    }

    fn channels(&self) -> Vec<&'static ChannelSpec> {
        vec![&socket::CHANNEL]
    }

    fn actions(&self) -> Option<&'static dyn SocketActions> {
        Some(&actions::SocialActions)
    }

    fn notification_kinds(&self) -> &'static [NotificationKind] {
        &[
            NotificationKind {
                action: Action::FriendRequest,
                digest_line: |data| {
                    format!("{} sent you a friend request.", name_at(data, "/user"))
                },
            },
            NotificationKind {
                action: Action::NewFriend,
                digest_line: |data| format!("{} is now your friend.", name_at(data, "/user")),
            },
        ]
    }

    fn error_codes(&self) -> Vec<&'static Code> {
        social::Error::CODES.iter().collect()
    }

    fn counted_limits(&self) -> Vec<(RateLimitInfo, &'static str)> {
        let limit = RateLimitInfo::of::<SendingFriendRequest>();
        vec![(limit, "friend requests sent by socket")]
    }

    fn socket_limits(&self) -> Vec<String> {
        vec![format!(
            "Friend requests: {}. Beyond that, `too_many_requests`.",
            RateLimitInfo::of::<SendingFriendRequest>()
        )]
    }

    fn provide(&self, setup: &Setup<'_>, services: &Services) -> Result<(), ConfigError> {
        let platform = setup.platform;
        let parts = PresenceParts {
            store: platform.store.clone(),
            expiring_sets: Arc::clone(&platform.cluster.expiring_sets),
            users: Arc::new(SocialUsers(services.get()?)),
            publisher: Arc::new(PresencePublisher(platform.publisher.clone())),
        };
        let listeners = BlockListeners(setup.block_listeners.clone());
        let social: Arc<dyn SocialService> = Arc::new(Social::new(parts, Arc::new(listeners)));
        let presence = social.presence();
        services.provide::<dyn PresencePort>(Arc::new(SocketPresence(Arc::clone(&presence))));
        let acted = move |user| presence.acted(user);
        let activity = Activity::start(Arc::new(acted), &platform.cluster.bus, &platform.env);
        services.provide::<dyn ActivityListener>(Arc::new(activity));
        services.provide(social);
        Ok(())
    }

    fn personal_data(&self, services: &Services) -> Option<Arc<dyn PersonalData>> {
        Some(Arc::new(FriendsData(services.late_bound())))
    }

    fn start(&self, state: &AppState) -> Result<(), ConfigError> {
        let social = state.services.get::<dyn SocialService>()?;
        tokio::spawn(run_presence(social.presence()));
        spawn_maintenance(state, move || {
            let social = Arc::clone(&social);
            async move { social.run_maintenance().await }
        });
        Ok(())
    }

    async fn stop(&self, services: &Services) {
        let Ok(social) = services.get::<dyn SocialService>() else {
            return;
        };
        if let Err(error) = social.presence().retire().await {
            tracing::warn!(error = %error.chain(), "presence of this node not removed");
        }
    }
}

personal_data!(FriendsData, "friends", dyn SocialService);

/// Runs presence, and reports what it costs.
async fn run_presence(presence: Arc<dyn PresenceService>) {
    let counter = StatementCounter::default();
    tokio::join!(
        counter.clone().count(presence.run()),
        report_cost(counter.clone())
    );
}

async fn report_cost(counter: StatementCounter) {
    let cost = OperationCost::new("presence".to_owned());
    loop {
        cost.set(counter.statements(), counter.transactions());
        tokio::time::sleep(COST_INTERVAL).await;
    }
}
