// The measured scenarios: the reads and writes that clients make, each as its role makes it.

/** `peer`: requests a second of the replaced FastAPI back end, as it was measured; `times`: what is wanted of it. */
export function scenarios({ manager, developer, ids, assignee, task }) {
  const as = (token) => ({ Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' });
  const get = (path, token) => ({ method: 'GET', path, headers: as(token) });
  const write = (method, path, make, given) => ({ method, path, headers: as(manager), make, given });
  return [
    { name: 'GET /api/auth/users/me', requests: [get('/api/auth/users/me', developer)], peer: 415, times: 10 },
    { name: 'GET /api/tasks/{id}', requests: [get(`/api/tasks/${task}`, developer)], peer: 110, times: 25 },
    { name: 'GET /api/tasks?limit=20', requests: [get('/api/tasks?limit=20', manager)], floor: 0.7 },
    { name: 'GET /api/tasks of a developer, whole', requests: [get('/api/tasks', developer)], peer: 2.95, times: 200 },
    { name: 'GET /api/analytics of a manager', requests: [get('/api/analytics', manager)], peer: 4.05, times: 500 },
    {
      name: 'POST /api/tasks',
      requests: [write('POST', '/api/tasks', 'create', { assignee })],
      status: 201,
      each: 1,
      peer: 134,
      times: 8,
    },
    {
      name: 'PATCH /api/tasks/{id} status',
      requests: [write('PATCH', '/api/tasks/1', 'patch', { ids: ids[0] })],
      each: 1,
      peer: 95,
      times: 10,
    },
    {
      name: 'POST /api/tasks/bulk-update of 100',
      requests: [write('POST', '/api/tasks/bulk-update', 'bulk', { ids: ids[1] })],
      each: Math.min(100, ids[1].length),
      connections: 1,
      peer: 63,
      times: 5,
    },
    {
      name: 'POST /api/tasks/bulk-update of 100, as many at once',
      requests: [write('POST', '/api/tasks/bulk-update', 'bulk', { ids: ids[2] })],
      each: Math.min(100, ids[2].length),
      peer: 63,
      times: 5,
    },
    {
      name: 'a dashboard load: me, tasks, analytics, notifications, unread count',
      requests: [
        ...[
          get('/api/auth/users/me', developer),
          get('/api/tasks?limit=20', developer),
          get('/api/analytics', developer),
        ],
        ...[get('/api/notifications?limit=20', developer), get('/api/notifications/unread_count', developer)],
      ],
      least: 3000,
      under: 20,
    },
  ];
}

/** Tasks with the status that they have now. */
export async function withTasks(client, request) {
  if (!request.given?.ids) return request;
  const { rows } = await client.query('SELECT id, status FROM tasks WHERE id = ANY($1) ORDER BY id', [
    request.given.ids,
  ]);
  return { ...request, given: { tasks: rows } };
}
