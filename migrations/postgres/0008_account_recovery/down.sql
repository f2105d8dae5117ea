DROP INDEX users_unproven;
ALTER TABLE mail_links DROP COLUMN session_id;
