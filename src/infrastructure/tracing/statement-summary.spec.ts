import { summarize } from './statement-summary.js';

describe('the summary of a statement', () => {
  it.each([
    ['SELECT t.id FROM tasks AS t JOIN users u ON u.id = t.assigned_to_id', 'SELECT tasks users'],
    ['INSERT INTO "audit_trail" (a) SELECT x FROM jsonb_to_recordset($1) AS r(x text)', 'INSERT audit_trail'],
    ['UPDATE tasks SET title = $1 WHERE id = ANY((SELECT $2::int[])::int[])', 'UPDATE tasks'],
    ['DELETE FROM ONLY public.tags WHERE id = $1', 'DELETE public.tags'],
    ['WITH gone AS (DELETE FROM visits RETURNING id) SELECT count(*) FROM gone', 'DELETE visits'],
    ['WITH RECURSIVE up AS (SELECT id FROM tasks), b AS (SELECT 1 FROM up) SELECT * FROM up, b', 'SELECT tasks'],
    ['SELECT id FROM unnest($1::int[]) AS id', 'SELECT'],
    ['COPY tasks FROM STDIN', 'COPY tasks'],
    ['BEGIN', 'BEGIN'],
    ['  commit', 'COMMIT'],
    ['', ''],
  ])('of %s is %s', (text, summary) => {
    expect(summarize(text).summary).toBe(summary);
  });

  it('holds nothing of literals and comments', () => {
    const text = `SELECT 'from secret_a', 'it''s from secret_b' FROM tasks -- from secret_c\n/* from secret_d */ WHERE x = 'y'`;
    expect(summarize(text)).toEqual({ operation: 'SELECT', tables: ['tasks'], summary: 'SELECT tasks' });
  });

  it('names six tables at most', () => {
    const text = `SELECT 1 FROM ${'abcdefgh'.split('').join(' JOIN ')}`;
    expect(summarize(text).summary).toBe('SELECT a b c d e f');
  });
});
