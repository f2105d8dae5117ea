//! Types with a field whose type depends on a tag in another field: the options of an invite depend
//! on its game, the data of a notification on its action. The API documents describe each as `oneOf`
//! complete schemas, generated from these tables.

use crate::catalogue::Shape;
use crate::chat::MessageNotice;
use crate::invites::{Invite, PongOptions, TicTacToeOptions};
use crate::notify::{Announcement, OpenData};
use crate::schema_names::partial;
use crate::social::{FriendRequest, NewFriend};

/// A type with a tag.
#[derive(Debug, Clone, Copy)]
pub struct Union {
    /// The name of the type.
    pub name: &'static str,
    /// The field with the tag.
    pub tag: &'static str,
    /// The field whose type depends on the tag.
    pub part: &'static str,
    /// The variants.
    pub variants: &'static [Variant],
}

/// A variant of a union.
#[derive(Debug, Clone, Copy)]
pub struct Variant {
    /// The name of the variant.
    pub name: &'static str,
    /// The tags of the variant.
    pub words: &'static [&'static str],
    /// The type of the field.
    pub part: Part,
}

/// The type of a field.
#[derive(Debug, Clone, Copy)]
pub enum Part {
    /// The complete type.
    Whole(Shape),
    /// The type with all fields optional.
    Some(Shape),
}

impl Part {
    /// The shape of the type.
    #[must_use]
    pub const fn shape(&self) -> &Shape {
        match self {
            Self::Whole(shape) | Self::Some(shape) => shape,
        }
    }

    /// The name of the schema.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::Whole(shape) => (shape.name)().into_owned(),
            Self::Some(shape) => partial((shape.name)().as_ref()),
        }
    }
}

const PONG: Shape = Shape::of::<PongOptions>();
const TIC_TAC_TOE: Shape = Shape::of::<TicTacToeOptions>();

const fn variant(name: &'static str, words: &'static [&'static str], part: Part) -> Variant {
    Variant { name, words, part }
}

/// All unions. A union that is part of another one comes later.
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
    fn notification_actions_have_one_variant_each() {
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
