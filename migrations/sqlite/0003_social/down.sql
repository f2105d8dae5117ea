DROP TABLE chosen_statuses;
DROP TABLE blocks;
DROP TABLE declined_requests;
DROP TABLE friend_requests;
DROP TABLE friendships;
