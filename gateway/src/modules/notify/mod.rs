//! Notifications: the inbox, unread badges, e-mail digests.

mod actions;
mod adapters;
mod http;

use std::sync::Arc;

use accounts::AccountsService;
use accounts::ports::PersonalData;
use contract::notify::Action;
use http_kit::Routes;
use jobs::Registration;
use kernel::Code;
use notify::{NotificationKind, Notify, NotifyConfig, NotifyParts, NotifyService};
use serde_json::Value;
use social::ports::BlockListener;

use self::adapters::{ActivityAdapter, ChatAdapter, NotifyBlockListener, NotifyUsers};
use crate::background::spawn_maintenance;
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
            description: "Notifications and notification preferences.",
        }]
    }

    fn routes(&self, api: &mut Routes<'_>) {
        http::routes(api);
    }

    fn actions(&self) -> Option<&'static dyn SocketActions> {
        Some(&actions::NotificationActions)
    }

    fn notification_kinds(&self) -> &'static [NotificationKind] {
        &[NotificationKind {
            action: Action::System,
            digest_line: |data| {
                let message = data.pointer("/message").and_then(Value::as_str);
                message.unwrap_or("There is an announcement.").to_owned()
            },
        }]
    }

    fn error_codes(&self) -> Vec<&'static Code> {
        notify::Error::CODES.iter().collect()
    }

    fn provide(&self, setup: &Setup<'_>, services: &Services) -> Result<(), ConfigError> {
        let config = NotifyConfig {
            digest_after: setup.config.digest_after,
            ..NotifyConfig::default()
        };
        let users = NotifyUsers(services.get::<dyn AccountsService>()?);
        let parts = NotifyParts {
            store: setup.platform.store.clone(),
            users: Arc::new(users.clone()),
            kinds: setup.notification_kinds.clone(),
            chats: Arc::new(ChatAdapter),
            activity: Arc::new(ActivityAdapter(services.late_bound())),
            mailer: Arc::new(users),
        };
        services.provide::<dyn NotifyService>(Arc::new(Notify::new(config, parts)));
        Ok(())
    }

    fn personal_data(&self, services: &Services) -> Option<Arc<dyn PersonalData>> {
        Some(Arc::new(NotificationsData(services.late_bound())))
    }

    fn block_listener(&self, _services: &Services) -> Option<Arc<dyn BlockListener>> {
        Some(Arc::new(NotifyBlockListener))
    }

    fn jobs(&self, services: &Services) -> Result<Vec<Registration>, ConfigError> {
        Ok(services.get::<dyn NotifyService>()?.jobs())
    }

    fn start(&self, state: &AppState) -> Result<(), ConfigError> {
        let notify = state.services.get::<dyn NotifyService>()?;
        spawn_maintenance(state, move || {
            let notify = Arc::clone(&notify);
            async move { notify.run_maintenance().await }
        });
        Ok(())
    }
}

personal_data!(NotificationsData, "notifications", dyn NotifyService);
