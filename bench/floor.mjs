// The upper bound of Node: bare HTTP, one prepared statement that is planned once, the JSON made in SQL, and nothing else.
// It answers the first page of 20 tasks, field for field as the product does; the benchmark compares the two.
import { createServer } from 'node:http';
import pg from 'pg';

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 10 });
const iso = (column) => `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
const text = `SELECT '[' || string_agg(json, ',' ORDER BY id) || ']' AS json FROM (
  SELECT t.id, json_build_object('id', t.id, 'title', t.title, 'description', t.description, 'status', t.status,
      'priority', t.priority, 'estimated_hours', t.estimated_hours::text, 'actual_hours', t.actual_hours::text,
      'deadline', ${iso('t.deadline')}, 'priority_escalated', t.priority_escalated, 'assigned_to', t.assigned_to_id,
      'assigned_to_user', a.username, 'created_by', t.created_by_id, 'created_by_user', c.username,
      'parent_task', t.parent_task_id,
      'tags', (SELECT coalesce(json_agg(tag_id ORDER BY tag_id), '[]') FROM task_tags WHERE task_id = t.id),
      'version', t.version, 'created_at', ${iso('t.created_at')}, 'updated_at', ${iso('t.updated_at')})::text AS json
  FROM tasks t JOIN users a ON a.id = t.assigned_to_id JOIN users c ON c.id = t.created_by_id
  WHERE t.deleted_at IS NULL ORDER BY t.id LIMIT 20) t`;

const server = createServer(async (_request, response) => {
  const { rows } = await pool.query({ name: 'page', text });
  response.writeHead(200, { 'Content-Type': 'application/json' });
  response.end(rows[0].json);
});
server.listen(0, '127.0.0.1', () => process.stdout.write(`Serving on http://127.0.0.1:${server.address().port}\n`));
process.once('SIGTERM', () => process.exit(0));
