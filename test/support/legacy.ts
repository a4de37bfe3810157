import { pbkdf2Sync } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LegacyImportReport } from '../../src/legacy-import/import-report.js';
import { LegacyImport, type ImportOptions } from '../../src/legacy-import/legacy-import.service.js';
import { type TestApp } from './app.js';

export const OLD_PASSWORD = 'old-Password-1';
/** As Django hashes it. */
export const PBKDF2 = `pbkdf2_sha256$1000$salt$${pbkdf2Sync(OLD_PASSWORD, 'salt', 1000, 32, 'sha256').toString('base64')}`;

/** A record as `manage.py dumpdata` writes it. */
export interface Dumped {
  readonly model: string;
  readonly pk: unknown;
  readonly fields: Record<string, unknown>;
}

export function user(pk: unknown, username: string, role: string, more: object = {}): Dumped {
  const fields = {
    ...{ password: PBKDF2, last_login: null, is_superuser: false, username, first_name: '', last_name: '' },
    ...{ email: `${username}@x.org`, is_staff: false, is_active: true, date_joined: '2024-01-01T00:00:00.123456Z' },
    ...{ role, timezone: 'Asia/Kolkata', email_verified: true, groups: [], user_permissions: [] },
  };
  return { model: 'users.user', pk, fields: { ...fields, ...more } };
}

/** Of user 5, for user 7. */
export function task(pk: unknown, parent_task: unknown, status: string, more: object = {}): Dumped {
  const fields = {
    ...{ title: `Täsk ${String(pk)}`, description: '', status, priority: 'high', assigned_to: 7, created_by: 5 },
    ...{ parent_task, estimated_hours: '12.00', actual_hours: null, deadline: '2025-01-01T00:00:00Z' },
    ...{ priority_escalated: false, created_at: '2024-05-01T01:02:03.456789Z', updated_at: '2024-05-02T01:02:03Z' },
  };
  return { model: 'tasks.task', pk, fields: { ...fields, tags: [], ...more } };
}

export const tag = (pk: unknown, name: unknown): Dumped => ({ model: 'tasks.tag', pk, fields: { name } });

export function history(pk: unknown, of: unknown, to_status: string, more: object = {}): Dumped {
  const fields = { task: of, action: 'Status changed', from_status: 'pending', to_status };
  return {
    model: 'tasks.taskhistory',
    pk,
    fields: { ...fields, timestamp: '2024-05-02T01:02:03.000007Z', ...more },
  };
}

export function notification(pk: unknown, to: unknown, about: unknown, more: object = {}): Dumped {
  const fields = { user: to, task: about, message: 'Yours now', notification_type: 'task_assigned' };
  const standing = { created_at: '2024-05-01T01:02:03.456789Z', read: false, is_delivered: true };
  return { model: 'notifications.notification', pk, fields: { ...fields, ...standing, ...more } };
}

/** A small installation: a manager (5), a developer (7), a completed task (30) with a child (31). */
export const DUMP: readonly Dumped[] = [
  notification(2, 7, 30, { read: true }),
  task(31, 30, 'pending', { actual_hours: '3.50', description: null }),
  task(30, null, 'completed', { tags: [3, 3] }),
  tag(3, 'safety'),
  user(5, 'boss', 'manager', { last_login: '2024-06-01T12:00:00+05:30' }),
  user(7, 'deva', 'developer', { email_verified: false, is_active: false }),
  history(9, 30, 'completed'),
  history(8, 30, 'completed', { timestamp: '2024-05-01T00:00:00Z' }),
  { model: 'users.usersession', pk: 1, fields: {} },
  { model: 'admin.logentry', pk: 1, fields: {} },
  { model: 'studies.site', pk: 1, fields: {} },
];

/** A file of its own with these bytes. */
export function fileOf(bytes: string | Buffer): string {
  const path = join(mkdtempSync(join(tmpdir(), 'ctms-legacy-')), 'dump.json');
  writeFileSync(path, bytes);
  return path;
}

export const dumpFile = (records: readonly Dumped[]): string => fileOf(JSON.stringify(records));

/** Imports without the command around it. */
export function importInto(
  app: TestApp,
  origin: string,
  options: Partial<ImportOptions> = {},
): Promise<LegacyImportReport> {
  const match = { users: false, tags: false };
  return app.nest.get(LegacyImport, { strict: false }).run({ from: 'django-json', origin, match, ...options });
}
