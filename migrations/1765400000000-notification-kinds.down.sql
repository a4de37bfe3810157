DROP TABLE notified_facts;
DELETE FROM notifications WHERE record_id IS NOT NULL;
ALTER TABLE notifications DROP CONSTRAINT notifications_type_check,
  DROP CONSTRAINT notifications_record_id_check,
  ADD CONSTRAINT notifications_type_check CHECK (notification_type IN
    ('status_change', 'deadline_warning', 'task_assigned', 'task_unassigned', 'priority_escalated')),
  DROP COLUMN record_id;
