-- Every chat has one order: its row is locked while messages are added, and counts them.
CREATE TABLE chats (
    id BLOB NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    -- What makes it the only one of its sort: the pair, the lobby's name, or what its domain says.
    key TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    last_seq INTEGER NOT NULL,
    -- When the last message came, or the chat was made.
    touched_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE chat_members (
    user_id BLOB NOT NULL,
    chat_id BLOB NOT NULL,
    -- The other one, where the chat is between two.
    peer_id BLOB,
    -- Whether it stands among one's conversations even without a message.
    opened INTEGER NOT NULL,
    -- Up to where one has read; writing is reading too.
    last_read_seq INTEGER NOT NULL,
    -- Up to where the other may know that one has read.
    receipt_seq INTEGER NOT NULL,
    -- Up to where one has deleted it for oneself.
    cleared_seq INTEGER NOT NULL,
    joined_at INTEGER NOT NULL,
    PRIMARY KEY (user_id, chat_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX chat_members_chat ON chat_members (chat_id, user_id);

CREATE TABLE chat_messages (
    chat_id BLOB NOT NULL,
    seq INTEGER NOT NULL,
    id BLOB NOT NULL UNIQUE,
    sender BLOB NOT NULL,
    content TEXT NOT NULL,
    client_id TEXT,
    reply_to BLOB,
    -- The ids of those it names, where it names any.
    mentions TEXT,
    like_count INTEGER NOT NULL,
    sent_at INTEGER NOT NULL,
    edited_at INTEGER,
    deleted_at INTEGER,
    PRIMARY KEY (chat_id, seq),
    -- However often it is sent, it is one message.
    UNIQUE (sender, chat_id, client_id)
) STRICT, WITHOUT ROWID;
-- Deleted ones do not count as unread.
CREATE INDEX chat_messages_deleted ON chat_messages (chat_id, seq) WHERE deleted_at IS NOT NULL;

CREATE TABLE chat_likes (
    message_id BLOB NOT NULL,
    user_id BLOB NOT NULL,
    PRIMARY KEY (message_id, user_id)
) STRICT, WITHOUT ROWID;
