\timing on
begin;
commit;
