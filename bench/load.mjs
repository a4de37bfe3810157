// One load, read from standard input, in a process of its own. Bodies are made here, so that each request changes something.
import autocannon from 'autocannon';

let text = '';
for await (const data of process.stdin) text += data;
const { name, url, connections, seconds, requests, status } = JSON.parse(text);

let count = 0;
/** Statuses as they are, and become by what is sent: no request asks for what is already so. */
const turned = (task) => (task.status = task.status === 'pending' ? 'in_progress' : 'pending');
const slice = (tasks) => {
  const begin = (count * 100) % tasks.length;
  return tasks.slice(begin, begin + 100);
};
const MAKE = {
  create: ({ assignee }) => ({
    body: { title: `Visit ${count}`, estimated_hours: 8, deadline: '2030-01-01T00:00:00Z', assigned_to: assignee },
  }),
  patch: ({ tasks }) => {
    const task = tasks[count % tasks.length];
    return { path: `/api/tasks/${task.id}`, body: { status: turned(task) } };
  },
  bulk: ({ tasks }) => {
    const chosen = slice(tasks);
    const [status] = chosen.map(turned);
    return { body: { task_ids: chosen.map(({ id }) => id), status } };
  },
};

const prepared = requests.map(({ make, given, ...request }) => ({
  ...request,
  ...(make && {
    setupRequest: (plain) => {
      const { path = plain.path, body } = MAKE[make](given);
      count++;
      return { ...plain, path, body: JSON.stringify(body) };
    },
  }),
}));

const result = await autocannon({ url, connections, duration: seconds, requests: prepared });
const statuses = Object.keys(result.statusCodeStats);
if (statuses.some((answer) => Number(answer) !== status) || result.errors + result.timeouts > 0)
  throw new Error(`${name}: answered ${statuses.join(', ')}, ${result.errors} errors, ${result.timeouts} time-outs`);
const answered = result['2xx'];
if (answered === 0) throw new Error(`${name}: nothing was answered`);
process.stdout.write(
  JSON.stringify({
    perSecond: answered / result.duration,
    answered,
    sent: result.requests.sent,
    p50: result.latency.p50,
    p99: result.latency.p99,
  }),
);
