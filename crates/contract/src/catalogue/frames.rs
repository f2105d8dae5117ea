//! The frames, in the groups that sockets share.

use super::Delivery::{Durable, DurableInChat, Ephemeral};
use super::{Delivery, Frame, Shape};
use crate::chat::{
    ChatJoined, ChatRef, ConversationDeleted, EditMessage, LikeMessage, LikeUpdate, MessageDeleted,
    MessageEdited, MessageRead, MessageRef, NewMessage, PostMessage, SetTyping, Typing,
};
use crate::frames::{Ack, Empty, Hello, Pong, Problem, Resume, Resync};
use crate::invites::{
    CreateInvite, GameFound, GameInviteCanceled, Invite, InviteAnswered, NamedPlayer,
    ReplyGameInvite,
};
use crate::notify::{Announcement, BadgeUpdate, NotificationCreated, NotificationRef};
use crate::rooms::{Joined, LobbyCount, LobbyMember, LobbyMembers};
use crate::social::{
    AddNewFriend, AnnouncePresence, BlockedUser, FriendPresence, FriendRemoved, FriendRequest,
    FriendRequestRemoved, FriendsPresence, NewFriend, OwnStatus, UserUnblocked,
};
use crate::tournaments::AnnounceTournament;

const fn frame(name: &'static str, data: Shape, keeping: Delivery, about: &'static str) -> Frame {
    Frame {
        name,
        about,
        data,
        keeping,
    }
}

macro_rules! frames {
    ($($(#[$doc:meta])* $group:ident: [$($name:literal $keeping:ident $data:ty, $about:literal;)*])*) => {
        $(
            $(#[$doc])*
            pub(super) const $group: &[Frame] = &[
                $(frame($name, Shape::of::<$data>(), $keeping, $about)),*
            ];
        )*
    };
}

frames! {
    /// What every socket takes.
    ANY_ACTIONS: [
        "ping" Ephemeral Empty, "Asks for a sign of life and the server's clock.";
        "resume" Ephemeral Resume, "Asks for what was missed before this socket was opened: right after `hello`, with `?resume=true` in the address, or at any time later.";
    ]
    /// What every socket tells.
    ANY_EVENTS: [
        "hello" Ephemeral Hello, "The first frame: who is connected, which streams are heard here and how far each is.";
        "ack" Ephemeral Ack<'static>, "What was asked for with this `cid` is done, and stored where it is to be stored.";
        "error" Ephemeral Problem<'static>, "What was asked for is well formed but not possible; the socket stays.";
        "pong" Ephemeral Pong, "The answer to `ping`.";
        "resync" Ephemeral Resync, "What was missed on these streams cannot be told any more: read the state over REST.";
    ]
    /// What can be asked for in a chat.
    TALK_ACTIONS: [
        "new_message" Ephemeral PostMessage, "Writes a message; with the same `client_id` again it is the same message.";
        "edit_message" Ephemeral EditMessage, "Changes a message of mine.";
        "delete_message" Ephemeral MessageRef, "Deletes a message of mine, for everybody.";
        "like_message" Ephemeral LikeMessage, "Likes a message of another.";
        "unlike_message" Ephemeral LikeMessage, "Takes my like back.";
        "read_message" Ephemeral MessageRef, "I have read this message and all before it.";
        "typing" Ephemeral SetTyping, "I am typing, or no longer; told at most once in 3 seconds, and it ends by itself after 5.";
    ]
    /// What is told in a chat.
    TALK_EVENTS: [
        "new_message" DurableInChat NewMessage, "A message, to all in the chat and to the sender's other sockets; the sender's own mark comes back.";
        "message_edited" DurableInChat MessageEdited, "A message says something else now.";
        "message_deleted" DurableInChat MessageDeleted, "A message is gone; its place stays.";
        "chat_like_update" DurableInChat LikeUpdate, "Somebody likes a message, or no longer.";
        "typing" Ephemeral Typing, "Somebody is typing, or no longer; not told to themselves.";
    ]
    /// What can be asked for about one's chats.
    CHATS_ACTIONS: [
        "join_chat" Ephemeral ChatRef, "Hears a lobby on this socket from now on, without joining it for good.";
        "room_created" Ephemeral ChatRef, "Tells the other members that a chat is there.";
    ]
    /// What is told about one's chats.
    CHATS_EVENTS: [
        "join_chat" Ephemeral ChatRef, "The chat is heard on this socket from now on.";
        "room_created" DurableInChat ChatRef, "A chat is there; where a member says so again, it comes without a number.";
        "chat_joined" Durable ChatJoined, "I am in a chat now; its events come from here on.";
        "chat_left" Durable ChatRef, "I am in a chat no longer; nothing more comes of it.";
        "conversation_deleted" Durable ConversationDeleted, "I have deleted a conversation for myself, in another tab.";
        "message_read" Durable MessageRead, "Somebody has read my messages up to this one.";
    ]
    /// What one can say about oneself being there.
    PRESENCE_ACTIONS: [
        "user_online" Ephemeral AnnouncePresence, "I am here and active.";
        "user_offline" Ephemeral AnnouncePresence, "I am not here, though this socket stays.";
    ]
    /// How friends can be found.
    PRESENCE_EVENTS: [
        "user_online" Ephemeral FriendPresence, "A friend is here.";
        "user_offline" Ephemeral FriendPresence, "A friend is here no longer, as far as I may know.";
        "user_status" Ephemeral FriendPresence, "A friend can be found in another way.";
    ]
    /// All friends at once.
    FRIENDS_EVENTS: [
        "friends_status" Ephemeral FriendsPresence, "How each friend can be found: when the socket opens, and again when friends come or go.";
    ]
    /// What can be asked for that concerns oneself.
    PERSONAL_ACTIONS: [
        "add_new_friend" Ephemeral AddNewFriend, "Asks somebody to be friends, or agrees where they have asked.";
        "game_invite" Ephemeral CreateInvite, "Invites somebody to a game.";
        "reply_game_invite" Ephemeral ReplyGameInvite, "Answers an invite.";
        "game_accepted" Ephemeral NamedPlayer, "Accepts the invite of this person.";
        "game_declined" Ephemeral NamedPlayer, "Declines the invite of this person.";
        "cancel_game_invite" Ephemeral NamedPlayer, "Takes back the invite to this person.";
        "read_notification" Ephemeral NotificationRef, "I have read a notification.";
        "notification" Ephemeral Announcement, "A word to everybody, from an administrator.";
        "new_tournament" Ephemeral AnnounceTournament, "Tells those who are invited of my tournament.";
    ]
    /// What is told to one person.
    PERSONAL_EVENTS: [
        "friend_request" Durable FriendRequest, "A friend request, to both sides.";
        "friend_request_removed" Durable FriendRequestRemoved, "A request is no longer there.";
        "new_friend" Durable NewFriend, "Two are friends, to both.";
        "friend_removed" Durable FriendRemoved, "Two are friends no longer, to both.";
        "user_blocked" Durable BlockedUser, "I have blocked somebody, in another tab.";
        "user_unblocked" Durable UserUnblocked, "I have unblocked somebody, in another tab.";
        "own_status" Ephemeral OwnStatus, "How I can be found, and what I have chosen, as it is now.";
        "game_invite" Durable Invite, "Somebody invites me.";
        "game_invite_sent" Durable Invite, "My invite is on its way.";
        "game_accepted" Durable InviteAnswered, "An invite was accepted, to both.";
        "game_declined" Durable InviteAnswered, "An invite was declined, to both.";
        "game_found" Durable GameFound, "There is a match to join, to both.";
        "game_invite_canceled" Durable GameInviteCanceled, "An invite is over without an answer, to both; or it could not be sent, to its sender and without a number.";
        "notification" Durable NotificationCreated, "A notification, with how many wait now.";
        "badge_update" Durable BadgeUpdate, "Notifications were read, settled or deleted elsewhere; how many wait now.";
    ]
    /// The socket of one chat.
    ROOM_EVENTS: [
        "joined" Ephemeral Joined, "Which chat this socket is for.";
    ]
    /// Who is in a lobby.
    COMPANY_EVENTS: [
        "members" Ephemeral LobbyMembers, "Who is there: first, and again where too much changes to tell it one by one.";
        "member_joined" Ephemeral LobbyMember, "Somebody came.";
        "member_left" Ephemeral LobbyMember, "Somebody went.";
        "member_count" Ephemeral LobbyCount, "How many are there, in a lobby of many.";
    ]
}
