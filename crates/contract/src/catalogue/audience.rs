//! Whom events are for.

/// Whom an event is for. Sockets are sent the events of their audiences, whatever their names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventAudience {
    /// All sockets.
    Anyone,
    /// Readers of the messages of a chat.
    Messages,
    /// A user, about the list of their chats.
    Chats,
    /// Friends of the user whose presence it tells of.
    Presence,
    /// A user, about themselves: friends, invites, notifications.
    Personal,
    /// A user, about matches that they can join.
    Matches,
    /// A single socket, about its chat, match or place in the queue.
    OneSocket,
    /// Those present in a lobby.
    Lobby,
    /// The server: the event changes what a user may see, and must not be seen itself.
    Server,
}
