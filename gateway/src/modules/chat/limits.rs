//! The rate limit of the sockets of single chats.

use http_kit::rate_limit;

rate_limit!(OpeningChatSocket, "enter_chat", 60 in 60, User);
