// A consumer of the package, compiled without the types of Node by client-package.spec.ts.
import { createClient, isProblem, type Schemas, type TaskChange } from '@ctms/client';

const ctms = createClient({ baseUrl: 'https://ctms.example.org', onCaptcha: (question) => question });

export async function typed(): Promise<void> {
  await ctms.signIn({ username: 'manager', password: 'secret' });
  const task = await ctms.get('/api/tasks/{id}', { params: { path: { id: 7 } } });
  const hours: string | null = task.actual_hours;
  const status: 'pending' | 'in_progress' | 'blocked' | 'completed' = task.status;
  const list: Schemas['TaskView'][] = await ctms.get('/api/tasks', { params: { query: { status: [status] } } });
  for await (const { username } of ctms.items('/api/auth/users', { query: { role: ['developer'] } }))
    username.toUpperCase();
  for await (const entries of ctms.pages('/api/audit/entries')) entries.map(({ action }) => action);
  const { response } = await ctms.api.GET('/api/tasks/{id}', { params: { path: { id: list.length } } });
  response.headers.get('ETag');
  const live = ctms.live({ topics: ['tasks'] });
  live.on('notification', ({ message, read }) => [message.trim(), !read, hours]);
  live.on('task', (event: TaskChange) => event.change === 'hidden' || event.version.toFixed());
}

export async function rejected(): Promise<void> {
  // @ts-expect-error no such path
  await ctms.get('/api/task');
  // @ts-expect-error the id is a number
  await ctms.get('/api/tasks/{id}', { params: { path: { id: '7' } } });
  // @ts-expect-error the parameters are required
  await ctms.get('/api/tasks/{id}');
  // @ts-expect-error no such status
  await ctms.patch('/api/tasks/{id}', { params: { path: { id: 7 } }, body: { status: 'done' } });
  // @ts-expect-error the title is missing
  await ctms.post('/api/tasks', { body: { estimated_hours: '1', deadline: '2030-01-01', assigned_to: 1 } });
  // @ts-expect-error not a list
  ctms.pages('/api/analytics');
  // @ts-expect-error no such filter
  ctms.pages('/api/tasks', { query: { colour: 'red' } });
  // @ts-expect-error no such topic
  ctms.live({ topics: ['users'] });
  // @ts-expect-error no such event
  ctms.live().on('user', () => undefined);
  // @ts-expect-error the credentials are required
  await ctms.signIn({ username: 'manager' });
}

export const codeOf = (error: unknown): string | undefined => (isProblem(error) ? error.code : undefined);
