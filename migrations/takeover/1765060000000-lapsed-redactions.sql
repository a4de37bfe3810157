-- Redactions may lapse.

ALTER TABLE redactions
  DROP CONSTRAINT redactions_status_check,
  DROP CONSTRAINT redactions_decision_check,
  ADD CONSTRAINT redactions_status_check CHECK (status IN ('pending', 'approved', 'declined', 'lapsed')),
  ADD CONSTRAINT redactions_decision_check CHECK ((status IN ('pending', 'lapsed')) = (decided_by_id IS NULL)
    AND (decided_by_id IS NULL) = (decided_at IS NULL) AND (decided_by_id IS NULL) = (decided_by IS NULL));
