//! The names of actions in the database.

use contract::notify::Action;

/// All actions and their names, which are those on the wire.
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

/// The name of an action.
#[must_use]
pub fn name(action: Action) -> &'static str {
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

/// The action of a name; none where a newer version wrote it.
#[must_use]
pub fn action(name: &str) -> Option<Action> {
    let found = NAMES.iter().find(|(_, known)| *known == name);
    found.map(|(action, _)| *action)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_on_the_wire_and_lead_back() {
        for (known, text) in NAMES {
            assert_eq!(name(known), text);
            assert_eq!(action(text), Some(known));
            assert_eq!(serde_json::to_value(known).unwrap(), text);
        }
        assert_eq!(action("gossip"), None);
    }
}
