-- The tasks of studies for members, with what memberships are compared with. A task of an open study has no row.
CREATE VIEW study_task_restrictions AS
  SELECT l.task_id, l.study_id, l.site_id FROM study_task_links l JOIN studies s ON s.id = l.study_id WHERE s.access = 'members';
COMMENT ON VIEW study_task_restrictions IS 'Tasks of studies for members, with the study and the site that a membership must cover.';
