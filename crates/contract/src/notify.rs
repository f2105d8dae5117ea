//! Notifications: what happened, for whom, and how they want to hear of it.

use std::collections::BTreeMap;

use kernel::{Id, Job, JobClass, Timestamp, UserId, id_type};
use serde::{Deserialize, Serialize};
use utoipa::openapi::schema::{AdditionalProperties, ObjectBuilder};
use utoipa::openapi::{Ref, RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};
use validator::{Validate, ValidationErrors};

use crate::chat::ChatId;
use crate::requests::Request;

id_type!(NotificationId, NotificationKind, "notification");

/// The longest word to everybody, in characters.
pub const ANNOUNCEMENT_MAX: u64 = 500;

/// What a notification is about.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Somebody wants to play.
    GameInvite,
    /// A tournament one is invited to.
    NewTournament,
    /// A request was accepted.
    NewFriend,
    /// Somebody wants to be friends.
    FriendRequest,
    /// A message came.
    NewMessage,
    /// A match can begin.
    MatchReady,
    /// An event one takes part in.
    Event,
    /// A group one belongs to.
    Group,
    /// A word from those who run the place.
    System,
}

/// Something that a person should be told of: a job.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NotificationEvent {
    /// Who should be told.
    pub user_id: UserId,
    /// What it is about.
    pub action: Action,
    /// More about it, typed by the action.
    pub data: serde_json::Value,
    /// One notification per user and key, however often the job runs.
    pub key: String,
}

impl Job for NotificationEvent {
    const KIND: &'static str = "notify";
    const CLASS: JobClass = JobClass::Timer;
}

/// Something that a person has dealt with, or that is over: a job.
/// Notifications of it wait to be read no longer, also those that come after it by a hair.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settled {
    /// Who was told of it.
    pub user_id: UserId,
    /// What it was: the key of the notification, or a chat.
    pub subject: String,
    /// In a chat, up to which place; 0 for all else.
    pub place: i64,
    /// Whether it was taken back: then its notification goes, and none comes any more.
    #[serde(default)]
    pub withdrawn: bool,
}

impl Job for Settled {
    const KIND: &'static str = "notify.settle";
    const CLASS: JobClass = JobClass::Timer;
}

impl Settled {
    /// What the notification with this key tells of.
    #[must_use]
    pub fn by_key(user_id: UserId, key: impl Into<String>) -> Self {
        Self {
            user_id,
            subject: key.into(),
            place: 0,
            withdrawn: false,
        }
    }

    /// What the notification with this key tells of was taken back.
    #[must_use]
    pub fn withdrawn(user_id: UserId, key: impl Into<String>) -> Self {
        Self {
            withdrawn: true,
            ..Self::by_key(user_id, key)
        }
    }

    /// The messages of a chat up to this place.
    #[must_use]
    pub fn up_to(user_id: UserId, chat: ChatId, seq: i64) -> Self {
        Self {
            user_id,
            subject: chat_subject(chat),
            place: seq,
            withdrawn: false,
        }
    }
}

/// Two people are no longer there for each other: a job. What either
/// was told of the other goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftChats {
    /// One of them.
    pub one: UserId,
    /// The other.
    pub other: UserId,
}

impl Job for LeftChats {
    const KIND: &'static str = "notify.part";
    const CLASS: JobClass = JobClass::Timer;
}

/// How the subjects of chats begin.
const CHAT_SUBJECT: &str = "chat:";

/// What notifications about messages of a chat are settled by.
#[must_use]
pub fn chat_subject(chat: ChatId) -> String {
    format!("{CHAT_SUBJECT}{chat}")
}

/// The chat whose messages a subject is about, if it is about any.
#[must_use]
pub fn chat_of_subject(subject: &str) -> Option<ChatId> {
    subject.strip_prefix(CHAT_SUBJECT)?.parse().ok()
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
    /// Names it.
    #[schema(value_type = String, format = Uuid)]
    pub id: Id<NotificationKind>,
    /// What it is about.
    pub action: Action,
    /// More about it, typed by the action: the data of the event of the same name, and for
    /// `new_message` which message, where, by whom, and whether it names one.
    #[schema(value_type = Object)]
    pub data: serde_json::Value,
    /// Whether it was read, or what it tells of was dealt with.
    pub is_read: bool,
    /// When it came.
    pub created_at: Timestamp,
}

/// The data of a notification about something that is still to be built.
#[derive(Debug, Clone, Copy)]
pub struct OpenData;

impl PartialSchema for OpenData {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .description(Some("More about it; which fields there are is still open."))
            .additional_properties(Some(AdditionalProperties::FreeForm(true)))
            .into()
    }
}

impl ToSchema for OpenData {}

/// How many notifications wait to be read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
#[schema(example = json!({"total": 3, "by_action": {"friend_request": 1, "new_message": 2}}))]
pub struct Badges {
    /// In all.
    pub total: i64,
    /// By what they are about; what nothing waits of is left out.
    #[schema(value_type = BTreeMap<String, i64>)]
    pub by_action: BTreeMap<Action, i64>,
}

/// The data of the event `notification`: something new, and how many wait now.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct NotificationCreated {
    /// What is new.
    #[serde(flatten)]
    pub notification: Notification,
    /// How many wait to be read now.
    pub unread: Badges,
}

/// What was done to notifications.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum BadgeChange {
    /// They were read, or settled by dealing with what they tell of.
    Read,
    /// They are gone.
    Deleted,
}

/// The data of the event `badge_update`: what another tab, or time, has done to notifications.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(example = json!({
    "change": "read", "all": false, "ids": ["01890a5d-ac96-774b-bcce-b302099a8071"],
    "unread": {"total": 2, "by_action": {"new_message": 2}}
}))]
pub struct BadgeUpdate {
    /// What was done.
    pub change: BadgeChange,
    /// Whether it was done to all there were.
    pub all: bool,
    /// To which; none are named where it was done to all.
    #[schema(value_type = Vec<String>)]
    pub ids: Vec<NotificationId>,
    /// How many wait to be read now.
    pub unread: Badges,
}

/// The data of the action `read_notification`.
#[derive(Debug, Clone, Copy, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NotificationRef {
    /// Which one.
    #[schema(value_type = String, format = Uuid)]
    pub id: NotificationId,
}

/// How a word to everybody is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AnnouncementType {
    /// For one's information.
    Info,
    /// Something to look out for.
    Warning,
    /// The place will be away for a while.
    Maintenance,
}

/// A word to everybody: the data of the action `notification`, for admins, and of notifications
/// with the action `system`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"message": "We are away on Sunday from 2 to 3.", "type": "maintenance"}))]
pub struct Announcement {
    /// What is said: 1 to 500 characters of plain text.
    #[validate(length(min = 1, max = ANNOUNCEMENT_MAX, message = "1 to 500 characters"))]
    #[schema(min_length = 1, max_length = 500)]
    pub message: String,
    /// How it is meant.
    pub r#type: AnnouncementType,
}

/// On which ways one wants to hear of something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Channels {
    /// In the list of notifications, with a badge.
    pub in_app: bool,
    /// By e-mail, if it still waits after a while.
    pub email: bool,
}

impl Channels {
    const fn new(in_app: bool, email: bool) -> Self {
        Self { in_app, email }
    }
}

/// On which ways one wants to hear of what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct KindPreferences {
    /// Invites to games; they are over in ten minutes.
    #[schema(required)]
    pub game_invite: Channels,
    /// Tournaments one is invited to.
    #[schema(required)]
    pub new_tournament: Channels,
    /// Accepted requests.
    #[schema(required)]
    pub new_friend: Channels,
    /// Requests.
    #[schema(required)]
    pub friend_request: Channels,
    /// Messages.
    #[schema(required)]
    pub new_message: Channels,
    /// Matches that can begin.
    #[schema(required)]
    pub match_ready: Channels,
    /// Events one takes part in.
    #[schema(required)]
    pub event: Channels,
    /// Groups one belongs to.
    #[schema(required)]
    pub group: Channels,
    /// Words from those who run the place.
    #[schema(required)]
    pub system: Channels,
}

impl Default for KindPreferences {
    fn default() -> Self {
        let (both, here) = (Channels::new(true, true), Channels::new(true, false));
        Self {
            game_invite: here,
            new_tournament: both,
            new_friend: here,
            friend_request: both,
            new_message: both,
            match_ready: here,
            event: both,
            group: here,
            system: here,
        }
    }
}

impl KindPreferences {
    /// The ways for what a notification is about.
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

/// How often mail about what waits may come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DigestFrequency {
    /// Never.
    Off,
    /// When something has waited for a while.
    #[default]
    Soon,
    /// At most once an hour.
    Hourly,
    /// At most once a day.
    Daily,
}

/// How one wants to hear of things.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(example = json!(NotificationPreferences::default()))]
pub struct NotificationPreferences {
    /// By kind and way.
    #[schema(required)]
    pub kinds: KindPreferences,
    /// How often mail may come.
    #[schema(required)]
    pub digest: DigestFrequency,
}

/// The body that replaces how one wants to hear of things. What is left out is as usual.
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
            description: "How I want to hear of things. What is left out is as usual.",
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

/// The ways in the body of [`PutNotificationPreferences`], for the document.
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
            description: "On which ways I want to hear of what. Kinds that are not named are as usual.",
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
    fn what_is_left_out_is_as_usual_and_what_is_unknown_is_refused() {
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
    fn the_news_is_the_notification_with_its_badges() {
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
        let news = NotificationCreated {
            notification,
            unread,
        };
        let json = serde_json::to_value(news).unwrap();
        assert_eq!(json["action"], "system");
        assert_eq!(json["unread"]["by_action"]["system"], 1);
    }
}
