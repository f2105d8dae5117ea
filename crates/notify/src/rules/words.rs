//! What mail says of notifications, a sentence each.

use contract::notify::Action;
use serde_json::Value;

/// The most sentences of a mail.
pub const MAX_LINES: usize = 20;

/// The sentences of a mail: one for each thing, those that are the same with their number, the
/// first that came first. With how many things are left out.
#[must_use]
pub fn lines<'a>(things: impl IntoIterator<Item = (Action, &'a Value)>) -> (Vec<String>, usize) {
    let mut counted: Vec<(String, usize)> = vec![];
    for (action, data) in things {
        let text = sentence(action, data);
        match counted.iter_mut().find(|(known, _)| *known == text) {
            Some((_, count)) => *count += 1,
            None => counted.push((text, 1)),
        }
    }
    let more = counted.iter().skip(MAX_LINES).map(|(_, count)| count).sum();
    counted.truncate(MAX_LINES);
    let line = |(text, count): (String, usize)| match count {
        1 => text,
        more => format!("{text} ({more} times)"),
    };
    (counted.into_iter().map(line).collect(), more)
}

/// What is to be said of one thing.
fn sentence(action: Action, data: &Value) -> String {
    let text = |path: &str| data.pointer(path).and_then(Value::as_str);
    let named = |path: &str| {
        let display = text(&format!("{path}/display_name")).filter(|name| !name.is_empty());
        let name = display.or_else(|| text(&format!("{path}/username")));
        name.unwrap_or("Somebody").to_owned()
    };
    match action {
        Action::FriendRequest => format!("{} wants to be your friend.", named("/user")),
        Action::NewFriend => format!("{} is your friend now.", named("/user")),
        Action::NewMessage => message(text("/sender"), data.get("mention")),
        Action::GameInvite => format!("{} invited you to a game.", named("/sender")),
        Action::NewTournament => "You are invited to a tournament.".to_owned(),
        Action::MatchReady => "A match of yours is ready.".to_owned(),
        Action::Event => "There is news of an event you take part in.".to_owned(),
        Action::Group => "There is news of a group of yours.".to_owned(),
        Action::System => text("/message").unwrap_or("There is news.").to_owned(),
    }
}

fn message(sender: Option<&str>, mention: Option<&Value>) -> String {
    let sender = sender.unwrap_or("Somebody");
    if mention.and_then(Value::as_bool) == Some(true) {
        format!("{sender} named you in a chat.")
    } else {
        format!("{sender} wrote to you.")
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_kind_has_its_words() {
        let ada = json!({"username": "ada", "display_name": "Ada L."});
        let cases = [
            (
                Action::FriendRequest,
                json!({"user": ada}),
                "Ada L. wants to be your friend.",
            ),
            (
                Action::NewFriend,
                json!({"user": {"username": "bob", "display_name": ""}}),
                "bob is your friend now.",
            ),
            (
                Action::NewMessage,
                json!({"sender": "ada", "mention": false}),
                "ada wrote to you.",
            ),
            (
                Action::NewMessage,
                json!({"sender": "ada", "mention": true}),
                "ada named you in a chat.",
            ),
            (
                Action::GameInvite,
                json!({"sender": ada}),
                "Ada L. invited you to a game.",
            ),
            (
                Action::NewTournament,
                json!({}),
                "You are invited to a tournament.",
            ),
            (Action::MatchReady, json!({}), "A match of yours is ready."),
            (
                Action::Event,
                json!({}),
                "There is news of an event you take part in.",
            ),
            (
                Action::Group,
                json!({}),
                "There is news of a group of yours.",
            ),
            (Action::System, json!({"message": "We move."}), "We move."),
            (Action::System, json!(null), "There is news."),
            (
                Action::FriendRequest,
                json!([]),
                "Somebody wants to be your friend.",
            ),
        ];
        for (action, data, expected) in cases {
            assert_eq!(sentence(action, &data), expected);
        }
    }

    #[test]
    fn the_same_is_said_once_and_no_mail_is_endless() {
        let ada = json!({"sender": "ada"});
        let (said, more) = lines([(Action::NewMessage, &ada), (Action::NewMessage, &ada)]);
        assert_eq!(
            (said, more),
            (vec!["ada wrote to you. (2 times)".to_owned()], 0)
        );
        let many: Vec<Value> = (0..23)
            .map(|n| json!({"sender": format!("p{n}")}))
            .collect();
        let things = many
            .iter()
            .chain(many.last())
            .map(|data| (Action::NewMessage, data));
        let (said, more) = lines(things);
        assert_eq!((said.len(), more), (MAX_LINES, 4));
    }
}
