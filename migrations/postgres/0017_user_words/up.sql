-- The words in people's names but the first, each with all that follows it, as a search finds them.
CREATE TABLE user_words (
    word text COLLATE "C" NOT NULL,
    user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    PRIMARY KEY (word, user_id)
);
CREATE INDEX user_words_user ON user_words (user_id);
-- The names whose words are in the table. Where they are not those of the row, because it is older
-- than the table or was written by a server that does not know it, they are written anew.
ALTER TABLE users ADD COLUMN words_of text COLLATE "C";
CREATE INDEX users_words_missing ON users (id)
    WHERE words_of IS NULL OR words_of <> username_key || '/' || display_key;
