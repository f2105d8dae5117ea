ALTER TABLE chat_members DROP COLUMN notified_seq;
