DROP TABLE deadline_warnings;
DROP TABLE notifications;
