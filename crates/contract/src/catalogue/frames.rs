//! The frames, in groups that sockets share, and the names of events.

use super::Delivery::{Durable, DurableInChat, DurableInTournament, Ephemeral};
use super::{EventAudience, Frame, Shape};
use crate::chat::{
    ChatJoined, ChatRef, ConversationDeleted, EditMessage, LikeMessage, LikeUpdate, MessageDeleted,
    MessageEdited, MessageRead, MessageRef, NewMessage, PostMessage, SetTyping, Typing,
};
use crate::frames::{Ack, Empty, Hello, Pong, Problem, Resume, Resync};
use crate::invites::{
    CreateInvite, GameFound, GameInviteCanceled, Invite, InviteAnswered, NamedPlayer,
    ReplyGameInvite,
};
use crate::match_frames::{
    MatchCanceled, MatchChat, MatchChatSaid, MatchCountdown, MatchFinished, MatchInput,
    MatchJoined, MatchMove, MatchPaused, MatchPoint, MatchRematch, MatchResumed, MatchSpectators,
    MatchStateFrame, PlayerPresence,
};
use crate::matches::MatchEnded;
use crate::notify::{Announcement, BadgeUpdate, NotificationCreated, NotificationRef};
use crate::queue::Queued;
use crate::rooms::{Joined, LobbyCount, LobbyMember, LobbyMembers};
use crate::social::{
    AddNewFriend, AnnouncePresence, BlockedUser, FriendPresence, FriendRemoved, FriendRequest,
    FriendRequestRemoved, FriendsPresence, NewFriend, OwnStatus, UserUnblocked,
};
use crate::tournaments::{
    AnnounceTournament, EntrantUpdate, SlotsUpdate, TournamentInvite, TournamentUpdate,
};

/// Frames of clients have no audience, nor have those that a table sends to each socket itself.
macro_rules! frames {
    (
        $($(#[$doc:meta])* $group:ident $audience:tt: [
            $($($event:ident)? $name:literal $delivery:ident $data:ty, $about:literal;)*
        ])*
        ; hidden: [$($hidden:ident $hidden_name:literal $hidden_audience:ident, $hidden_about:literal;)*]
    ) => {
        $(
            $(#[$doc])*
            pub(super) const $group: &[Frame] = &[
                $(Frame {
                    name: $name,
                    about: $about,
                    data: Shape::of::<$data>(),
                    delivery: $delivery,
                }),*
            ];
        )*

        /// The name of an event. Frames from the server and stored events have no other names.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum EventName {
            $($($(#[doc = $about] $event,)?)*)*
            $(#[doc = $hidden_about] $hidden,)*
        }

        impl EventName {
            /// The name on the wire.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $($($(Self::$event => $name,)?)*)*
                    $(Self::$hidden => $hidden_name,)*
                }
            }

            /// The event of this name; `None` if only a newer version knows it.
            #[must_use]
            pub fn find(name: &str) -> Option<Self> {
                Some(match name {
                    $($($($name => Self::$event,)?)*)*
                    $($hidden_name => Self::$hidden,)*
                    _ => return None,
                })
            }

            /// Whom the event is for.
            #[must_use]
            pub const fn audience(self) -> EventAudience {
                match self {
                    $($($(Self::$event => frames!(@audience $audience),)?)*)*
                    $(Self::$hidden => EventAudience::$hidden_audience,)*
                }
            }
        }
    };
    (@audience ($audience:ident)) => { EventAudience::$audience };
}

frames! {
    /// Client frames of all sockets.
    PING_ACTIONS (client): [
        "ping" Ephemeral Empty, "Requests `pong` with the server time.";
    ]
    /// Client frames of sockets with streams.
    RESUME_ACTIONS (client): [
        "resume" Ephemeral Resume, "Requests missed events. Sent after `hello` if the socket was opened with `?resume=true`, or at any later time.";
    ]
    /// Server frames of all sockets.
    ANY_EVENTS (Anyone): [
        Hello "hello" Ephemeral Hello, "The first frame: the user, the subscribed streams with their positions, and the unread counts.";
        Ack "ack" Ephemeral Ack<'static>, "The action with this `cid` succeeded, and its effects are stored.";
        Error "error" Ephemeral Problem<'static>, "An action failed. The socket stays open.";
        Pong "pong" Ephemeral Pong, "Response to `ping`.";
        Resync "resync" Ephemeral Resync, "Missed events of these streams are no longer available. Read the state over REST.";
    ]
    /// Client frames about messages.
    MESSAGE_ACTIONS (client): [
        "new_message" Ephemeral PostMessage, "Sends a message. Idempotent with the same `client_id`.";
        "edit_message" Ephemeral EditMessage, "Edits a message of the current user.";
        "delete_message" Ephemeral MessageRef, "Deletes a message of the current user for all members.";
        "like_message" Ephemeral LikeMessage, "Likes a message of another user.";
        "unlike_message" Ephemeral LikeMessage, "Removes a like.";
        "read_message" Ephemeral MessageRef, "Marks a message and all earlier ones of its chat as read.";
        "typing" Ephemeral SetTyping, "Sets whether the current user is typing. Forwarded at most once in 3 seconds; expires after 5 seconds.";
    ]
    /// Server frames about messages.
    MESSAGE_EVENTS (Messages): [
        NewMessage "new_message" DurableInChat NewMessage, "A message was sent. Includes the `timestamp` of the sender's client.";
        MessageEdited "message_edited" DurableInChat MessageEdited, "A message was edited.";
        MessageDeleted "message_deleted" DurableInChat MessageDeleted, "A message was deleted. Its `seq` is not used again.";
        ChatLikeUpdate "chat_like_update" DurableInChat LikeUpdate, "A message was liked, or a like was removed.";
        Typing "typing" Ephemeral Typing, "Another user started or stopped typing.";
    ]
    /// Client frames about chats.
    CHATS_ACTIONS (client): [
        "join_chat" Ephemeral ChatRef, "Subscribes this socket to a lobby without joining it.";
        "room_created" Ephemeral ChatRef, "Notifies the other members of a new chat.";
    ]
    /// Server frames about chats.
    CHATS_EVENTS (Chats): [
        JoinChat "join_chat" Ephemeral ChatRef, "This socket is subscribed to the chat.";
        RoomCreated "room_created" DurableInChat ChatRef, "A chat was created. Repeated notifications by members are not durable and have no `seq`.";
        ChatJoined "chat_joined" Durable ChatJoined, "The current user joined a chat. Its events follow.";
        ChatLeft "chat_left" Durable ChatRef, "The current user left a chat or was removed. No more events of it follow.";
        ConversationDeleted "conversation_deleted" Durable ConversationDeleted, "The current user deleted a conversation in another client.";
        MessageRead "message_read" Durable MessageRead, "Another user has read the current user's messages up to this one.";
    ]
    /// Client frames about presence.
    PRESENCE_ACTIONS (client): [
        "user_online" Ephemeral AnnouncePresence, "Announces that the current user is active.";
        "user_offline" Ephemeral AnnouncePresence, "Announces that the current user is away, while the socket stays open.";
    ]
    /// Server frames about the presence of friends.
    PRESENCE_EVENTS (Presence): [
        UserOnline "user_online" Ephemeral FriendPresence, "A friend came online.";
        UserOffline "user_offline" Ephemeral FriendPresence, "A friend went offline, or hides their presence.";
        UserStatus "user_status" Ephemeral FriendPresence, "The status of a friend changed.";
    ]
    /// Server frames about all friends.
    FRIENDS_EVENTS (Presence): [
        FriendsStatus "friends_status" Ephemeral FriendsPresence, "The presence of all friends. Sent when the socket is opened, and again when a friend is added or removed.";
    ]
    /// Client frames about friends, invites, notifications and tournaments.
    PERSONAL_ACTIONS (client): [
        "add_new_friend" Ephemeral AddNewFriend, "Sends a friend request, or accepts the request of that user.";
        "game_invite" Ephemeral CreateInvite, "Sends a game invite.";
        "reply_game_invite" Ephemeral ReplyGameInvite, "Accepts or declines an invite.";
        "game_accepted" Ephemeral NamedPlayer, "Accepts the invite of this user.";
        "game_declined" Ephemeral NamedPlayer, "Declines the invite of this user.";
        "cancel_game_invite" Ephemeral NamedPlayer, "Cancels the invite to this user.";
        "read_notification" Ephemeral NotificationRef, "Marks a notification as read.";
        "notification" Ephemeral Announcement, "Sends an announcement to all users. Administrators only.";
        "new_tournament" Ephemeral AnnounceTournament, "Notifies the users who are invited to a tournament.";
    ]
    /// Server frames about friends, invites and notifications.
    PERSONAL_EVENTS (Personal): [
        FriendRequest "friend_request" Durable FriendRequest, "A friend request was sent. Sent to both users.";
        FriendRequestRemoved "friend_request_removed" Durable FriendRequestRemoved, "A friend request was answered, canceled or removed.";
        NewFriend "new_friend" Durable NewFriend, "A friendship began. Sent to both users.";
        FriendRemoved "friend_removed" Durable FriendRemoved, "A friendship ended. Sent to both users.";
        UserBlocked "user_blocked" Durable BlockedUser, "The current user blocked a user in another client.";
        UserUnblocked "user_unblocked" Durable UserUnblocked, "The current user unblocked a user in another client.";
        OwnStatus "own_status" Ephemeral OwnStatus, "The current user's chosen and effective status.";
        GameInvite "game_invite" Durable Invite, "The current user received a game invite.";
        GameInviteSent "game_invite_sent" Durable Invite, "The current user sent a game invite.";
        GameAccepted "game_accepted" Durable InviteAnswered, "An invite was accepted. Sent to both users.";
        GameDeclined "game_declined" Durable InviteAnswered, "An invite was declined. Sent to both users.";
        MatchFinished "match_finished" Durable MatchEnded, "A match of the current user has a result.";
        MatchCanceled "match_canceled" Durable MatchEnded, "A match of the current user ended without a result.";
        GameInviteCanceled "game_invite_canceled" Durable GameInviteCanceled, "An invite was canceled or expired. Sent to both users. If an invite could not be sent, its sender gets this frame without `seq`.";
        NewTournament "new_tournament" Durable TournamentInvite, "The current user is invited to a tournament.";
        Notification "notification" Durable NotificationCreated, "A new notification, with the unread counts.";
        BadgeUpdate "badge_update" Durable BadgeUpdate, "The unread counts changed: notifications were read, resolved or deleted.";
    ]
    /// Server frames about matches that the user can join.
    MATCHES_EVENTS (Matches): [
        GameFound "game_found" Durable GameFound, "A match is ready to join. Sent to both users.";
    ]
    /// Server frames of the sockets of single chats.
    SINGLE_CHAT_EVENTS (OneSocket): [
        Joined "joined" Ephemeral Joined, "The chat of this socket.";
    ]
    /// Client frames of players.
    MATCH_ACTIONS (client): [
        "input" Ephemeral MatchInput, "Games of ticks: the direction of the paddle. Not acknowledged without `cid`; also as a binary frame.";
        "move" Ephemeral MatchMove, "Games of turns: a move.";
        "ready" Ephemeral Empty, "The current user is ready.";
        "pause" Ephemeral Empty, "Requests a pause. It begins before the next serve, or at once if both request it.";
        "resume" Ephemeral Empty, "Ends the pause.";
        "resign" Ephemeral Empty, "Gives the match up.";
        "rematch_offer" Ephemeral Empty, "Offers a rematch.";
        "rematch_accept" Ephemeral Empty, "Accepts the offer.";
        "rematch_decline" Ephemeral Empty, "Declines the offer.";
        "chat" Ephemeral MatchChat, "Writes to the other player. Spectators can read it.";
        "resync" Ephemeral Empty, "With `?frames=lockstep`: requests the whole state.";
    ]
    /// Server frames of matches.
    MATCH_EVENTS (OneSocket): [
        "joined" Ephemeral MatchJoined, "The match as of now. Sent first, and again when another server has taken over. A finished match is followed by close code 4410.";
        MatchState "state" Ephemeral MatchStateFrame, "The state, together with the fields of the game. Only the latest one is sent. In compact form with `?frames=binary` and `?frames=lockstep`.";
        Countdown "countdown" Ephemeral MatchCountdown, "Play begins in a moment.";
        Point "point" Ephemeral MatchPoint, "A player scored.";
        Paused "paused" Ephemeral MatchPaused, "The match stands still.";
        Resumed "resumed" Ephemeral MatchResumed, "The match goes on.";
        Finished "finished" Ephemeral MatchFinished, "The match has a result, which is stored.";
        Canceled "canceled" Ephemeral MatchCanceled, "The match ended without a result.";
        PlayerJoined "player_joined" Ephemeral PlayerPresence, "A player is connected.";
        PlayerLeft "player_left" Ephemeral PlayerPresence, "A player is not connected any more.";
        PauseOffer "pause_offer" Ephemeral PlayerPresence, "A player requests a pause.";
        RematchOffer "rematch_offer" Ephemeral MatchRematch, "A player offers a rematch.";
        RematchAccept "rematch_accept" Ephemeral MatchRematch, "A rematch was accepted; `match_id` is the new match.";
        RematchDecline "rematch_decline" Ephemeral MatchRematch, "A player declines the rematch.";
        MatchChat "chat" Ephemeral MatchChatSaid, "A player wrote something.";
        Spectators "spectators" Ephemeral MatchSpectators, "The number of spectators changed.";
    ]
    /// Client frames of users in the queue.
    QUEUE_ACTIONS (client): [
        "leave_queue" Ephemeral Empty, "Leaves the queue.";
    ]
    /// Server frames about the place in the queue.
    QUEUE_EVENTS (OneSocket): [
        Queued "queued" Ephemeral Queued, "The current user's place in the queue. Sent when the socket is opened, and every two seconds.";
    ]
    /// Server frames about the present members of a lobby.
    LOBBY_EVENTS (Lobby): [
        Members "members" Ephemeral LobbyMembers, "The present members. Sent first, and again if too many changes occur to send each.";
        MemberJoined "member_joined" Ephemeral LobbyMember, "A user joined.";
        MemberLeft "member_left" Ephemeral LobbyMember, "A user left.";
        MemberCount "member_count" Ephemeral LobbyCount, "The number of present members of a large lobby.";
    ]
    /// Server frames about a tournament.
    TOURNAMENT_EVENTS (OneSocket): [
        TournamentState "tournament" Ephemeral TournamentUpdate, "The tournament as of now. Sent first.";
        Changed "changed" DurableInTournament TournamentUpdate, "The settings or the state of the tournament changed.";
        Registered "registered" DurableInTournament EntrantUpdate, "Somebody registered, moved up from the waiting list, or was seeded.";
        Unregistered "unregistered" DurableInTournament EntrantUpdate, "An entrant left, missed the check-in, or was disqualified.";
        CheckedIn "checked_in" DurableInTournament EntrantUpdate, "An entrant checked in.";
        Started "started" DurableInTournament TournamentUpdate, "The tournament started: its bracket can be read.";
        RoundStarted "round_started" DurableInTournament SlotsUpdate, "A round of Swiss or round robin began.";
        MatchCalled "match_called" DurableInTournament SlotsUpdate, "The match of a slot is open.";
        MatchStarted "match_started" DurableInTournament SlotsUpdate, "The match of a slot is played.";
        "match_finished" DurableInTournament SlotsUpdate, "A slot was decided; the slots that it leads to are included.";
        Disputed "disputed" DurableInTournament SlotsUpdate, "A result is disputed, or the dispute has ended.";
        Corrected "corrected" DurableInTournament SlotsUpdate, "An organizer changed a result.";
        "paused" DurableInTournament TournamentUpdate, "No matches are called until it goes on.";
        "resumed" DurableInTournament TournamentUpdate, "Matches are called again.";
        "finished" DurableInTournament TournamentUpdate, "The tournament has a result.";
        "canceled" DurableInTournament TournamentUpdate, "The tournament was given up.";
    ]
    ; hidden: [
        BlocksChanged "blocks_changed" Server, "The users who are hidden from a user changed.";
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_have_the_audience_of_their_group() {
        for (name, audience) in [
            ("new_message", EventAudience::Messages),
            ("typing", EventAudience::Messages),
            ("resync", EventAudience::Anyone),
            ("user_status", EventAudience::Presence),
            ("message_read", EventAudience::Chats),
            ("game_invite", EventAudience::Personal),
            ("blocks_changed", EventAudience::Server),
        ] {
            let event = EventName::find(name).unwrap();
            assert_eq!((event.as_str(), event.audience()), (name, audience));
        }
        assert_eq!(EventName::find("of_a_newer_version"), None);
    }
}
