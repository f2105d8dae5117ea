//! Who may see a match.

use contract::accounts::Audience;
use kernel::Relation;

use crate::MatchMode;

/// What a user who does not play learns of a match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MatchVisibility {
    /// All of it.
    Visible,
    /// That it exists.
    Private,
    /// Nothing.
    Hidden,
}

/// A player of a match, as a user who does not play sees them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SeenPlayer {
    /// How the two are related.
    pub relation: Relation,
    /// Who may see the player's matches once they have ended.
    pub history: Audience,
}

/// Whether a user shows their ended matches to somebody with this relation to them.
pub(crate) const fn shows_history(audience: Audience, relation: Relation) -> bool {
    match (audience, relation) {
        (_, Relation::Blocked) | (Audience::Nobody, _) => false,
        (Audience::Everyone, _) | (Audience::Friends, Relation::Friend) => true,
        (Audience::Friends, Relation::Stranger) => false,
    }
}

/// What a user who does not play learns of a match of these users. Matches alone are nobody else's.
/// Unrated matches from invites are for the friends of both players while they are played; once a match
/// has ended, its players' settings decide.
#[must_use]
pub(crate) fn visibility(
    mode: MatchMode,
    is_rated: bool,
    is_live: bool,
    players: &[SeenPlayer],
) -> MatchVisibility {
    if matches!(mode, MatchMode::Practice | MatchMode::Local)
        || players
            .iter()
            .any(|player| player.relation == Relation::Blocked)
    {
        return MatchVisibility::Hidden;
    }
    let is_shown = |player: &SeenPlayer| {
        if is_live {
            is_rated || mode != MatchMode::Invite || player.relation == Relation::Friend
        } else {
            shows_history(player.history, player.relation)
        }
    };
    if players.iter().all(is_shown) {
        MatchVisibility::Visible
    } else {
        MatchVisibility::Private
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn player(relation: Relation, history: Audience) -> SeenPlayer {
        SeenPlayer { relation, history }
    }

    const FRIEND: SeenPlayer = player(Relation::Friend, Audience::Friends);
    const STRANGER: SeenPlayer = player(Relation::Stranger, Audience::Friends);
    const OPEN: SeenPlayer = player(Relation::Stranger, Audience::Everyone);
    const CLOSED: SeenPlayer = player(Relation::Friend, Audience::Nobody);

    #[test]
    fn visibility_of_live_matches_depends_on_where_they_come_from() {
        let live = |mode, rated, players: &[SeenPlayer]| visibility(mode, rated, true, players);
        assert_eq!(
            live(MatchMode::Ranked, true, &[OPEN, CLOSED]),
            MatchVisibility::Visible
        );
        assert_eq!(
            live(MatchMode::Casual, false, &[STRANGER, CLOSED]),
            MatchVisibility::Visible
        );
        assert_eq!(
            live(MatchMode::Tournament, false, &[STRANGER; 2]),
            MatchVisibility::Visible
        );
        assert_eq!(
            live(MatchMode::Invite, true, &[STRANGER; 2]),
            MatchVisibility::Visible
        );
        assert_eq!(
            live(MatchMode::Invite, false, &[FRIEND; 2]),
            MatchVisibility::Visible
        );
        assert_eq!(
            live(MatchMode::Invite, false, &[FRIEND, OPEN]),
            MatchVisibility::Private
        );
    }

    #[test]
    fn visibility_of_ended_matches_depends_on_both_players() {
        let ended = |players: &[SeenPlayer]| visibility(MatchMode::Ranked, true, false, players);
        assert_eq!(ended(&[FRIEND, OPEN]), MatchVisibility::Visible);
        assert_eq!(ended(&[STRANGER, OPEN]), MatchVisibility::Private);
        assert_eq!(ended(&[CLOSED, OPEN]), MatchVisibility::Private);
    }

    #[test]
    fn visibility_hides_matches_alone_and_across_blocks() {
        let blocked = player(Relation::Blocked, Audience::Everyone);
        for live in [true, false] {
            for mode in [MatchMode::Practice, MatchMode::Local] {
                assert_eq!(
                    visibility(mode, false, live, &[FRIEND]),
                    MatchVisibility::Hidden
                );
            }
            let across = visibility(MatchMode::Ranked, true, live, &[FRIEND, blocked]);
            assert_eq!(across, MatchVisibility::Hidden);
        }
    }
}
