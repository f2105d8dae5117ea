-- The names whose words are in user_words, behind the version of the rules that made the words. Where
-- they are not those of the row, or of another version, they are written anew. Servers of the version
-- before look at words_of, which goes on being written for them.
DROP INDEX users_words_missing;
ALTER TABLE users ADD COLUMN indexed_names TEXT;
CREATE INDEX users_names_not_indexed ON users (id)
    WHERE indexed_names IS NULL OR indexed_names <> '2/' || username_key || '/' || display_key;
