import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../src/core/config/project-root.js';

const SRC = join(projectRoot(), 'src');
const WRITE = /\b(?:INSERT INTO|DELETE FROM)\s+([a-z_]+)|\bUPDATE\s+([a-z_]+)(?:\s+[a-z]{1,2})?\s+SET\b/g;

/**
 * Statements that write without `tx.insert`, `tx.update` or `tx.remove`, and so without an audit entry of their own: each table
 * with its one home, and the reason. No business field of a record is among them.
 */
const BOOKKEEPING: Readonly<Record<string, readonly [home: RegExp, reason: string]>> = {
  api_audit_logs: [/^audit\/request-log\//, 'the request log'],
  audit_checkpoints: [/^transparency-log\//, 'the transparency log'],
  audit_departures: [/^transparency-log\//, 'the transparency log'],
  audit_nodes: [/^transparency-log\//, 'the transparency log'],
  audit_seals: [/^transparency-log\//, 'the transparency log'],
  audit_trail: [/^audit\/audit-trail\.sql|^legacy-import\/import-audit/, 'the audit entries themselves'],
  deadline_warnings: [/^tasks\/task-deadlines\.repository/, 'warnings that were sent'],
  idempotency_keys: [/^infrastructure\/idempotency\//, 'answers to repeated requests'],
  known_devices: [/^auth\/login-protection\//, 'devices that guesses do not slow down'],
  login_failures: [/^auth\/login-protection\//, 'counts of failed log-ins'],
  login_locks: [/^auth\/login-protection\//, 'counts of failed log-ins'],
  login_questions: [/^auth\/login-protection\//, 'captchas under way'],
  migrations: [/^infrastructure\/database\//, 'the record of migrations'],
  notifications: [/^notifications\/|^legacy-import\//, 'follow from audited changes'],
  notified_facts: [/^notifications\/record-notifications\.repository/, 'facts that were notified'],
  pgboss: [/^infrastructure\/database\/pg-boss/, 'jobs of queues that nothing declares any more'],
  recovery_codes: [/^auth\/second-factor\//, 'hashes of secrets; the change of the second factor is audited'],
  redaction_delays: [/^infrastructure\/database-roles\//, 'rules that the database enforces, set by its owner'],
  redaction_keys: [/^infrastructure\/database-roles\//, 'rules that the database enforces, set by its owner'],
  redactions: [/^audit\/redactions\//, 'signatures of audited steps, and redactions repeated after a restore'],
  socket_tickets: [/^notifications\/websocket\//, 'tickets for 30 seconds'],
  task_deltas: [/^analytics\/rollups\//, 'totals, which are compared with a recount'],
  task_history: [/^tasks\/tasks\.repository|^legacy-import\//, 'follows from audited changes'],
  task_tags: [/^tasks\/tags\/|^legacy-import\//, 'a field of a task; the entry of the task has it'],
  task_totals: [/^analytics\/rollups\//, 'totals, which are compared with a recount'],
  user_sessions: [/^auth\/(?:access-tokens|sessions)\//, 'last use, and the hash of a refresh token'],
  users: [/^auth\/second-factor\/|^legacy-import\//, 'counts of codes of second factors'],
  // An import writes one entry for each record that it brings.
  ...Object.fromEntries(
    ['import_map', 'legacy_ids', 'staged_link', 'staged_tag', 'staged_task', 'staged_user', 'tags', 'tasks'].map(
      (table) => [
        table,
        [/^legacy-import\//, 'an import, which audits each record in a statement of its own'] as const,
      ],
    ),
  ),
};

const files = readdirSync(SRC, { recursive: true })
  .map(String)
  .filter((file) => /(?<!\.spec)\.ts$/.test(file) && !file.startsWith('extensions/'));
const written = files.flatMap((file) =>
  [...readFileSync(join(SRC, file), 'utf8').matchAll(WRITE)].map(
    ([, added, updated]) => [added ?? updated ?? '', file] as const,
  ),
);

describe('a statement that writes past the unit of work', () => {
  it('is found in the sources', () => expect(new Set(written.map(([table]) => table)).size).toBeGreaterThan(25));

  it('writes bookkeeping, in the one home of its table', () => {
    const strange = written.filter(([table, file]) => !BOOKKEEPING[table]?.[0].test(file));
    expect(strange.map(([table, file]) => `${table} in ${file}`)).toEqual([]);
  });

  it('is listed as long as it exists', () => {
    const tables = new Set(written.map(([table]) => table));
    expect(Object.keys(BOOKKEEPING).filter((table) => !tables.has(table))).toEqual([]);
  });
});
