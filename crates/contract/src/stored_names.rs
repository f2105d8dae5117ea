//! Enums that are stored by the same names as on the wire.

use crate::accounts::{ExportState, Theme};
use crate::groups::GroupPrivacy;
use crate::invites::{InviteOrigin, InviteStatus};
use crate::notify::Action;
use crate::rooms::ReportReason;
use crate::social::ChosenStatus;

macro_rules! stored_by_wire_names {
    ($($rust:ident { $($variant:ident = $text:literal),+ $(,)? })+) => {
        $(kernel::text_enum!($rust { $($variant = $text),+ });)+

        #[test]
        fn stored_names_are_those_on_the_wire() {
            $($(assert_eq!(serde_json::to_value($rust::$variant).unwrap(), $text);)+)+
        }
    };
}

stored_by_wire_names! {
    Theme { System = "system", Light = "light", Dark = "dark" }
    ExportState {
        Preparing = "preparing",
        Ready = "ready",
        Failed = "failed",
        Expired = "expired",
    }
    ChosenStatus { Online = "online", Away = "away", Invisible = "invisible" }
    ReportReason {
        Spam = "spam",
        Harassment = "harassment",
        Hate = "hate",
        Sexual = "sexual",
        Violence = "violence",
        Other = "other",
    }
    Action {
        GameInvite = "game_invite",
        NewTournament = "new_tournament",
        NewFriend = "new_friend",
        FriendRequest = "friend_request",
        NewMessage = "new_message",
        MatchReady = "match_ready",
        Event = "event",
        Group = "group",
        System = "system",
    }
    InviteStatus {
        Pending = "pending",
        Accepted = "accepted",
        Declined = "declined",
        Canceled = "canceled",
        Expired = "expired",
    }
    InviteOrigin { Direct = "direct", Rematch = "rematch", Challenge = "challenge" }
    GroupPrivacy { Public = "public", Private = "private", InviteOnly = "invite_only" }
}
