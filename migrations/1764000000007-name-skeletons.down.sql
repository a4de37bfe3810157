DROP INDEX users_name_skeleton_idx;

DROP FUNCTION name_skeleton(text);
