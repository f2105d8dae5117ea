//! The stored names of actions.

use contract::notify::Action;

/// All actions and their names, which are the same on the wire.
const NAMES: [(Action, &str); 9] = [
    (Action::GameInvite, "game_invite"),
    (Action::NewTournament, "new_tournament"),
    (Action::NewFriend, "new_friend"),
    (Action::FriendRequest, "friend_request"),
    (Action::NewMessage, "new_message"),
    (Action::MatchReady, "match_ready"),
    (Action::Event, "event"),
    (Action::Group, "group"),
    (Action::System, "system"),
];

/// The stored name of an action.
#[must_use]
pub fn to_name(action: Action) -> &'static str {
    match action {
        Action::GameInvite => "game_invite",
        Action::NewTournament => "new_tournament",
        Action::NewFriend => "new_friend",
        Action::FriendRequest => "friend_request",
        Action::NewMessage => "new_message",
        Action::MatchReady => "match_ready",
        Action::Event => "event",
        Action::Group => "group",
        Action::System => "system",
    }
}

/// The action of a stored name, unless a newer version wrote it.
#[must_use]
pub fn from_name(name: &str) -> Option<Action> {
    let found = NAMES.iter().find(|(_, known)| *known == name);
    found.map(|(action, _)| *action)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn from_name_reverses_to_name_and_names_are_those_on_the_wire() {
        for (known, text) in NAMES {
            assert_eq!(to_name(known), text);
            assert_eq!(from_name(text), Some(known));
            assert_eq!(serde_json::to_value(known).unwrap(), text);
        }
        assert_eq!(from_name("unknown"), None);
    }
}
