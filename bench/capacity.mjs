// node bench/capacity.mjs [--from bench/results/10000.json] [--people 500]
// The capacity plan of docs/scaling.md, from the CPU costs that `npm run bench` measured. It measures nothing.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    from: { type: 'string', default: new URL('results/10000.json', import.meta.url).pathname },
    people: { type: 'string', default: '500' },
  },
});
const { results, machine, logins } = JSON.parse(readFileSync(values.from, 'utf8'));
const cost = (start) => {
  const row = results.find(({ name }) => name.startsWith(start));
  if (!row) throw new Error(`${values.from} has no "${start}": run npm run bench without --only`);
  return { server: row.serverMicros, database: row.databaseMicros };
};
/** Microseconds of one verification: all cores were at it. */
const bcrypt = (Number(/^\d+/.exec(machine)?.[0]) * 1e6) / (logins?.bare ?? NaN);

/** Requests of one person in the busiest hour; see "The load" in docs/scaling.md. */
const HOURLY = [
  { what: 'requests of the dashboard', times: 300, ...cost('a dashboard load') },
  { what: 'tasks created', times: 2, ...cost('POST /api/tasks') },
  { what: 'tasks changed', times: 10, ...cost('PATCH') },
  { what: 'log-ins', times: 1, server: bcrypt, database: 0 },
];
/** Of a core, so that queues stay short. */
const USED = 0.6;

process.stdout.write(`${machine}; ${values.people} people\n`);
for (const factor of [1, 10, 1000]) {
  const rows = HOURLY.map(({ what, times, server, database }) => {
    const perSecond = (Number(values.people) * factor * times) / 3600;
    return { what, perSecond, server: (perSecond * server) / 1e6, database: (perSecond * database) / 1e6 };
  });
  const sum = (key) => rows.reduce((total, row) => total + row[key], 0);
  process.stdout.write(
    `\n| × ${factor} | a second | cores, server | cores, database |\n| --- | ---: | ---: | ---: |\n`,
  );
  for (const { what, perSecond, server, database } of rows)
    process.stdout.write(`| ${what} | ${perSecond.toFixed(2)} | ${server.toFixed(2)} | ${database.toFixed(2)} |\n`);
  const needed = ['server', 'database'].map((key) => (sum(key) / USED).toFixed(1));
  process.stdout.write(`| cores needed, each ${USED * 100} % busy | | ${needed.join(' | ')} |\n`);
}
