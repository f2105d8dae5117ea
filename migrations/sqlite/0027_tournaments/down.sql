ALTER TABLE player_stats DROP COLUMN tournament_wins;
ALTER TABLE player_stats DROP COLUMN tournaments;
DROP TABLE tournament_audit;
DROP TABLE tournament_slots;
DROP TABLE entrants;
DROP TABLE tournament_invitations;
DROP TABLE tournament_organizers;
DROP TABLE tournaments;
