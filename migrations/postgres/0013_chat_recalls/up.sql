-- Whether the next message calls one, though one has not read the message before: what told of that
-- was dismissed, or mailed.
ALTER TABLE chat_members ADD COLUMN recall boolean NOT NULL DEFAULT false;
