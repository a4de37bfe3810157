CREATE FUNCTION assert_tasks_unrestricted(task_ids integer[]) RETURNS void LANGUAGE plpgsql STABLE AS $$
BEGIN
  IF EXISTS (SELECT FROM study_task_links l JOIN studies s ON s.id = l.study_id
    WHERE l.task_id = ANY(task_ids) AND (s.locked_at IS NOT NULL OR s.access <> 'open')) THEN
    RAISE EXCEPTION 'A study of these tasks was restricted a moment ago' USING ERRCODE = 'serialization_failure';
  END IF;
END
$$;
COMMENT ON FUNCTION assert_tasks_unrestricted(integer[]) IS
  'Fails a change that took its tasks to be in open, unlocked studies and was wrong, as a serialization failure: it is repeated.';
COMMENT ON FUNCTION notify_studies_changed() IS 'Trigger: notifies replicas, with the commit, that a study was locked, unlocked or restricted.';
