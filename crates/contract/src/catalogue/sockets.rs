//! The paths, and which frames ride on each.

use super::Socket;
use super::frames::{
    ANY_ACTIONS, ANY_EVENTS, CHATS_ACTIONS, CHATS_EVENTS, COMPANY_EVENTS, FRIENDS_EVENTS,
    PERSONAL_ACTIONS, PERSONAL_EVENTS, PRESENCE_ACTIONS, PRESENCE_EVENTS, ROOM_EVENTS,
    TALK_ACTIONS, TALK_EVENTS,
};

/// Every path that sockets are opened at.
pub const SOCKETS: &[Socket] = &[
    Socket {
        id: "events",
        path: "/ws/events/",
        about: "Everything for one person: personal events, all their chats, presence of friends, \
                invites and notifications.",
        key: "action",
        actions: &[
            ANY_ACTIONS,
            TALK_ACTIONS,
            CHATS_ACTIONS,
            PRESENCE_ACTIONS,
            PERSONAL_ACTIONS,
        ],
        events: &[
            ANY_EVENTS,
            FRIENDS_EVENTS,
            TALK_EVENTS,
            CHATS_EVENTS,
            PRESENCE_EVENTS,
            PERSONAL_EVENTS,
        ],
    },
    Socket {
        id: "notifications",
        path: "/ws/notifications/",
        about: "The personal part of everything, for clients that want only that: invites, badges, \
                notifications, friends and their presence.",
        key: "type",
        actions: &[ANY_ACTIONS, PRESENCE_ACTIONS, PERSONAL_ACTIONS],
        events: &[ANY_EVENTS, FRIENDS_EVENTS, PRESENCE_EVENTS, PERSONAL_EVENTS],
    },
    Socket {
        id: "friends_status",
        path: "/ws/friends/status/",
        about: "How friends can be found: all of them first, then what changes.",
        key: "type",
        actions: &[ANY_ACTIONS, PRESENCE_ACTIONS],
        events: &[ANY_EVENTS, FRIENDS_EVENTS, PRESENCE_EVENTS],
    },
    Socket {
        id: "direct_chat",
        path: "/ws/chat/{friend}/",
        about: "The conversation with one friend, named by username or id; messages only. \
                `chat_id` may be left out of what is sent. Closed with 4403 when the two are friends \
                no longer.",
        key: "type",
        actions: &[ANY_ACTIONS, TALK_ACTIONS],
        events: &[ANY_EVENTS, ROOM_EVENTS, TALK_EVENTS],
    },
    Socket {
        id: "lobby",
        path: "/ws/chat/lobby/{name}/",
        about: "What is said in a lobby, and who is there; `world` is the world chat. `chat_id` may \
                be left out of what is sent.",
        key: "type",
        actions: &[ANY_ACTIONS, TALK_ACTIONS],
        events: &[ANY_EVENTS, ROOM_EVENTS, COMPANY_EVENTS, TALK_EVENTS],
    },
];
