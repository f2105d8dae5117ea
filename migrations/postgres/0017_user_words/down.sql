DROP INDEX users_words_missing;
ALTER TABLE users DROP COLUMN words_of;
DROP TABLE user_words;
