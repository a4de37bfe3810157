// One load, read from standard input, in a process of its own. Bodies are made here, so that each request changes something.
import autocannon from 'autocannon';

let text = '';
for await (const data of process.stdin) text += data;
const { url, connections, seconds, requests } = JSON.parse(text);

let count = 0;
const STATUSES = ['in_progress', 'pending'];
const BODIES = {
  create: ({ assignee }) => ({
    title: `Visit ${count}`,
    estimated_hours: 8,
    deadline: '2030-01-01T00:00:00Z',
    assigned_to: assignee,
  }),
  patch: ({ ids }) => ({ status: STATUSES[Math.floor(count / ids.length) % 2] }),
  bulk: ({ ids }) => ({ task_ids: slice(ids), status: STATUSES[Math.floor((count * 100) / ids.length) % 2] }),
};
const slice = (ids) => ids.slice((count * 100) % ids.length, ((count * 100) % ids.length) + 100);

const prepared = requests.map(({ make, given, ...request }) => ({
  ...request,
  ...(make && {
    setupRequest: (plain) => {
      const body = JSON.stringify(BODIES[make](given));
      const path = given.ids && make === 'patch' ? `/api/tasks/${given.ids[count % given.ids.length]}` : plain.path;
      count++;
      return { ...plain, path, body };
    },
  }),
}));

const result = await autocannon({ url, connections, duration: seconds, requests: prepared });
const answered = result['2xx'];
process.stdout.write(
  JSON.stringify({
    perSecond: answered / result.duration,
    answered,
    failed: result.non2xx + result.errors + result.timeouts,
    p50: result.latency.p50,
    p99: result.latency.p99,
  }),
);
