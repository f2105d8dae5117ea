//! The sockets of users: `/ws/events/` for all events, `/ws/notifications/` for all but chats.

mod dispatch;
mod events;
mod notifications;
mod ports;

use std::sync::Arc;

use http_kit::Routes;
use kernel::Code;
use realtime::{ChannelSpec, GreetingPort, SubscriptionPort};
use social::SocialService;

use self::ports::{Greeter, Subscriptions};
use crate::config::ConfigError;
use crate::module::{Module, Setup, Tag};
use crate::services::Services;

/// The module of the sockets of users.
pub struct UserEventsModule;

impl Module for UserEventsModule {
    fn tags(&self) -> &'static [Tag] {
        &[Tag {
            name: "WebSockets",
            description: "Opening WebSockets. Their frames are described in the \
                          [WebSocket reference](/docs/ws/).",
        }]
    }

    fn root_routes(&self, routes: &mut Routes<'_>) {
        routes.add(events::events);
        routes.add(notifications::notifications_socket);
    }

    fn channels(&self) -> Vec<&'static ChannelSpec> {
        vec![&events::CHANNEL, &notifications::CHANNEL]
    }

    fn error_codes(&self) -> Vec<&'static Code> {
        realtime::Error::CODES.iter().collect()
    }

    fn provide(&self, _setup: &Setup<'_>, services: &Services) -> Result<(), ConfigError> {
        let social = services.get::<dyn SocialService>()?;
        let greeter = Greeter(social.presence());
        services.provide::<dyn GreetingPort>(Arc::new(greeter));
        services.provide::<dyn SubscriptionPort>(Arc::new(Subscriptions(social)));
        Ok(())
    }
}
