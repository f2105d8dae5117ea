//! The errors of socket actions.

use super::Socket;

/// The id of the socket of a match, some of whose actions have the names of others.
const MATCH: &str = "match";

/// The codes of the errors with which an action may fail, besides those of all actions.
#[must_use]
pub fn action_errors(socket: &Socket, action: &str) -> &'static [&'static str] {
    if socket.id == MATCH {
        match_errors(action)
    } else {
        user_errors(action)
    }
}

fn user_errors(action: &str) -> &'static [&'static str] {
    match action {
        "resume" => &["too_many_requests"],
        "new_message" => &[
            "auth.email_not_verified",
            "chat.account_deleted",
            "chat.busy",
            "chat.client_id_invalid",
            "chat.client_id_reused",
            "chat.content_control_character",
            "chat.content_empty",
            "chat.content_too_long",
            "chat.not_a_member",
            "chat.not_friends",
            "chat.reply_not_found",
            "chat.timestamp_invalid",
            "sockets.other_chat",
            "too_many_requests",
        ],
        "edit_message" => &[
            "auth.email_not_verified",
            "chat.account_deleted",
            "chat.content_control_character",
            "chat.content_empty",
            "chat.content_too_long",
            "chat.message_deleted",
            "chat.message_not_found",
            "chat.not_friends",
            "chat.not_your_message",
            "too_many_requests",
        ],
        "delete_message" => &[
            "chat.message_not_found",
            "chat.not_your_message",
            "too_many_requests",
        ],
        "like_message" => &[
            "auth.email_not_verified",
            "chat.account_deleted",
            "chat.message_deleted",
            "chat.message_not_found",
            "chat.not_friends",
            "chat.own_message",
            "sockets.other_chat",
            "too_many_requests",
        ],
        "unlike_message" => &[
            "chat.message_deleted",
            "chat.message_not_found",
            "chat.own_message",
            "sockets.other_chat",
            "too_many_requests",
        ],
        "read_message" => &["chat.message_not_found", "too_many_requests"],
        "join_chat" => &["chat.not_a_member"],
        "room_created" => &[
            "auth.email_not_verified",
            "chat.account_deleted",
            "chat.not_a_member",
            "chat.not_friends",
            "too_many_requests",
        ],
        "user_online" | "user_offline" => &["friends.not_yourself", "too_many_requests"],
        "add_new_friend" => &[
            "auth.email_not_verified",
            "friends.already_friends",
            "friends.declined_recently",
            "friends.list_full",
            "friends.not_yourself",
            "friends.requests_not_welcome",
            "friends.their_list_full",
            "friends.too_many_open_requests",
            "friends.you_blocked_them",
            "too_many_requests",
            "users.not_found",
            "users.oneself",
        ],
        "game_invite" => &[
            "auth.email_not_verified",
            "invites.already_pending",
            "invites.crossed",
            "invites.not_welcome",
            "invites.opponent_busy",
            "invites.options_invalid",
            "invites.too_many_open",
            "invites.unknown_game",
            "invites.you_are_playing",
            "too_many_requests",
            "users.not_found",
            "users.oneself",
        ],
        "reply_game_invite" | "game_accepted" => &[
            "invites.already_accepted",
            "invites.canceled",
            "invites.declined",
            "invites.expired",
            "invites.not_found",
            "invites.opponent_busy",
            "invites.you_are_playing",
        ],
        "game_declined" | "cancel_game_invite" => &[
            "invites.already_accepted",
            "invites.canceled",
            "invites.declined",
            "invites.expired",
            "invites.not_found",
        ],
        "read_notification" => &["notify.not_found"],
        "notification" => &["auth.role_needed", "notify.message_invalid"],
        "new_tournament" => &[
            "friends.not_yourself",
            "too_many_requests",
            "tournaments.not_found",
            "tournaments.not_organizer",
            "tournaments.wrong_state",
        ],
        "typing" => &[
            "auth.email_not_verified",
            "chat.account_deleted",
            "chat.not_a_member",
            "chat.not_friends",
            "sockets.other_chat",
            "too_many_requests",
        ],
        _ => &[],
    }
}

fn match_errors(action: &str) -> &'static [&'static str] {
    match action {
        "ready" => &["games.not_a_player", "games.table_not_here"],
        "input" => &[
            "games.move_not_allowed",
            "games.not_a_player",
            "games.table_not_here",
        ],
        "move" => &[
            "games.move_not_allowed",
            "games.not_a_player",
            "games.not_now",
            "games.not_your_turn",
            "games.table_not_here",
        ],
        "pause" => &[
            "games.no_pause_left",
            "games.not_a_player",
            "games.not_now",
            "games.table_not_here",
        ],
        "resume" => &[
            "games.not_a_player",
            "games.not_now",
            "games.not_your_pause",
            "games.table_not_here",
        ],
        "resign" | "rematch_offer" => &[
            "games.not_a_player",
            "games.not_now",
            "games.table_not_here",
        ],
        "rematch_accept" | "rematch_decline" => &[
            "games.no_rematch_offer",
            "games.not_a_player",
            "games.not_now",
            "games.table_not_here",
        ],
        "chat" => &[
            "games.chat_invalid",
            "games.not_a_player",
            "games.table_not_here",
            "too_many_requests",
        ],
        _ => &[],
    }
}
