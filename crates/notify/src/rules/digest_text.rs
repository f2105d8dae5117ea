//! The text of digests.

use contract::notify::Action;
use serde_json::Value;

/// The maximum number of lines in a digest.
pub const MAX_LINES: usize = 20;

/// The lines of a digest in the order of the notifications, equal lines once with their number, and
/// the number of notifications that are left out.
#[must_use]
pub fn lines<'a>(
    notifications: impl IntoIterator<Item = (Action, &'a Value)>,
) -> (Vec<String>, usize) {
    let mut counted: Vec<(String, usize)> = vec![];
    for (action, data) in notifications {
        let text = line(action, data);
        match counted.iter_mut().find(|(known, _)| *known == text) {
            Some((_, count)) => *count += 1,
            None => counted.push((text, 1)),
        }
    }
    let more = counted.iter().skip(MAX_LINES).map(|(_, count)| count).sum();
    counted.truncate(MAX_LINES);
    let with_count = |(text, count): (String, usize)| match count {
        1 => text,
        more => format!("{text} ({more} times)"),
    };
    (counted.into_iter().map(with_count).collect(), more)
}

/// The line of one notification.
fn line(action: Action, data: &Value) -> String {
    let text = |path: &str| data.pointer(path).and_then(Value::as_str);
    let named = |path: &str| {
        let display = text(&format!("{path}/display_name")).filter(|name| !name.is_empty());
        let name = display.or_else(|| text(&format!("{path}/username")));
        name.unwrap_or("Someone").to_owned()
    };
    match action {
        Action::FriendRequest => format!("{} sent you a friend request.", named("/user")),
        Action::NewFriend => format!("{} is now your friend.", named("/user")),
        Action::NewMessage => message(text("/sender"), data.get("mention")),
        Action::GameInvite => format!("{} invited you to a game.", named("/sender")),
        Action::NewTournament => "You have been invited to a tournament.".to_owned(),
        Action::MatchReady => "Your match is ready.".to_owned(),
        Action::Event => "There is news about an event that you take part in.".to_owned(),
        Action::Group => "There is news about one of your groups.".to_owned(),
        Action::System => text("/message")
            .unwrap_or("There is an announcement.")
            .to_owned(),
    }
}

fn message(sender: Option<&str>, mention: Option<&Value>) -> String {
    let sender = sender.unwrap_or("Someone");
    if mention.and_then(Value::as_bool) == Some(true) {
        format!("{sender} mentioned you in a chat.")
    } else {
        format!("{sender} sent you a message.")
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn line_depends_on_the_action() {
        let ada = json!({"username": "ada", "display_name": "Ada L."});
        let cases = [
            (
                Action::FriendRequest,
                json!({"user": ada}),
                "Ada L. sent you a friend request.",
            ),
            (
                Action::NewFriend,
                json!({"user": {"username": "bob", "display_name": ""}}),
                "bob is now your friend.",
            ),
            (
                Action::NewMessage,
                json!({"sender": "ada", "mention": false}),
                "ada sent you a message.",
            ),
            (
                Action::NewMessage,
                json!({"sender": "ada", "mention": true}),
                "ada mentioned you in a chat.",
            ),
            (
                Action::GameInvite,
                json!({"sender": ada}),
                "Ada L. invited you to a game.",
            ),
            (
                Action::NewTournament,
                json!({}),
                "You have been invited to a tournament.",
            ),
            (Action::MatchReady, json!({}), "Your match is ready."),
            (
                Action::Event,
                json!({}),
                "There is news about an event that you take part in.",
            ),
            (
                Action::Group,
                json!({}),
                "There is news about one of your groups.",
            ),
            (Action::System, json!({"message": "We move."}), "We move."),
            (Action::System, json!(null), "There is an announcement."),
            (
                Action::FriendRequest,
                json!([]),
                "Someone sent you a friend request.",
            ),
        ];
        for (action, data, expected) in cases {
            assert_eq!(line(action, &data), expected);
        }
    }

    #[test]
    fn lines_merges_equal_lines_and_is_limited() {
        let ada = json!({"sender": "ada"});
        let (text, more) = lines([(Action::NewMessage, &ada), (Action::NewMessage, &ada)]);
        assert_eq!(
            (text, more),
            (vec!["ada sent you a message. (2 times)".to_owned()], 0)
        );
        let many: Vec<Value> = (0..23)
            .map(|n| json!({"sender": format!("p{n}")}))
            .collect();
        let notifications = many
            .iter()
            .chain(many.last())
            .map(|data| (Action::NewMessage, data));
        let (text, more) = lines(notifications);
        assert_eq!((text.len(), more), (MAX_LINES, 4));
    }
}
