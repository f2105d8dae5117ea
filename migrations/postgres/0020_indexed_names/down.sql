DROP INDEX users_names_not_indexed;
ALTER TABLE users DROP COLUMN indexed_names;
CREATE INDEX users_words_missing ON users (id)
    WHERE words_of IS NULL OR words_of <> username_key || '/' || display_key;
