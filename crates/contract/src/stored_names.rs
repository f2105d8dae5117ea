//! Enums that are stored by the same names as on the wire.

use crate::accounts::{ExportState, Theme};
use crate::groups::GroupPrivacy;
use crate::invites::{InviteOrigin, InviteStatus};
use crate::notify::Action;
use crate::rooms::ReportReason;
use crate::social::ChosenStatus;
use crate::tournaments::{
    BracketPart, EntrantState, SlotHow, SlotState, TournamentFormat, TournamentSeeding,
    TournamentStatus, TournamentVisibility,
};

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
    TournamentFormat {
        SingleElimination = "single_elimination",
        DoubleElimination = "double_elimination",
        RoundRobin = "round_robin",
        Swiss = "swiss",
    }
    TournamentVisibility {
        Private = "private",
        Friends = "friends",
        Public = "public",
    }
    TournamentStatus {
        Draft = "draft",
        Registration = "registration",
        CheckIn = "check_in",
        Running = "running",
        Paused = "paused",
        Finished = "finished",
        Canceled = "canceled",
    }
    TournamentSeeding {
        Rating = "rating",
        Random = "random",
        Manual = "manual",
    }
    EntrantState {
        Waiting = "waiting",
        Registered = "registered",
        CheckedIn = "checked_in",
        Missed = "missed",
        Playing = "playing",
        Out = "out",
        Withdrawn = "withdrawn",
        Disqualified = "disqualified",
    }
    BracketPart {
        Upper = "upper",
        Lower = "lower",
        Final = "final",
        ThirdPlace = "third_place",
        RoundRobin = "round_robin",
        PlayOff = "play_off",
        Swiss = "swiss",
    }
    SlotState {
        Unknown = "unknown",
        Waiting = "waiting",
        Called = "called",
        Live = "live",
        Done = "done",
        Walkover = "walkover",
        Void = "void",
    }
    SlotHow {
        Played = "played",
        Forfeit = "forfeit",
        NoShow = "no_show",
        Removal = "removal",
        Bye = "bye",
        RequestedBye = "requested_bye",
        Awarded = "awarded",
        Judged = "judged",
    }
}
