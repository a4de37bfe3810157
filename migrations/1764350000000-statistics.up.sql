-- Only an owner may analyze; the import, which is not, has new rows by the thousand to be planned well.
CREATE FUNCTION refresh_statistics() RETURNS void LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  ANALYZE public.users, public.tags, public.tasks, public.task_tags, public.task_history, public.notifications,
    public.audit_trail;
END
$$;
