-- What people told moderators about messages. It keeps what the message said: that may be changed
-- or deleted before anybody looks.
CREATE TABLE chat_reports (
    id BLOB NOT NULL PRIMARY KEY,
    message_id BLOB NOT NULL,
    chat_id BLOB NOT NULL,
    sender BLOB NOT NULL,
    reporter BLOB NOT NULL,
    reason TEXT NOT NULL,
    details TEXT NOT NULL,
    content TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    -- Once by each.
    UNIQUE (reporter, message_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX chat_reports_message ON chat_reports (message_id);
