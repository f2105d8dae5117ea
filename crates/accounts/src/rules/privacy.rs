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
pub fn patched(now: Privacy, patch: PatchPrivacy) -> Privacy {
    Privacy {
        searchable: patch.searchable.unwrap_or(now.searchable),
        profile: patch.profile.unwrap_or(now.profile),
        match_history: patch.match_history.unwrap_or(now.match_history),
        online_status: among_friends(patch.online_status.unwrap_or(now.online_status)),
        friend_requests: from_strangers(patch.friend_requests.unwrap_or(now.friend_requests)),
        game_invites: patch.game_invites.unwrap_or(now.game_invites),
        read_receipts: patch.read_receipts.unwrap_or(now.read_receipts),
    }
}

/// Only friends can see the presence.
fn among_friends(audience: Audience) -> Audience {
    match audience {
        Audience::Everyone | Audience::Friends => Audience::Friends,
        Audience::Nobody => Audience::Nobody,
    }
}

/// Friends cannot send friend requests.
fn from_strangers(audience: Audience) -> Audience {
    match audience {
        Audience::Everyone => Audience::Everyone,
        Audience::Friends | Audience::Nobody => Audience::Nobody,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_audience_lets_in_whom_it_names() {
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
    fn a_change_leaves_the_rest_alone() {
        let patch = PatchPrivacy {
            profile: Some(Audience::Friends),
            ..PatchPrivacy::default()
        };
        let expected = Privacy {
            profile: Audience::Friends,
            ..DEFAULT
        };
        assert_eq!(patched(DEFAULT, patch), expected);
    }

    #[test]
    fn settings_say_what_they_can_mean() {
        let patch = PatchPrivacy {
            online_status: Some(Audience::Everyone),
            friend_requests: Some(Audience::Friends),
            ..PatchPrivacy::default()
        };
        let now = patched(DEFAULT, patch);
        assert_eq!(now.online_status, Audience::Friends);
        assert_eq!(now.friend_requests, Audience::Nobody);
    }
}
