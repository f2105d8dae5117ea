//! Notifications, unread counts, preferences, and the jobs through which other domains notify.

mod action;
mod jobs;
mod preferences;

use std::collections::BTreeMap;

use kernel::{Id, Timestamp, id_type};
use serde::{Deserialize, Serialize};
use utoipa::openapi::schema::{AdditionalProperties, ObjectBuilder};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};
use validator::Validate;

pub use action::Action;
pub use jobs::{BlockCreated, NotificationEvent, Resolved, chat_of_subject, chat_subject};
pub use preferences::{
    Channels, DigestFrequency, KindPreferences, NotificationPreferences, PutNotificationPreferences,
};

id_type!(NotificationId, NotificationIdKind, "notification");

/// The maximum length of an announcement, in characters.
pub const ANNOUNCEMENT_MAX_LEN: u64 = 500;

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

#[cfg(test)]
mod tests {
    use super::*;

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
