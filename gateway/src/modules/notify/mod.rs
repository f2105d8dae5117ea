//! Notifications: the inbox, unread badges, e-mail digests.

mod actions;
mod adapters;
mod http;

use std::sync::Arc;

use accounts::Accounts;
use accounts::ports::PersonalData;
use db::in_background;
use http_kit::Routes;
use jobs::Registration;
use kernel::Code;
use notify::{Notify, NotifyConfig, NotifyParts};
use social::ports::BlockListener;

use self::adapters::{BlockAdapter, ChatAdapter, PresenceAdapter, UsersAdapter};
use crate::config::ConfigError;
use crate::module::{Module, Setup, SocketActions, Tag, personal_data};
use crate::services::Services;
use crate::state::AppState;

/// The module of notifications.
pub struct NotifyModule;

impl Module for NotifyModule {
    fn tags(&self) -> &'static [Tag] {
        &[Tag {
            name: "Notifications",
            description: "Notifications, and the preferences for them.",
        }]
    }

    fn routes(&self, api: &mut Routes<'_>) {
        http::routes(api);
    }

    fn actions(&self) -> Option<&'static dyn SocketActions> {
        Some(&actions::NotificationActions)
    }

    fn error_codes(&self) -> Vec<&'static Code> {
        notify::Error::CODES.iter().collect()
    }

    fn provide(&self, setup: &Setup<'_>, services: &Services) -> Result<(), ConfigError> {
        let config = NotifyConfig {
            mail_after: setup.config.digest_after,
            ..NotifyConfig::default()
        };
        let users = UsersAdapter(services.get::<Accounts>()?);
        let parts = NotifyParts {
            store: setup.platform.store.clone(),
            registry: Arc::new(users.clone()),
            people: Arc::new(users.clone()),
            conversations: Arc::new(ChatAdapter),
            presence: Arc::new(PresenceAdapter(services.later())),
            post: Arc::new(users),
        };
        services.provide(Arc::new(Notify::new(config, parts)));
        Ok(())
    }

    fn personal_data(&self, services: &Services) -> Option<Arc<dyn PersonalData>> {
        Some(Arc::new(NotificationsData(services.later())))
    }

    fn block_listener(&self, _services: &Services) -> Option<Arc<dyn BlockListener>> {
        Some(Arc::new(BlockAdapter))
    }

    fn jobs(&self, services: &Services) -> Result<Vec<Registration>, ConfigError> {
        Ok(services.get::<Notify>()?.jobs())
    }

    fn start(&self, state: &AppState) -> Result<(), ConfigError> {
        let notify = Notify::clone(&*state.services.get::<Notify>()?);
        tokio::spawn(in_background(notify.run_maintenance()));
        Ok(())
    }
}

personal_data!(NotificationsData, "notifications", Notify);
