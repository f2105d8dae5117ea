//! The entry of a connection in the registry. The node that holds the connection computes it, so that
//! no node relies on another's clock.

use kernel::SessionId;

use crate::rules::presence_policy::{self, ConnectionActivity};

/// The entry of a connection or a match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ConnectionEntry {
    /// A tab or device.
    Tab {
        activity: ConnectionActivity,
        session: SessionId,
        /// False during the grace of a closed connection.
        open: bool,
    },
    /// A match in progress.
    Match,
}

const MATCH: u8 = b'm';
const OPEN: u8 = b'+';
const CLOSED: u8 = b'-';
const ACTIVITY_BYTES: [(ConnectionActivity, u8); 4] = [
    (ConnectionActivity::Active, b'a'),
    (ConnectionActivity::Idle, b'i'),
    (ConnectionActivity::Dormant, b'd'),
    (ConnectionActivity::Off, b'o'),
];

impl ConnectionEntry {
    /// The bytes that the registry stores.
    pub(super) fn encode(self) -> Vec<u8> {
        match self {
            Self::Match => vec![MATCH],
            Self::Tab {
                activity,
                session,
                open,
            } => {
                let mut bytes = vec![activity_byte(activity), if open { OPEN } else { CLOSED }];
                bytes.extend_from_slice(session.uuid().as_bytes());
                bytes
            }
        }
    }

    /// Decodes stored bytes. Returns `None` for what a newer version wrote.
    pub(super) fn decode(bytes: &[u8]) -> Option<Self> {
        match bytes {
            [MATCH] => Some(Self::Match),
            [byte, mark @ (OPEN | CLOSED), session @ ..] => {
                let (activity, _) = ACTIVITY_BYTES.iter().find(|(_, known)| known == byte)?;
                let session: [u8; 16] = session.try_into().ok()?;
                Some(Self::Tab {
                    activity: *activity,
                    session: SessionId::from_uuid(uuid::Uuid::from_bytes(session)),
                    open: *mark == OPEN,
                })
            }
            _ => None,
        }
    }

    /// The session of a tab.
    pub(super) fn session(self) -> Option<SessionId> {
        match self {
            Self::Tab { session, .. } => Some(session),
            Self::Match => None,
        }
    }

    /// The same entry after its connection was closed.
    pub(super) fn closed(self) -> Self {
        match self {
            Self::Tab {
                activity, session, ..
            } => Self::Tab {
                activity,
                session,
                open: false,
            },
            Self::Match => Self::Match,
        }
    }
}

fn activity_byte(activity: ConnectionActivity) -> u8 {
    match activity {
        ConnectionActivity::Active => b'a',
        ConnectionActivity::Idle => b'i',
        ConnectionActivity::Dormant => b'd',
        ConnectionActivity::Off => b'o',
    }
}

/// All entries of a user.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct ConnectionEntries {
    by_name: Vec<(String, ConnectionEntry)>,
}

impl ConnectionEntries {
    pub(super) fn new(by_name: Vec<(String, ConnectionEntry)>) -> Self {
        Self { by_name }
    }

    /// The same entries with one replaced or removed.
    pub(super) fn with(mut self, name: &str, entry: Option<ConnectionEntry>) -> Self {
        self.by_name.retain(|(known, _)| known != name);
        self.by_name
            .extend(entry.map(|entry| (name.to_owned(), entry)));
        self
    }

    /// The activities of the tabs that count.
    pub(super) fn activities(&self) -> impl Iterator<Item = ConnectionActivity> {
        let tabs = self.by_name.iter().filter_map(|(_, entry)| match entry {
            ConnectionEntry::Tab { activity, open, .. } => Some((*activity, *open)),
            ConnectionEntry::Match => None,
        });
        presence_policy::effective_activities(tabs)
    }

    /// Whether the user is in a match.
    pub(super) fn in_match(&self) -> bool {
        self.by_name
            .iter()
            .any(|(_, entry)| *entry == ConnectionEntry::Match)
    }

    /// The sessions of the open tabs.
    pub(super) fn open_sessions(&self) -> impl Iterator<Item = SessionId> {
        self.by_name.iter().filter_map(|(_, entry)| match entry {
            ConnectionEntry::Tab {
                session,
                open: true,
                ..
            } => Some(*session),
            _ => None,
        })
    }
}

impl FromIterator<cluster::SetMember> for ConnectionEntries {
    fn from_iter<T: IntoIterator<Item = cluster::SetMember>>(members: T) -> Self {
        let read = |member: cluster::SetMember| {
            Some((member.name, ConnectionEntry::decode(&member.value)?))
        };
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
    fn decode_reverses_encode() {
        for (activity, _) in ACTIVITY_BYTES {
            for open in [true, false] {
                let entry = ConnectionEntry::Tab {
                    activity,
                    session: session(),
                    open,
                };
                assert_eq!(ConnectionEntry::decode(&entry.encode()), Some(entry));
                assert_eq!(entry.closed().closed(), entry.closed());
            }
        }
        assert_eq!(
            ConnectionEntry::decode(&ConnectionEntry::Match.encode()),
            Some(ConnectionEntry::Match)
        );
    }

    #[test]
    fn decode_ignores_unknown_bytes() {
        for unknown in [
            &b""[..],
            b"x",
            b"a+",
            b"a+short",
            b"?+0123456789abcdef",
            b"mm",
        ] {
            assert_eq!(ConnectionEntry::decode(unknown), None, "{unknown:?}");
        }
    }

    #[test]
    fn with_replaces_or_removes_one_entry() {
        let tab = |activity| ConnectionEntry::Tab {
            activity,
            session: session(),
            open: true,
        };
        let now = ConnectionEntries::new(vec![("a".into(), tab(ConnectionActivity::Active))]);
        let before = now.clone().with("a", Some(tab(ConnectionActivity::Idle)));
        assert_eq!(
            before.activities().collect::<Vec<_>>(),
            [ConnectionActivity::Idle]
        );
        assert_eq!(now.clone().with("a", None), ConnectionEntries::default());
        assert!(now.with("m", Some(ConnectionEntry::Match)).in_match());
    }
}
