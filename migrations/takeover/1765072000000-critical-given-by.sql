-- The role that set the priority to critical, as far as the audit trail has it.

ALTER TABLE tasks
  ADD COLUMN critical_given_by character varying(16);
UPDATE tasks t SET critical_given_by = (SELECT a.actor_role FROM audit_trail a
    WHERE a.entity_type = 'task' AND a.entity_id = t.id AND a.changes #>> '{priority,1}' = 'critical' ORDER BY a.id DESC LIMIT 1)
  WHERE t.priority = 'critical';
