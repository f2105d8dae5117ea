//! Notification preferences.

use serde::{Deserialize, Serialize};
use utoipa::openapi::{Ref, RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};
use validator::{Validate, ValidationErrors};

use super::action::Action;
use crate::requests::Request;

/// The channels on which a kind of notification is delivered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Channels {
    /// In the list of notifications, with a badge.
    pub in_app: bool,
    /// By email, if it is still unread after a while.
    pub email: bool,
}

impl Channels {
    const fn new(in_app: bool, email: bool) -> Self {
        Self { in_app, email }
    }
}

/// The channels of each kind of notification.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct KindPreferences {
    /// Invites to games, which expire after ten minutes.
    #[schema(required)]
    pub game_invite: Channels,
    /// Invites to tournaments.
    #[schema(required)]
    pub new_tournament: Channels,
    /// Accepted friend requests.
    #[schema(required)]
    pub new_friend: Channels,
    /// Friend requests.
    #[schema(required)]
    pub friend_request: Channels,
    /// Messages.
    #[schema(required)]
    pub new_message: Channels,
    /// Matches that are ready to start.
    #[schema(required)]
    pub match_ready: Channels,
    /// Events in which the user takes part.
    #[schema(required)]
    pub event: Channels,
    /// Groups of which the user is a member.
    #[schema(required)]
    pub group: Channels,
    /// Announcements of administrators.
    #[schema(required)]
    pub system: Channels,
}

impl Default for KindPreferences {
    fn default() -> Self {
        let (both, in_app) = (Channels::new(true, true), Channels::new(true, false));
        Self {
            game_invite: in_app,
            new_tournament: both,
            new_friend: in_app,
            friend_request: both,
            new_message: both,
            match_ready: in_app,
            event: both,
            group: in_app,
            system: in_app,
        }
    }
}

impl KindPreferences {
    /// The channels of one kind.
    #[must_use]
    pub fn of(&self, action: Action) -> Channels {
        match action {
            Action::GameInvite => self.game_invite,
            Action::NewTournament => self.new_tournament,
            Action::NewFriend => self.new_friend,
            Action::FriendRequest => self.friend_request,
            Action::NewMessage => self.new_message,
            Action::MatchReady => self.match_ready,
            Action::Event => self.event,
            Action::Group => self.group,
            Action::System => self.system,
        }
    }
}

/// How often emails about unread notifications are sent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DigestFrequency {
    /// Never.
    Off,
    /// When a notification has been unread for a while.
    #[default]
    Soon,
    /// At most once an hour.
    Hourly,
    /// At most once a day.
    Daily,
}

/// The notification preferences of a user.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(example = json!(NotificationPreferences::default()))]
pub struct NotificationPreferences {
    /// The channels by kind.
    #[schema(required)]
    pub kinds: KindPreferences,
    /// How often emails are sent.
    #[schema(required)]
    pub digest: DigestFrequency,
}

/// The body that replaces the notification preferences. Fields that are left out get their defaults.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct PutNotificationPreferences(pub NotificationPreferences);

impl Validate for PutNotificationPreferences {
    fn validate(&self) -> Result<(), ValidationErrors> {
        self.0.validate()
    }
}

impl PartialSchema for PutNotificationPreferences {
    fn schema() -> RefOr<Schema> {
        let kinds = Ref::from_schema_name(PutKindPreferences::name());
        let request = Request {
            description: "The notification preferences. Fields that are left out get their defaults.",
            example: Some(serde_json::json!({
                "kinds": {"new_message": {"in_app": true, "email": false}}, "digest": "daily"
            })),
            optional: &["kinds", "digest"],
            nested: &[("kinds", kinds)],
        };
        request.schema::<NotificationPreferences>()
    }
}

impl ToSchema for PutNotificationPreferences {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        NotificationPreferences::schemas(schemas);
        let kinds = PutKindPreferences::name().into_owned();
        schemas.push((kinds, PutKindPreferences::schema()));
    }
}

/// The channels in the body of [`PutNotificationPreferences`], for the OpenAPI document.
struct PutKindPreferences;

impl PartialSchema for PutKindPreferences {
    fn schema() -> RefOr<Schema> {
        let all = [
            "game_invite",
            "new_tournament",
            "new_friend",
            "friend_request",
            "new_message",
            "match_ready",
            "event",
            "group",
            "system",
        ];
        let request = Request {
            description: "The channels of each kind of notification. Kinds that are left out get their defaults.",
            example: None,
            optional: &all,
            nested: &[],
        };
        request.schema::<KindPreferences>()
    }
}

impl ToSchema for PutKindPreferences {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deserialize_fills_in_defaults_and_refuses_unknown_fields() {
        let given = serde_json::json!({"kinds": {"system": {"in_app": false, "email": false}}});
        let read: NotificationPreferences = serde_json::from_value(given).unwrap();
        assert_eq!(read.kinds.of(Action::System), Channels::new(false, false));
        assert_eq!(read.kinds.friend_request, Channels::new(true, true));
        assert_eq!(read.digest, DigestFrequency::Soon);
        for unknown in [
            serde_json::json!({"push": true}),
            serde_json::json!({"kinds": {"gossip": {"in_app": true, "email": true}}}),
            serde_json::json!({"kinds": {"system": {"in_app": true, "email": true, "sms": true}}}),
            serde_json::json!({"kinds": {"system": {"in_app": true}}}),
            serde_json::json!({"digest": "weekly"}),
        ] {
            assert!(serde_json::from_value::<NotificationPreferences>(unknown).is_err());
        }
    }
}
