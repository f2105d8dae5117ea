//! The paths of sockets and their frames.

use super::Socket;
use super::frames::{
    ANY_ACTIONS, ANY_EVENTS, CHATS_ACTIONS, CHATS_EVENTS, FRIENDS_EVENTS, LOBBY_EVENTS,
    MESSAGE_ACTIONS, MESSAGE_EVENTS, PERSONAL_ACTIONS, PERSONAL_EVENTS, PRESENCE_ACTIONS,
    PRESENCE_EVENTS, SINGLE_CHAT_EVENTS,
};

/// All paths of sockets.
pub const SOCKETS: &[Socket] = &[
    Socket {
        id: "events",
        path: "/ws/events/",
        about: "All events of the user: chats, friends and their presence, invites and notifications.",
        key: "action",
        actions: &[
            ANY_ACTIONS,
            MESSAGE_ACTIONS,
            CHATS_ACTIONS,
            PRESENCE_ACTIONS,
            PERSONAL_ACTIONS,
        ],
        events: &[
            ANY_EVENTS,
            FRIENDS_EVENTS,
            MESSAGE_EVENTS,
            CHATS_EVENTS,
            PRESENCE_EVENTS,
            PERSONAL_EVENTS,
        ],
    },
    Socket {
        id: "notifications",
        path: "/ws/notifications/",
        about: "The events of `/ws/events/` without chats: invites, notifications, unread counts, \
                friends and their presence.",
        key: "type",
        actions: &[ANY_ACTIONS, PRESENCE_ACTIONS, PERSONAL_ACTIONS],
        events: &[ANY_EVENTS, FRIENDS_EVENTS, PRESENCE_EVENTS, PERSONAL_EVENTS],
    },
    Socket {
        id: "friends_status",
        path: "/ws/friends/status/",
        about: "The presence of friends: all friends first, then changes.",
        key: "type",
        actions: &[ANY_ACTIONS, PRESENCE_ACTIONS],
        events: &[ANY_EVENTS, FRIENDS_EVENTS, PRESENCE_EVENTS],
    },
    Socket {
        id: "direct_chat",
        path: "/ws/chat/{friend}/",
        about: "The messages of the conversation with a friend, given by username or user id. \
                Clients can omit `chat_id`. The server closes the socket with 4403 when the \
                friendship ends.",
        key: "type",
        actions: &[ANY_ACTIONS, MESSAGE_ACTIONS],
        events: &[ANY_EVENTS, SINGLE_CHAT_EVENTS, MESSAGE_EVENTS],
    },
    Socket {
        id: "lobby",
        path: "/ws/chat/lobby/{name}/",
        about: "The messages and present members of a lobby; `world` is the world chat. Clients can \
                omit `chat_id`.",
        key: "type",
        actions: &[ANY_ACTIONS, MESSAGE_ACTIONS],
        events: &[ANY_EVENTS, SINGLE_CHAT_EVENTS, LOBBY_EVENTS, MESSAGE_EVENTS],
    },
];
