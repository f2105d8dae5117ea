DROP TABLE pending_renames;
