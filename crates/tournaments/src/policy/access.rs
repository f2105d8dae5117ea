//! Who may see a tournament, and who may enter it.

use contract::tournaments::{TournamentStatus, TournamentVisibility};
use kernel::Relation;

/// What connects a user with a tournament.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Involvement {
    /// They organize it, or help to.
    pub(crate) organizes: bool,
    /// They have entered it, or host somebody who has.
    pub(crate) is_entrant: bool,
    pub(crate) is_invited: bool,
}

/// Whether a user may see a tournament.
pub(crate) fn may_see(
    visibility: TournamentVisibility,
    status: TournamentStatus,
    involved: Involvement,
    with_organizer: Relation,
) -> bool {
    if involved.organizes {
        return true;
    }
    if status == TournamentStatus::Draft {
        return false;
    }
    involved.is_entrant || is_open_to(visibility, involved, with_organizer)
}

/// Whether a user who may see a tournament may enter it.
pub(crate) fn may_enter(
    visibility: TournamentVisibility,
    involved: Involvement,
    with_organizer: Relation,
) -> bool {
    involved.organizes || is_open_to(visibility, involved, with_organizer)
}

fn is_open_to(
    visibility: TournamentVisibility,
    involved: Involvement,
    with_organizer: Relation,
) -> bool {
    match (with_organizer, visibility) {
        (Relation::Blocked, _) => false,
        (_, TournamentVisibility::Public) | (Relation::Friend, TournamentVisibility::Friends) => {
            true
        }
        _ => involved.is_invited,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOBODY: Involvement = Involvement {
        organizes: false,
        is_entrant: false,
        is_invited: false,
    };
    const INVITED: Involvement = Involvement {
        is_invited: true,
        ..NOBODY
    };
    const ENTRANT: Involvement = Involvement {
        is_entrant: true,
        ..NOBODY
    };
    const ORGANIZER: Involvement = Involvement {
        organizes: true,
        ..NOBODY
    };

    #[test]
    fn may_see_depends_on_visibility_and_relation() {
        let sees = |visibility, involved, relation| {
            may_see(
                visibility,
                TournamentStatus::Registration,
                involved,
                relation,
            )
        };
        use TournamentVisibility::{Friends, Private, Public};
        assert!(sees(Public, NOBODY, Relation::Stranger));
        assert!(!sees(Public, NOBODY, Relation::Blocked));
        assert!(!sees(Public, INVITED, Relation::Blocked));
        assert!(sees(Friends, NOBODY, Relation::Friend));
        assert!(!sees(Friends, NOBODY, Relation::Stranger));
        assert!(sees(Friends, INVITED, Relation::Stranger));
        assert!(!sees(Private, NOBODY, Relation::Friend));
        assert!(sees(Private, INVITED, Relation::Friend));
        assert!(sees(Private, ENTRANT, Relation::Blocked), "they play in it");
    }

    #[test]
    fn drafts_are_seen_by_organizers_only() {
        let sees = |involved| {
            may_see(
                TournamentVisibility::Public,
                TournamentStatus::Draft,
                involved,
                Relation::Friend,
            )
        };
        assert!(sees(ORGANIZER));
        assert!(!sees(INVITED));
    }

    #[test]
    fn may_enter_is_open_to_those_whom_the_visibility_names() {
        let enters =
            |involved, relation| may_enter(TournamentVisibility::Private, involved, relation);
        assert!(enters(INVITED, Relation::Stranger));
        assert!(enters(ORGANIZER, Relation::Stranger));
        assert!(!enters(ENTRANT, Relation::Friend));
        assert!(!enters(INVITED, Relation::Blocked));
    }
}
