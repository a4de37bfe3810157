// What Node can do at all: bare HTTP, one prepared statement, the JSON made in SQL, and nothing else.
import { createServer } from 'node:http';
import pg from 'pg';

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 10 });
const text = `SELECT coalesce(json_agg(t), '[]')::text AS json FROM (
  SELECT t.id, t.title, t.description, t.status, t.priority, t.estimated_hours::text, t.actual_hours::text, t.deadline,
    t.priority_escalated, t.assigned_to_id AS assigned_to, a.username AS assigned_to_user, t.created_by_id AS created_by,
    c.username AS created_by_user, t.parent_task_id AS parent_task,
    (SELECT coalesce(json_agg(tag_id), '[]') FROM task_tags WHERE task_id = t.id) AS tags, t.version, t.created_at, t.updated_at
  FROM tasks t JOIN users a ON a.id = t.assigned_to_id JOIN users c ON c.id = t.created_by_id
  WHERE t.deleted_at IS NULL ORDER BY t.id LIMIT $1) t`;

const server = createServer(async (_request, response) => {
  const { rows } = await pool.query({ name: 'page', text, values: [20] });
  response.writeHead(200, { 'Content-Type': 'application/json' });
  response.end(rows[0].json);
});
server.listen(0, '127.0.0.1', () => process.stdout.write(`Serving on http://127.0.0.1:${server.address().port}\n`));
process.once('SIGTERM', () => process.exit(0));
