-- The partitions stay, with their rows.
DROP FUNCTION prepare_request_log(integer);
DROP FUNCTION make_request_log_partition(timestamp with time zone);
