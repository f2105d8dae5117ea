//! The rate limits of games.

use http_kit::rate_limit;

rate_limit!(OpeningMatchSocket, "join_match", 120 in 60, User);
rate_limit!(EnteringQueue, "enter_queue", 30 in 60, User);
rate_limit!(LeavingQueue, "leave_queue", 60 in 60, User);
