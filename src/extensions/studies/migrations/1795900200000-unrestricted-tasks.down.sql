DROP FUNCTION assert_tasks_unrestricted(integer[]);
