//! Types whose shape follows from a word beside it: the options of an invite from its game, the data
//! of a notification from its action. On the wire they are one object; in the descriptions each is a
//! choice of whole schemas that the word tells apart. The descriptions are made from these tables.

use crate::catalogue::Shape;
use crate::chat::MessageNotice;
use crate::invites::{Invite, PongOptions, TicTacToeOptions};
use crate::notify::{Announcement, OpenData};
use crate::social::{FriendRequest, NewFriend};

/// A type that is one of several.
#[derive(Debug, Clone, Copy)]
pub struct Union {
    /// What the type is called.
    pub name: &'static str,
    /// The field with the word.
    pub tag: &'static str,
    /// The field that it decides about.
    pub part: &'static str,
    /// What it can be.
    pub variants: &'static [Variant],
}

/// One of the shapes of a type.
#[derive(Debug, Clone, Copy)]
pub struct Variant {
    /// What it is called.
    pub name: &'static str,
    /// The words that stand for it.
    pub words: &'static [&'static str],
    /// What the field holds.
    pub part: Part,
}

/// What a field holds.
#[derive(Debug, Clone, Copy)]
pub enum Part {
    /// All of a type.
    Whole(Shape),
    /// Any of the fields of a type.
    Some(Shape),
}

impl Part {
    /// The type.
    #[must_use]
    pub const fn shape(&self) -> &Shape {
        match self {
            Self::Whole(shape) | Self::Some(shape) => shape,
        }
    }

    /// What the type is called here.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::Whole(shape) => (shape.name)().into_owned(),
            Self::Some(shape) => partial((shape.name)().as_ref()),
        }
    }
}

/// What a type is called whose fields can all be left out.
#[must_use]
pub(crate) fn partial(name: &str) -> String {
    format!("Partial{name}")
}

const PONG: Shape = Shape::of::<PongOptions>();
const TIC_TAC_TOE: Shape = Shape::of::<TicTacToeOptions>();

const fn variant(name: &'static str, words: &'static [&'static str], part: Part) -> Variant {
    Variant { name, words, part }
}

/// All of them; what one is made of comes behind it.
pub const UNIONS: &[Union] = &[
    Union {
        name: "Notification",
        tag: "action",
        part: "data",
        variants: &[
            variant(
                "GameInviteNotification",
                &["game_invite"],
                Part::Whole(Shape::of::<Invite>()),
            ),
            variant(
                "NewFriendNotification",
                &["new_friend"],
                Part::Whole(Shape::of::<NewFriend>()),
            ),
            variant(
                "FriendRequestNotification",
                &["friend_request"],
                Part::Whole(Shape::of::<FriendRequest>()),
            ),
            variant(
                "NewMessageNotification",
                &["new_message"],
                Part::Whole(Shape::of::<MessageNotice>()),
            ),
            variant(
                "SystemNotification",
                &["system"],
                Part::Whole(Shape::of::<Announcement>()),
            ),
            variant(
                "OtherNotification",
                &["new_tournament", "match_ready", "event", "group"],
                Part::Whole(Shape::of::<OpenData>()),
            ),
        ],
    },
    Union {
        name: "Invite",
        tag: "game",
        part: "options",
        variants: &[
            variant("PongInvite", &["pong"], Part::Whole(PONG)),
            variant("TicTacToeInvite", &["tictactoe"], Part::Whole(TIC_TAC_TOE)),
        ],
    },
    Union {
        name: "CreateInvite",
        tag: "game",
        part: "options",
        variants: &[
            variant("CreatePongInvite", &["pong"], Part::Some(PONG)),
            variant(
                "CreateTicTacToeInvite",
                &["tictactoe"],
                Part::Some(TIC_TAC_TOE),
            ),
        ],
    },
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use utoipa::PartialSchema;

    use super::*;
    use crate::notify::Action;

    #[test]
    fn every_action_of_a_notification_has_one_shape() {
        let schema = serde_json::to_value(Action::schema()).unwrap();
        let actions = schema["enum"].as_array().unwrap().iter();
        let actions: BTreeSet<&str> = actions.map(|one| one.as_str().unwrap()).collect();
        let union = UNIONS
            .iter()
            .find(|one| one.name == "Notification")
            .unwrap();
        let words = union.variants.iter().flat_map(|one| one.words);
        let words: Vec<&str> = words.copied().collect();
        assert_eq!(words.len(), actions.len());
        assert_eq!(words.into_iter().collect::<BTreeSet<_>>(), actions);
    }
}
