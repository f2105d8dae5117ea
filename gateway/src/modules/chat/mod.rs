//! Chat: conversations, lobbies, rooms and messages.

mod actions;
mod adapters;
mod direct_socket;
mod http;
mod limits;
mod lobbies;
mod lobby_directory;
mod lobby_socket;
mod redaction;

use std::sync::Arc;

use accounts::ports::PersonalData;
use chat::{Chat, ChatConfig, ChatParts, ChatService};
use contract::notify::Action;
use http_kit::{RateLimitInfo, Routes};
use jobs::Registration;
use kernel::Code;
use notify::NotificationKind;
use realtime::{ChannelSpec, Redaction, Rosters};
use serde_json::Value;
use social::ports::BlockListener;

use self::adapters::{
    ChatBlockListener, ChatEventPublisher, ChatRelations, ChatUsers, NotificationsAdapter,
    PresenceAdapter, PrivacyAdapter,
};
use self::limits::OpeningChatSocket;
use self::lobby_directory::LobbyDirectory;
use self::redaction::ChatRedaction;
use crate::config::{ConfigError, EmailVerification};
use crate::module::{Module, Setup, SocketActions, Tag, personal_data};
use crate::services::Services;

/// The line about a message in an email digest.
fn message_line(data: &Value) -> String {
    let sender = data.pointer("/sender").and_then(Value::as_str);
    let sender = sender.unwrap_or("Someone");
    if data.pointer("/mention").and_then(Value::as_bool) == Some(true) {
        format!("{sender} mentioned you in a chat.")
    } else {
        format!("{sender} sent you a message.")
    }
}

/// The module of chat.
pub struct ChatModule;

impl Module for ChatModule {
    fn tags(&self) -> &'static [Tag] {
        &[Tag {
            name: "Chats",
            description: "Conversations, lobbies, rooms and messages.",
        }]
    }

    fn routes(&self, api: &mut Routes<'_>) {
        http::routes(api);
    }

    fn root_routes(&self, routes: &mut Routes<'_>) {
        routes.add(lobby_socket::lobby);
        routes.add(direct_socket::direct_chat);
    }

    fn channels(&self) -> Vec<&'static ChannelSpec> {
        vec![&lobby_socket::CHANNEL, &direct_socket::CHANNEL]
    }

    fn actions(&self) -> Option<&'static dyn SocketActions> {
        Some(&actions::ChatActions)
    }

    fn notification_kinds(&self) -> &'static [NotificationKind] {
        &[NotificationKind {
            action: Action::NewMessage,
            digest_line: message_line,
        }]
    }

    fn error_codes(&self) -> Vec<&'static Code> {
        chat::Error::CODES
            .iter()
            .chain(actions::Error::CODES)
            .collect()
    }

    fn socket_limits(&self) -> Vec<String> {
        vec![
            "Typing signals: forwarded at most once in 3 seconds per chat. Others are ignored and not \
             counted."
                .to_owned(),
            format!(
                "Opened sockets of single chats: {} per user. Beyond that, close code 4429.",
                RateLimitInfo::of::<OpeningChatSocket>()
            ),
        ]
    }

    fn counted_limits(&self) -> Vec<(RateLimitInfo, &'static str)> {
        let limit = RateLimitInfo::of::<OpeningChatSocket>();
        vec![(
            limit,
            "sockets opened for one conversation or lobby; beyond that 4429",
        )]
    }

    fn provide(&self, setup: &Setup<'_>, services: &Services) -> Result<(), ConfigError> {
        let platform = setup.platform;
        let config = ChatConfig {
            verified_only: setup.config.email_verification == EmailVerification::Required,
            ..ChatConfig::default()
        };
        let parts = ChatParts {
            store: platform.store.clone(),
            relations: Arc::new(ChatRelations),
            users: Arc::new(ChatUsers),
            presence: Arc::new(PresenceAdapter(services.late_bound())),
            privacy: Arc::new(PrivacyAdapter),
            publisher: Arc::new(ChatEventPublisher(platform.publisher.clone())),
            notifications: Arc::new(NotificationsAdapter(services.late_bound())),
        };
        services.provide::<dyn ChatService>(Arc::new(Chat::new(config, parts)));
        services.provide::<dyn Redaction>(Arc::new(ChatRedaction));
        let directory = LobbyDirectory(platform.store.clone());
        let rosters = Rosters::start(&platform.cluster, Arc::new(directory), &platform.env);
        services.provide(Arc::new(rosters));
        Ok(())
    }

    fn personal_data(&self, services: &Services) -> Option<Arc<dyn PersonalData>> {
        Some(Arc::new(ChatsData(services.late_bound())))
    }

    fn block_listener(&self, _services: &Services) -> Option<Arc<dyn BlockListener>> {
        Some(Arc::new(ChatBlockListener))
    }

    fn jobs(&self, services: &Services) -> Result<Vec<Registration>, ConfigError> {
        Ok(services.get::<dyn ChatService>()?.jobs())
    }
}

personal_data!(ChatsData, "chats", dyn ChatService);

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn message_line_tells_of_mentions() {
        for (data, expected) in [
            (
                json!({"sender": "ada", "mention": false}),
                "ada sent you a message.",
            ),
            (
                json!({"sender": "ada", "mention": true}),
                "ada mentioned you in a chat.",
            ),
            (json!(null), "Someone sent you a message."),
        ] {
            assert_eq!(message_line(&data), expected);
        }
    }
}
