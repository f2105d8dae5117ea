DROP TABLE notification_broadcasts;
DROP TABLE delivery_attempts;
DROP TABLE notification_deliveries;
DROP TABLE notification_preferences;
DROP TABLE settled_subjects;
DROP TABLE notifications;
