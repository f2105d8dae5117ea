//! Privacy settings.

use contract::accounts::Audience;
use contract::users::{PatchPrivacy, Privacy};
use kernel::Relation;

/// The settings of a new account.
pub const DEFAULT: Privacy = Privacy {
    searchable: true,
    profile: Audience::Everyone,
    match_history: Audience::Everyone,
    online_status: Audience::Friends,
    friend_requests: Audience::Everyone,
    game_invites: Audience::Everyone,
    read_receipts: true,
};

/// Whether an audience includes a viewer with this relation.
#[must_use]
pub fn allows(audience: Audience, relation: Relation) -> bool {
    match relation {
        Relation::Blocked => false,
        Relation::Friend => audience != Audience::Nobody,
        Relation::Stranger => audience == Audience::Everyone,
    }
}

/// Applies a patch and restricts each setting to its possible values.
#[must_use]
pub fn apply_patch(current: Privacy, patch: PatchPrivacy) -> Privacy {
    Privacy {
        searchable: patch.searchable.unwrap_or(current.searchable),
        profile: patch.profile.unwrap_or(current.profile),
        match_history: patch.match_history.unwrap_or(current.match_history),
        online_status: friends_or_nobody(patch.online_status.unwrap_or(current.online_status)),
        friend_requests: everyone_or_nobody(
            patch.friend_requests.unwrap_or(current.friend_requests),
        ),
        game_invites: patch.game_invites.unwrap_or(current.game_invites),
        read_receipts: patch.read_receipts.unwrap_or(current.read_receipts),
    }
}

/// Only friends can see the presence.
fn friends_or_nobody(audience: Audience) -> Audience {
    match audience {
        Audience::Everyone | Audience::Friends => Audience::Friends,
        Audience::Nobody => Audience::Nobody,
    }
}

/// Friends cannot send friend requests.
fn everyone_or_nobody(audience: Audience) -> Audience {
    match audience {
        Audience::Everyone => Audience::Everyone,
        Audience::Friends | Audience::Nobody => Audience::Nobody,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn allows_follows_audience_and_relation() {
        use Audience::{Everyone, Friends, Nobody};
        let table = [
            (Relation::Friend, [true, true, false]),
            (Relation::Stranger, [true, false, false]),
            (Relation::Blocked, [false, false, false]),
        ];
        for (relation, expected) in table {
            let seen = [Everyone, Friends, Nobody].map(|audience| allows(audience, relation));
            assert_eq!(seen, expected, "{relation:?}");
        }
    }

    #[test]
    fn apply_patch_keeps_other_settings() {
        let patch = PatchPrivacy {
            profile: Some(Audience::Friends),
            ..PatchPrivacy::default()
        };
        let expected = Privacy {
            profile: Audience::Friends,
            ..DEFAULT
        };
        assert_eq!(apply_patch(DEFAULT, patch), expected);
    }

    #[test]
    fn apply_patch_restricts_settings_to_possible_values() {
        let patch = PatchPrivacy {
            online_status: Some(Audience::Everyone),
            friend_requests: Some(Audience::Friends),
            ..PatchPrivacy::default()
        };
        let current = apply_patch(DEFAULT, patch);
        assert_eq!(current.online_status, Audience::Friends);
        assert_eq!(current.friend_requests, Audience::Nobody);
    }
}
