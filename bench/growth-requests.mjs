// The requests whose cost is followed from size to size.

/**
 * Cursors are opaque to clients; these stand where a client that had read half of the list would be. Their first part,
 * which names the list and its order, is that of a cursor of the server.
 */
async function halfway(client, size, cursor, columns, by) {
  const { rows } = await client.query(
    `SELECT ARRAY[${columns}] AS keys FROM tasks t ORDER BY ${by} LIMIT 1 OFFSET ${Math.floor(size / 2)}`,
  );
  const [list] = JSON.parse(Buffer.from(cursor, 'base64url').toString());
  return Buffer.from(JSON.stringify([list, ...rows[0].keys])).toString('base64url');
}

/** Returns the cursor of the second page. */
async function secondPage(url, query, token) {
  const response = await fetch(`${url}/api/tasks?limit=1${query}`, { headers: { Authorization: `Bearer ${token}` } });
  await response.arrayBuffer();
  return new URL(/<([^>]+)>; rel="next"/.exec(response.headers.get('link'))[1]).searchParams.get('cursor');
}

export async function growthRequests({ client, url, size }, { manager, developer }) {
  const time = `to_char(t.deadline AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US"+00"')`;
  const [byId, byDeadline] = [await secondPage(url, '', manager), await secondPage(url, '&sort=-deadline', manager)];
  const middle = await halfway(client, size, byId, 't.id::text', 't.id');
  const late = await halfway(client, size, byDeadline, `${time}, t.id::text`, 't.deadline DESC, t.id DESC');
  const open = await client.query(`SELECT id FROM tasks WHERE status = 'pending' ORDER BY id DESC LIMIT 50`);
  const page = (name, query, token = manager) => ({
    name: `page of 50: ${name}`,
    path: `/api/tasks?limit=50${query}`,
    token,
  });
  let count = 0;
  return [
    page('first', ''),
    page('halfway', `&cursor=${middle}`),
    page('sort=-deadline', '&sort=-deadline'),
    page('sort=-deadline, halfway', `&sort=-deadline&cursor=${late}`),
    page('sort=-priority,deadline', '&sort=-priority,deadline'),
    page('sort=title', '&sort=title'),
    page('sort=-updated_at', '&sort=-updated_at'),
    page('status=blocked', '&status=blocked'),
    page('status=blocked&sort=-deadline', '&status=blocked&sort=-deadline'),
    page('status and priority', '&status=blocked&priority=critical&sort=-updated_at'),
    page('assigned_to', '&assigned_to=3&sort=title'),
    page('created_by', '&created_by=1&sort=-created_at'),
    page('tags', '&tags=3'),
    page('overdue=true', '&overdue=true&sort=-priority'),
    page('needs_attention=overworked', '&needs_attention=overworked'),
    page('of a developer, sort=-deadline', '&sort=-deadline', developer),
    page('q of one task', `&q=visit%20${size}`),
    page('q of many', '&q=signatures'),
    page('q of some', '&q=site%2037'),
    page('q of none', '&q=nowhere%20to%20be%20found'),
    page('q of two letters', '&q=zq'),
    { name: 'list of a developer, whole', path: '/api/tasks', token: developer },
    { name: 'one task', path: `/api/tasks/${open.rows[0].id}`, token: manager },
    { name: 'analytics of a manager, 20 blocked', path: '/api/analytics?blocked_limit=20', token: manager },
    { name: 'analytics of a manager, all blocked', path: '/api/analytics', token: manager },
    { name: 'analytics of a developer', path: '/api/analytics', token: developer },
    { name: 'page of 50 users', path: '/api/auth/users?limit=50&role=developer', token: manager },
    { name: 'page of 20 notifications', path: '/api/notifications?limit=20&unread=true', token: developer },
    { name: 'page of 50 audit entries', path: '/api/audit/entries?limit=50&entity_type=task', token: manager },
    {
      name: 'POST a task',
      method: 'POST',
      path: '/api/tasks',
      token: manager,
      // None of the users whose whole list is measured.
      body: () => ({ title: `Visit ${++count}`, estimated_hours: 8, deadline: '2030-01-01T00:00:00Z', assigned_to: 1 }),
    },
    {
      name: 'PATCH a status',
      method: 'PATCH',
      token: manager,
      path: () => `/api/tasks/${open.rows[++count % open.rows.length].id}`,
      body: () => ({ status: Math.floor(count / open.rows.length) % 2 ? 'pending' : 'in_progress' }),
    },
  ];
}
