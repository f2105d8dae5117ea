//! The paths of sockets and their frames.

use super::Socket;
use super::frames::{
    ANY_EVENTS, CHATS_ACTIONS, CHATS_EVENTS, FRIENDS_EVENTS, LOBBY_EVENTS, MATCH_ACTIONS,
    MATCH_EVENTS, MATCHES_EVENTS, MESSAGE_ACTIONS, MESSAGE_EVENTS, PERSONAL_ACTIONS,
    PERSONAL_EVENTS, PING_ACTIONS, PRESENCE_ACTIONS, PRESENCE_EVENTS, QUEUE_ACTIONS, QUEUE_EVENTS,
    RESUME_ACTIONS, SINGLE_CHAT_EVENTS, TOURNAMENT_EVENTS,
};

/// All paths of sockets.
pub const SOCKETS: &[Socket] = &[
    Socket {
        id: "events",
        path: "/ws/events/",
        about: "All events of the user: chats, friends and their presence, invites and notifications.",
        key: "action",
        actions: &[
            PING_ACTIONS,
            RESUME_ACTIONS,
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
            MATCHES_EVENTS,
        ],
    },
    Socket {
        id: "notifications",
        path: "/ws/notifications/",
        about: "The events of `/ws/events/` without chats: invites, notifications, unread counts, \
                friends and their presence.",
        key: "type",
        actions: &[
            PING_ACTIONS,
            RESUME_ACTIONS,
            PRESENCE_ACTIONS,
            PERSONAL_ACTIONS,
        ],
        events: &[
            ANY_EVENTS,
            FRIENDS_EVENTS,
            PRESENCE_EVENTS,
            PERSONAL_EVENTS,
            MATCHES_EVENTS,
        ],
    },
    Socket {
        id: "friends_status",
        path: "/ws/friends/status/",
        about: "The presence of friends: all friends first, then changes.",
        key: "type",
        actions: &[PING_ACTIONS, RESUME_ACTIONS, PRESENCE_ACTIONS],
        events: &[ANY_EVENTS, FRIENDS_EVENTS, PRESENCE_EVENTS],
    },
    Socket {
        id: "direct_chat",
        path: "/ws/chat/{friend}/",
        about: "The messages of the conversation with a friend, given by username or user id. \
                Clients can omit `chat_id`. The server closes the socket with 4403 when the \
                friendship ends.",
        key: "type",
        actions: &[PING_ACTIONS, RESUME_ACTIONS, MESSAGE_ACTIONS],
        events: &[ANY_EVENTS, SINGLE_CHAT_EVENTS, MESSAGE_EVENTS],
    },
    Socket {
        id: "lobby",
        path: "/ws/chat/lobby/{name}/",
        about: "The messages and present members of a lobby; `world` is the world chat. Clients can \
                omit `chat_id`.",
        key: "type",
        actions: &[PING_ACTIONS, RESUME_ACTIONS, MESSAGE_ACTIONS],
        events: &[ANY_EVENTS, SINGLE_CHAT_EVENTS, LOBBY_EVENTS, MESSAGE_EVENTS],
    },
    Socket {
        id: "match",
        path: "/ws/game/{match_id}/",
        about: "One match, to play or to watch: `joined` first, then what happens. States come as JSON, \
                or in a compact form with `?frames=binary` or `?frames=lockstep`, 60, 30 or 20 times a \
                second (`?rate=`), or with `?rate=auto` when something happens that a client cannot \
                foresee.",
        key: "type",
        actions: &[PING_ACTIONS, MATCH_ACTIONS],
        events: &[ANY_EVENTS, MATCH_EVENTS],
    },
    Socket {
        id: "matchmaking",
        path: "/ws/matchmaking/",
        about: "A place in the queue of a game, held while the socket is open: `?game=` and options of \
                the game, of which those that are left out, or are `any`, do not matter.",
        key: "type",
        actions: &[PING_ACTIONS, RESUME_ACTIONS, QUEUE_ACTIONS],
        events: &[ANY_EVENTS, QUEUE_EVENTS, MATCHES_EVENTS],
    },
    Socket {
        id: "tournament",
        path: "/ws/tournament/{id}/",
        about: "The live bracket of a tournament: `tournament` first, then what changes.",
        key: "type",
        actions: &[PING_ACTIONS, RESUME_ACTIONS],
        events: &[ANY_EVENTS, TOURNAMENT_EVENTS],
    },
];
