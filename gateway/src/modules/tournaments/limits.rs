//! The rate limits of tournaments.

use http_kit::rate_limit;

rate_limit!(CreatingTournament, "create_tournament", 20 in 3600, User);
rate_limit!(EnteringTournament, "enter_tournament", 60 in 60, User);
rate_limit!(InvitingToTournament, "invite_to_tournament", 30 in 3600, User);
rate_limit!(DisputingSlot, "dispute_slot", 10 in 600, User);
rate_limit!(FollowingTournament, "follow_tournament", 60 in 60, User);
