//! How a connection stands in the expiring_sets: a state computed by the node that holds it, so that
//! no node has to trust another's clock.

use kernel::SessionId;

use crate::rules::presence_policy::{self, State};

/// What the registry keeps of one connection or one seat in a match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Entry {
    /// A tab or device.
    Tab {
        state: State,
        session: SessionId,
        /// False while it may come back after it was lost.
        open: bool,
    },
    /// A match in progress.
    Match,
}

const MATCH: u8 = b'm';
const OPEN: u8 = b'+';
const LOST: u8 = b'-';
const STATES: [(State, u8); 4] = [
    (State::Active, b'a'),
    (State::Idle, b'i'),
    (State::Dormant, b'd'),
    (State::Off, b'o'),
];

impl Entry {
    /// The bytes in the registry.
    pub(super) fn encode(self) -> Vec<u8> {
        match self {
            Self::Match => vec![MATCH],
            Self::Tab {
                state,
                session,
                open,
            } => {
                let mut bytes = vec![letter(state), if open { OPEN } else { LOST }];
                bytes.extend_from_slice(session.uuid().as_bytes());
                bytes
            }
        }
    }

    /// The entry in these bytes; nothing where a newer version wrote something else.
    pub(super) fn decode(bytes: &[u8]) -> Option<Self> {
        match bytes {
            [MATCH] => Some(Self::Match),
            [letter, mark @ (OPEN | LOST), session @ ..] => {
                let (state, _) = STATES.iter().find(|(_, known)| known == letter)?;
                let session: [u8; 16] = session.try_into().ok()?;
                Some(Self::Tab {
                    state: *state,
                    session: SessionId::from_uuid(uuid::Uuid::from_bytes(session)),
                    open: *mark == OPEN,
                })
            }
            _ => None,
        }
    }

    /// The session that a tab came with.
    pub(super) fn session(self) -> Option<SessionId> {
        match self {
            Self::Tab { session, .. } => Some(session),
            Self::Match => None,
        }
    }

    /// The same entry when its connection was lost.
    pub(super) fn lost(self) -> Self {
        match self {
            Self::Tab { state, session, .. } => Self::Tab {
                state,
                session,
                open: false,
            },
            Self::Match => Self::Match,
        }
    }
}

fn letter(state: State) -> u8 {
    match state {
        State::Active => b'a',
        State::Idle => b'i',
        State::Dormant => b'd',
        State::Off => b'o',
    }
}

/// What all entries of one person say together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Entries {
    by_name: Vec<(String, Entry)>,
}

impl Entries {
    pub(super) fn new(by_name: Vec<(String, Entry)>) -> Self {
        Self { by_name }
    }

    /// The same, with this member as it was before.
    pub(super) fn with(mut self, name: &str, entry: Option<Entry>) -> Self {
        self.by_name.retain(|(known, _)| known != name);
        self.by_name
            .extend(entry.map(|entry| (name.to_owned(), entry)));
        self
    }

    /// What the tabs say.
    pub(super) fn states(&self) -> impl Iterator<Item = State> {
        let tabs = self.by_name.iter().filter_map(|(_, entry)| match entry {
            Entry::Tab { state, open, .. } => Some((*state, *open)),
            Entry::Match => None,
        });
        presence_policy::counted(tabs)
    }

    /// Whether a match is in progress.
    pub(super) fn playing(&self) -> bool {
        self.by_name.iter().any(|(_, entry)| *entry == Entry::Match)
    }

    /// The sessions of the tabs that are connected now.
    pub(super) fn open_sessions(&self) -> impl Iterator<Item = SessionId> {
        self.by_name.iter().filter_map(|(_, entry)| match entry {
            Entry::Tab {
                session,
                open: true,
                ..
            } => Some(*session),
            _ => None,
        })
    }
}

impl FromIterator<cluster::SetMember> for Entries {
    fn from_iter<T: IntoIterator<Item = cluster::SetMember>>(members: T) -> Self {
        let read = |member: cluster::SetMember| Some((member.name, Entry::decode(&member.value)?));
        Self::new(members.into_iter().filter_map(read).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn session() -> SessionId {
        SessionId::from_uuid(uuid::Uuid::from_u128(7))
    }

    #[test]
    fn what_is_written_is_read_again() {
        for (state, _) in STATES {
            for open in [true, false] {
                let entry = Entry::Tab {
                    state,
                    session: session(),
                    open,
                };
                assert_eq!(Entry::decode(&entry.encode()), Some(entry));
                assert_eq!(entry.lost().lost(), entry.lost());
            }
        }
        assert_eq!(Entry::decode(&Entry::Match.encode()), Some(Entry::Match));
    }

    #[test]
    fn what_is_not_known_is_passed_over() {
        for odd in [
            &b""[..],
            b"x",
            b"a+",
            b"a+short",
            b"?+0123456789abcdef",
            b"mm",
        ] {
            assert_eq!(Entry::decode(odd), None, "{odd:?}");
        }
    }

    #[test]
    fn a_member_can_be_put_back_as_it_was() {
        let tab = |state| Entry::Tab {
            state,
            session: session(),
            open: true,
        };
        let now = Entries::new(vec![("a".into(), tab(State::Active))]);
        let before = now.clone().with("a", Some(tab(State::Idle)));
        assert_eq!(before.states().collect::<Vec<_>>(), [State::Idle]);
        assert_eq!(now.clone().with("a", None), Entries::default());
        assert!(now.with("m", Some(Entry::Match)).playing());
    }
}
