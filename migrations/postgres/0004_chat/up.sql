-- Every chat has one order: its row is locked while messages are added, and counts them. Room in
-- the pages lets the counter change without touching the indexes.
CREATE TABLE chats (
    id uuid NOT NULL PRIMARY KEY,
    kind text NOT NULL,
    -- What makes it the only one of its sort: the pair, the lobby's name, or what its domain says.
    key text NOT NULL UNIQUE,
    title text NOT NULL,
    last_seq bigint NOT NULL,
    -- When the last message came, or the chat was made.
    touched_at timestamptz NOT NULL
) WITH (fillfactor = 70);

CREATE TABLE chat_members (
    user_id uuid NOT NULL,
    chat_id uuid NOT NULL,
    -- The other one, where the chat is between two.
    peer_id uuid,
    -- Whether it stands among one's conversations even without a message.
    opened boolean NOT NULL,
    -- Up to where one has read; writing is reading too.
    last_read_seq bigint NOT NULL,
    -- Up to where the other may know that one has read.
    receipt_seq bigint NOT NULL,
    -- Up to where one has deleted it for oneself.
    cleared_seq bigint NOT NULL,
    joined_at timestamptz NOT NULL,
    PRIMARY KEY (user_id, chat_id)
) WITH (fillfactor = 70);
CREATE INDEX chat_members_chat ON chat_members (chat_id, user_id);

CREATE TABLE chat_messages (
    chat_id uuid NOT NULL,
    seq bigint NOT NULL,
    id uuid NOT NULL UNIQUE,
    sender uuid NOT NULL,
    content text NOT NULL,
    client_id text,
    reply_to uuid,
    -- The ids of those it names, where it names any.
    mentions jsonb,
    like_count bigint NOT NULL,
    sent_at timestamptz NOT NULL,
    edited_at timestamptz,
    deleted_at timestamptz,
    PRIMARY KEY (chat_id, seq),
    -- However often it is sent, it is one message.
    UNIQUE (sender, chat_id, client_id)
);
-- Deleted ones do not count as unread.
CREATE INDEX chat_messages_deleted ON chat_messages (chat_id, seq) WHERE deleted_at IS NOT NULL;

CREATE TABLE chat_likes (
    message_id uuid NOT NULL,
    user_id uuid NOT NULL,
    PRIMARY KEY (message_id, user_id)
);
