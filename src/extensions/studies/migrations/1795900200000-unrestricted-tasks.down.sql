DROP FUNCTION assert_tasks_unrestricted(integer[]);
COMMENT ON FUNCTION notify_studies_changed() IS NULL;
