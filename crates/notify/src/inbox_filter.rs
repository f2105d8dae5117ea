//! Which notifications a list of the inbox holds.

use contract::notify::Action;

/// Which notifications to list.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct InboxFilter {
    /// Only unread or only read notifications.
    pub unread: Option<bool>,
    /// Only notifications of one kind.
    pub action: Option<Action>,
}
