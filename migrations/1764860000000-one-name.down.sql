DROP INDEX users_name_key_idx;

DROP FUNCTION name_key(text);
