-- The newest message that a notification was made of: what was read before has nothing to settle.
ALTER TABLE chat_members ADD COLUMN notified_seq bigint NOT NULL DEFAULT 0;
-- What was called for before may have been notified.
UPDATE chat_members SET notified_seq = (SELECT last_seq FROM chats WHERE chats.id = chat_members.chat_id);
