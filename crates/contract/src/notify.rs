//! Notifications, unread counts, preferences, and the jobs through which other domains notify.

use std::collections::BTreeMap;

use kernel::{Id, Job, JobClass, Timestamp, UserId, id_type};
use serde::{Deserialize, Serialize};
use utoipa::openapi::schema::{AdditionalProperties, ObjectBuilder};
use utoipa::openapi::{Ref, RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};
use validator::{Validate, ValidationErrors};

use crate::chat::ChatId;
use crate::requests::Request;

id_type!(NotificationId, NotificationIdKind, "notification");

/// The maximum length of an announcement, in characters.
pub const ANNOUNCEMENT_MAX_LEN: u64 = 500;

/// What a notification is about.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// An invite to a game.
    GameInvite,
    /// An invite to a tournament.
    NewTournament,
    /// An accepted friend request.
    NewFriend,
    /// A friend request.
    FriendRequest,
    /// A message.
    NewMessage,
    /// A match that is ready to start.
    MatchReady,
    /// An event in which the user takes part.
    Event,
    /// A group of which the user is a member.
    Group,
    /// An announcement of an administrator.
    System,
}

/// The job that notifies a user.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NotificationEvent {
    /// The recipient.
    pub user_id: UserId,
    /// The kind of notification.
    pub action: Action,
    /// The details, whose type depends on the action.
    pub data: serde_json::Value,
    /// Identifies the notification: a user gets one per key, however often the job runs.
    pub key: String,
}

impl Job for NotificationEvent {
    const KIND: &'static str = "notify";
    const CLASS: JobClass = JobClass::Timer;
}

/// The job that resolves notifications, since their cause was dealt with or has ended: they become
/// read, including those that are delivered after it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resolved {
    /// The recipient of the notifications.
    pub user_id: UserId,
    /// The key of a notification, or the [`chat_subject`] of a chat.
    pub subject: String,
    /// The sequence number of the last message that was read in a chat; otherwise 0.
    #[serde(rename = "place")]
    pub up_to_seq: i64,
    /// Whether the cause was withdrawn: then the notification is deleted, and a later one is not
    /// delivered.
    #[serde(default)]
    pub withdrawn: bool,
}

impl Job for Resolved {
    const KIND: &'static str = "notify.settle";
    const CLASS: JobClass = JobClass::Timer;
}

impl Resolved {
    /// Resolves the notification with this key.
    #[must_use]
    pub fn by_key(user_id: UserId, key: impl Into<String>) -> Self {
        Self {
            user_id,
            subject: key.into(),
            up_to_seq: 0,
            withdrawn: false,
        }
    }

    /// Withdraws the notification with this key.
    #[must_use]
    pub fn withdrawn(user_id: UserId, key: impl Into<String>) -> Self {
        Self {
            withdrawn: true,
            ..Self::by_key(user_id, key)
        }
    }

    /// Resolves the notifications of messages in a chat up to this sequence number.
    #[must_use]
    pub fn up_to(user_id: UserId, chat: ChatId, seq: i64) -> Self {
        Self {
            user_id,
            subject: chat_subject(chat),
            up_to_seq: seq,
            withdrawn: false,
        }
    }
}

/// The job that removes the notifications of two users about each other after one has blocked the
/// other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlockCreated {
    /// One of the users.
    pub one: UserId,
    /// The other user.
    pub other: UserId,
}

impl Job for BlockCreated {
    const KIND: &'static str = "notify.part";
    const CLASS: JobClass = JobClass::Timer;
}

/// The prefix of the subjects of chats.
const CHAT_SUBJECT_PREFIX: &str = "chat:";

/// The subject of all notifications about messages in a chat.
#[must_use]
pub fn chat_subject(chat: ChatId) -> String {
    format!("{CHAT_SUBJECT_PREFIX}{chat}")
}

/// The chat of a subject, if it is that of a chat.
#[must_use]
pub fn chat_of_subject(subject: &str) -> Option<ChatId> {
    subject.strip_prefix(CHAT_SUBJECT_PREFIX)?.parse().ok()
}

/// A notification.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "01890a5d-ac96-774b-bcce-b302099a8071", "action": "friend_request",
    "data": {
        "id": "01890a5d-ac96-774b-bcce-b302099a8057", "direction": "incoming",
        "user": {
            "id": "01890a5d-ac96-774b-bcce-b302099a8058", "username": "ada",
            "display_name": "Ada L.", "avatar": "/api/v1/users/ada/avatar/", "is_deleted": false
        },
        "sender_id": "01890a5d-ac96-774b-bcce-b302099a8058",
        "receiver_id": "01890a5d-ac96-774b-bcce-b302099a8059",
        "created_at": "2026-01-31T12:00:00.000000Z"
    },
    "is_read": false, "created_at": "2026-01-31T12:00:00.000000Z"
}))]
pub struct Notification {
    /// The id of the notification.
    #[schema(value_type = String, format = Uuid)]
    pub id: Id<NotificationIdKind>,
    /// The kind of notification.
    pub action: Action,
    /// The details, whose type depends on the action: the data of the event of the same name, and for
    /// `new_message` the message, its chat, its sender, and whether it mentions the user.
    #[schema(value_type = Object)]
    pub data: serde_json::Value,
    /// Whether it was read or resolved.
    pub is_read: bool,
    /// When it was created.
    pub created_at: Timestamp,
}

/// The data of a notification whose type is not defined yet.
#[derive(Debug, Clone, Copy)]
pub struct OpenData;

impl PartialSchema for OpenData {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .description(Some("Details. The fields are not defined yet."))
            .additional_properties(Some(AdditionalProperties::FreeForm(true)))
            .into()
    }
}

impl ToSchema for OpenData {}

/// The numbers of unread notifications.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
#[schema(example = json!({"total": 3, "by_action": {"friend_request": 1, "new_message": 2}}))]
pub struct Badges {
    /// The total.
    pub total: i64,
    /// By kind. Kinds without unread notifications are left out.
    #[schema(value_type = BTreeMap<String, i64>)]
    pub by_action: BTreeMap<Action, i64>,
}

/// The data of the event `notification`: a new notification and the unread counts.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct NotificationCreated {
    /// The new notification.
    #[serde(flatten)]
    pub notification: Notification,
    /// The unread counts after the change.
    pub unread: Badges,
}

/// A change of notifications.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum BadgeChange {
    /// They were read or resolved.
    Read,
    /// They were deleted.
    Deleted,
}

/// The data of the event `badge_update`: notifications were changed by another tab or by the server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(example = json!({
    "change": "read", "all": false, "ids": ["01890a5d-ac96-774b-bcce-b302099a8071"],
    "unread": {"total": 2, "by_action": {"new_message": 2}}
}))]
pub struct BadgeUpdate {
    /// The change.
    pub change: BadgeChange,
    /// Whether all notifications were changed.
    pub all: bool,
    /// The ids of the changed notifications; empty if all were changed.
    #[schema(value_type = Vec<String>)]
    pub ids: Vec<NotificationId>,
    /// The unread counts after the change.
    pub unread: Badges,
}

/// The data of the action `read_notification`.
#[derive(Debug, Clone, Copy, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NotificationRef {
    /// The id of the notification.
    #[schema(value_type = String, format = Uuid)]
    pub id: NotificationId,
}

/// The type of an announcement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AnnouncementType {
    /// Information.
    Info,
    /// A warning.
    Warning,
    /// The service will be unavailable for a while.
    Maintenance,
}

/// An announcement to all users: the data of the action `notification`, for administrators, and of
/// notifications with the action `system`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"message": "We are away on Sunday from 2 to 3.", "type": "maintenance"}))]
pub struct Announcement {
    /// The text: 1 to 500 characters of plain text.
    #[validate(length(min = 1, max = ANNOUNCEMENT_MAX_LEN, message = "1 to 500 characters"))]
    #[schema(min_length = 1, max_length = 500)]
    pub message: String,
    /// The type.
    pub r#type: AnnouncementType,
}

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

    #[test]
    fn notification_created_is_the_notification_with_unread_counts() {
        let unread = Badges {
            total: 1,
            by_action: BTreeMap::from([(Action::System, 1)]),
        };
        let notification = Notification {
            id: "01890a5d-ac96-774b-bcce-b302099a8057".parse().unwrap(),
            action: Action::System,
            data: serde_json::json!({}),
            is_read: false,
            created_at: Timestamp::from_micros(0),
        };
        let created = NotificationCreated {
            notification,
            unread,
        };
        let json = serde_json::to_value(created).unwrap();
        assert_eq!(json["action"], "system");
        assert_eq!(json["unread"]["by_action"]["system"], 1);
    }
}
