//! What a domain brings to the server.

use std::collections::HashMap;
use std::sync::Arc;

use accounts::ports::PersonalData;
use async_trait::async_trait;
use games::ports::MatchListener;
use http_kit::{RateLimitInfo, Routes};
use jobs::Registration;
use kernel::Code;
use notify::{NotificationKind, NotificationKinds};
use realtime::{ChannelSpec, Done, Incoming, Refused, SocketSession};
use social::ports::BlockListener;

use crate::config::{Config, ConfigError};
use crate::platform::Platform;
use crate::services::Services;
use crate::state::AppState;

/// The registration of a domain. A new domain is a module in the list of [`modules`](crate::modules);
/// routes, documents, error codes, jobs, data export and deletion follow from it.
///
/// Modules do not import each other. What a domain needs of another one is a port of its crate, which
/// its module implements with the other domain's service.
#[async_trait]
pub trait Module: Send + Sync {
    /// The OpenAPI tags of its operations.
    fn tags(&self) -> &'static [Tag];

    /// Registers the routes below `/api/v1`.
    fn routes(&self, _api: &mut Routes<'_>) {}

    /// Registers the routes outside the API, such as those of sockets.
    fn root_routes(&self, _routes: &mut Routes<'_>) {}

    /// The socket paths among its routes.
    fn channels(&self) -> Vec<&'static ChannelSpec> {
        vec![]
    }

    /// Registers the routes that exist only with `--dev-clock`.
    fn dev_clock_routes(&self, _routes: &mut Routes<'_>) {}

    /// The actions that it executes on the sockets of users.
    fn actions(&self) -> Option<&'static dyn SocketActions> {
        None
    }

    /// The error codes of the domain and of the module itself.
    fn error_codes(&self) -> Vec<&'static Code> {
        vec![]
    }

    /// The rate limits that are not extractors of handlers, each with what is counted.
    fn counted_limits(&self) -> Vec<(RateLimitInfo, &'static str)> {
        vec![]
    }

    /// The limits of its sockets and actions that are no rate limits, a sentence each.
    fn socket_limits(&self) -> Vec<String> {
        vec![]
    }

    /// The limits that hold regardless of `--rate-limits`, a sentence each.
    fn fixed_limits(&self) -> Vec<String> {
        vec![]
    }

    /// Builds its services. Called once, in the order of the modules.
    ///
    /// # Errors
    /// A sentence for the operator.
    fn provide(&self, _setup: &Setup<'_>, _services: &Services) -> Result<(), ConfigError> {
        Ok(())
    }

    /// What it stores about a user, for data exports and deletion. Called before any module provides
    /// its services.
    fn personal_data(&self, _services: &Services) -> Option<Arc<dyn PersonalData>> {
        None
    }

    /// The kinds of notifications that it sends.
    fn notification_kinds(&self) -> &'static [NotificationKind] {
        &[]
    }

    /// What it does when one user blocks another. Called before any module provides its services.
    fn block_listener(&self, _services: &Services) -> Option<Arc<dyn BlockListener>> {
        None
    }

    /// How it follows matches. Called before any module provides its services.
    fn match_listener(&self, _services: &Services) -> Option<Arc<dyn MatchListener>> {
        None
    }

    /// The handlers of its background jobs.
    ///
    /// # Errors
    /// Its services are not provided.
    fn jobs(&self, _services: &Services) -> Result<Vec<Registration>, ConfigError> {
        Ok(vec![])
    }

    /// Starts what runs beside the requests, on the current runtime.
    ///
    /// # Errors
    /// Its services are not provided.
    fn start(&self, _state: &AppState) -> Result<(), ConfigError> {
        Ok(())
    }

    /// The node begins to stop: hands over what other nodes can go on with.
    async fn stopping(&self, _services: &Services) {}

    /// Announces to the other nodes that this one stops.
    async fn stop(&self, _services: &Services) {}
}

/// An OpenAPI tag.
#[derive(Debug, Clone, Copy)]
pub struct Tag {
    /// Its name, as operations give it.
    pub name: &'static str,
    /// What its operations are about.
    pub description: &'static str,
}

/// What modules build their services from.
pub struct Setup<'a> {
    /// The configuration.
    pub config: &'a Config,
    /// The port that the server listens on.
    pub port: u16,
    /// The database and the rest of the platform.
    pub platform: &'a Platform,
    /// What all modules store about users.
    pub personal_data: Vec<Arc<dyn PersonalData>>,
    /// The kinds of notifications that all modules send.
    pub notification_kinds: NotificationKinds,
    /// What all modules do when one user blocks another.
    pub block_listeners: Vec<Arc<dyn BlockListener>>,
    /// How all modules follow matches.
    pub match_listeners: Vec<Arc<dyn MatchListener>>,
}

/// The actions of a module on the sockets of users. Which paths accept an action is in
/// `contract::catalogue`.
#[async_trait(?Send)]
pub trait SocketActions: Sync {
    /// The names of the actions.
    fn names(&self) -> &'static [&'static str];

    /// Executes an action.
    async fn act(
        &self,
        state: &AppState,
        session: &SocketSession,
        frame: &Incoming,
    ) -> Result<Done, Refused>;
}

/// The actions of all modules, by their names.
#[derive(Clone, Default)]
pub struct ActionTable(HashMap<&'static str, &'static dyn SocketActions>);

impl ActionTable {
    /// The actions of these modules.
    #[must_use]
    pub fn new(modules: &[&'static dyn Module]) -> Self {
        let all = modules.iter().filter_map(|module| module.actions());
        let named = |actions: &'static dyn SocketActions| {
            let names = actions.names().iter();
            names.map(move |name| (*name, actions))
        };
        Self(all.flat_map(named).collect())
    }

    /// The actions that this one belongs to.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<&'static dyn SocketActions> {
        self.0.get(name).copied()
    }
}

/// Implements the export and deletion of a user's data with its service.
macro_rules! personal_data {
    ($name:ident, $section:literal, $service:ty) => {
        #[doc = concat!("The ", $section, " of a user, for data exports and deletion.")]
        struct $name($crate::services::LateBound<$service>);

        #[async_trait::async_trait]
        impl accounts::ports::PersonalData for $name {
            fn section(&self) -> &'static str {
                $section
            }

            fn export(&self, user: kernel::UserId) -> Result<db::PagedJson, kernel::AppError> {
                Ok(self.0.get()?.personal_data(user))
            }

            async fn erase(&self, user: kernel::UserId) -> Result<(), kernel::AppError> {
                self.0.get()?.forget(user).await
            }
        }
    };
}
pub(crate) use personal_data;
