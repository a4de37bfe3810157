import { type Changes } from '../../core/persistence/audited.decorator.js';
import { describeEntry } from './entry-description.js';
import { maskRedacted, type DescribableEntry } from './wording.js';

const TASK = { entity_type: 'task', entity_id: 4, entity_name: 'Visit 4' };
const USER = { entity_type: 'user', entity_id: 2, entity_name: 'asha' };
const TAG = { entity_type: 'tag', entity_id: 9, entity_name: 'site' };
const NONE = { entity_id: null, entity_name: null };
const SYSTEM = { actor_name: 'escalation', actor_role: 'system' };
const VISITOR = { actor_name: 'visitor', actor_role: 'visitor' };

function sentenceOf(action: string, changes: Changes = {}, more: Partial<DescribableEntry> = {}): string {
  const names = { users: { 2: 'asha', 3: 'ravi' }, tags: { 1: 'urgent' } };
  const entry = { actor_name: 'meera', actor_role: 'manager', entity_type: 'task', entity_id: 4, entity_name: null };
  return describeEntry({ ...entry, ...names, ...more, action, changes });
}

describe('the sentence of an entry', () => {
  it.each([
    ['meera started "Visit 4"', 'task.updated', { status: ['pending', 'in_progress'] }],
    ['meera resumed "Visit 4"', 'task.updated', { status: ['blocked', 'in_progress'] }],
    ['meera reopened "Visit 4"', 'task.updated', { status: ['completed', 'in_progress'] }],
    ['meera completed "Visit 4"', 'task.updated', { status: ['pending', 'completed'] }],
    ['meera blocked "Visit 4"', 'task.updated', { status: ['in_progress', 'blocked'] }],
    ['meera put "Visit 4" back to pending', 'task.updated', { status: ['blocked', 'pending'] }],
    ['meera renamed "Visit 4" to "Visit 5"', 'task.updated', { title: ['Visit 4', 'Visit 5'] }],
    [
      'meera moved the deadline of "Visit 4" from 3 March 2026, 09:30 to 10 March 2026, 09:30:15 (UTC)',
      'task.updated',
      { deadline: ['2026-03-03T09:30:00.000Z', '2026-03-10T09:30:15.000Z'] },
    ],
    ['meera handed "Visit 4" from asha to user 77', 'task.updated', { assigned_to: [2, 77] }],
    ['meera raised the priority of "Visit 4" from low to high', 'task.updated', { priority: ['low', 'high'] }],
    ['meera lowered the priority of "Visit 4" from high to low', 'task.updated', { priority: ['high', 'low'] }],
    ['meera put "Visit 4" under task 8', 'task.updated', { parent_task: [null, 8] }],
    ['meera took "Visit 4" out from under task 8', 'task.updated', { parent_task: [8, null] }],
    ['meera entered 3.50 actual hours of "Visit 4"', 'task.updated', { actual_hours: [null, '3.50'] }],
    ['meera tagged "Visit 4" with "urgent" and took the tag 5 off it', 'task.updated', { tags: [[5], [1]] }],
    [
      'meera rewrote the description of "Visit 4", changed its estimate from 1.00 to 2.00 hours and blocked it',
      'task.updated',
      { description: ['a', 'b'], estimated_hours: ['1.00', '2.00'], status: ['pending', 'blocked'] },
    ],
    ['meera deleted "Visit 4"', 'task.deleted', { deleted_at: [null, '2026-03-03T09:30:00.000Z'] }],
    ['meera restored "Visit 4"', 'task.restored', { deleted_at: ['2026-03-03T09:30:00.000Z', null] }],
    [
      'meera created "Visit 4" for ravi, due 3 March 2026, 09:30 (UTC)',
      'task.created',
      { assigned_to: [null, 3], deadline: [null, '2026-03-03T09:30:00.000Z'] },
    ],
    [
      'The system (escalation) raised the priority of "Visit 4" from low to medium, since its deadline is near',
      'task.escalated',
      { priority: ['low', 'medium'], priority_escalated: [false, true] },
      SYSTEM,
    ],
    [
      'meera completed "Visit 4", which followed from a change of a related task',
      'task.status_cascaded',
      { status: ['pending', 'completed'] },
    ],
  ] as [string, string, Changes, Partial<DescribableEntry>][])('%s', (sentence, action, changes, more = {}) => {
    expect(sentenceOf(action, changes, { ...TASK, ...more })).toBe(sentence);
  });

  it.each<[string, string, Changes, Partial<DescribableEntry>]>([
    ['meera renamed tag "site" to "trial site"', 'tag.updated', { name: ['site', 'trial site'] }, TAG],
    ['meera deleted tag "site"', 'tag.deleted', { name: ['site', null] }, TAG],
    [
      'meera changed the role of asha from developer to auditor',
      'user.role_changed',
      { role: ['developer', 'auditor'] },
      USER,
    ],
    ['meera disabled the account of asha', 'user.disabled', { is_active: [true, false] }, USER],
    [
      'meera changed the time zone of asha from UTC to Asia/Kolkata',
      'user.updated',
      { timezone: ['UTC', 'Asia/Kolkata'] },
      USER,
    ],
    ['Someone failed to sign in as asha', 'user.login_failed', {}, { ...USER, ...VISITOR }],
    [
      'Someone failed to sign in as asha (user inactive)',
      'user.login_failed',
      { code: [null, 'user_inactive'] },
      { ...USER, ...VISITOR },
    ],
    ['Someone failed to sign in with an unknown name', 'user.login_failed', {}, { ...NONE, ...VISITOR }],
    ['meera signed out', 'session.ended', { end_reason: [null, 'logout'] }, { entity_type: 'session' }],
    [
      'meera was refused PATCH /api/tasks/{id} on task 7 (outside working hours), 40 times within a minute',
      'access.refused',
      {
        operation: [null, 'PATCH /api/tasks/{id}'],
        code: [null, 'outside_working_hours'],
        record: [null, 'task 7'],
        times: [null, 40],
      },
      NONE,
    ],
    [
      'meera read the audit trail where actor=3, limit=5',
      'audit.read',
      { operation: [null, 'GET /api/audit/entries'], query: [null, { actor: '3', limit: '5' }] },
      NONE,
    ],
    [
      'The system (sealer) introduced the key a8f4a180, which signs the audit trail from then on',
      'key.introduced',
      { key_id: [null, 'a8f4a180'] },
      { entity_type: 'key', entity_id: 1, entity_name: 'a8f4a180', actor_name: 'sealer', actor_role: 'system' },
    ],
    [
      'meera exported tasks as CSV where status=blocked,pending',
      'tasks.exported',
      { query: [null, { status: ['blocked', 'pending'] }] },
      NONE,
    ],
  ])('%s', (sentence, action, changes, entity) => {
    expect(sentenceOf(action, changes, entity)).toBe(sentence);
  });

  it('names redactions and the redacted fields', () => {
    const entry = { entity_type: 'entry', entity_id: 22, entity_name: null };
    const fields: [null, string[]] = [null, ['reason', 'description.after']];
    expect(sentenceOf('entry.redacted', { fields, requested_by: [null, 'ravi'] }, entry)).toBe(
      'meera redacted reason and description (after) of audit entry 22, as ravi had asked',
    );
    const beyond = {
      entry: [null, '3000000022'] as [null, string],
      fields,
      requested_by: [null, 'ravi'] as [null, string],
    };
    expect(sentenceOf('entry.redacted', beyond, { ...entry, entity_id: null })).toBe(
      'meera redacted reason and description (after) of audit entry 3000000022, as ravi had asked',
    );
    const asked = { entity_type: 'redaction', entity_id: 3, entity_name: null };
    expect(sentenceOf('redaction.requested', { entry: [null, '22'], fields }, asked)).toBe(
      'meera asked for reason and description (after) of audit entry 22 to be redacted',
    );
    expect(sentenceOf('redaction.declined', { status: ['pending', 'declined'] }, asked)).toBe(
      'meera declined redaction 3',
    );
    const changes = { title: [null, 'Visit 5'] as [unknown, unknown] };
    const redacted = [{ field: 'entity_name' }, { field: 'title.before' }];
    const whole = {
      actor_name: 'meera',
      actor_role: 'manager',
      action: 'task.updated',
      ...TASK,
      users: null,
      tags: null,
    };
    expect(describeEntry(maskRedacted({ ...whole, entity_name: null, changes, redacted }))).toBe(
      'meera renamed [redacted] to "Visit 5"',
    );
  });

  it('describes unknown actions in general words', () => {
    const study = { entity_type: 'study', entity_id: 3, entity_name: 'ASTER-2' };
    expect(sentenceOf('study.updated', { phase: [1, 2], sites: [null, ['a']] }, study)).toBe(
      'meera updated study "ASTER-2": phase from 1 to 2, sites ["a"]',
    );
    expect(sentenceOf('study.protocol_amended', {}, { ...study, entity_name: null })).toBe(
      'meera: protocol amended, study 3',
    );
    expect(sentenceOf('task.updated', { site: [null, true] }, TASK)).toBe(
      'meera changed the site of "Visit 4" from nothing to yes',
    );
  });

  it.each<[string, string, Changes, Partial<DescribableEntry>]>([
    [
      String.raw`meera renamed "Visit 4" to "x\" and manager approved \"Release of batch 7"`,
      'task.updated',
      { title: ['Visit 4', 'x" and manager approved "Release of batch 7'] },
      TASK,
    ],
    [String.raw`meera deleted "back\\slash\\"`, 'task.deleted', {}, { ...TASK, entity_name: 'back\\slash\\' }],
    [
      String.raw`meera deleted "a\u{202e}b\u{a}c\u{200b}\u{2066}"`,
      'task.deleted',
      {},
      { ...TASK, entity_name: 'a\u202eb\nc\u200b\u2066' },
    ],
    ['meera deleted "क्\u200dष 👩\u200d🔬"', 'task.deleted', {}, { ...TASK, entity_name: 'क्\u200dष 👩\u200d🔬' }],
    [String.raw`meera deleted "pa\u{200d}y"`, 'task.deleted', {}, { ...TASK, entity_name: 'pa\u200dy' }],
    [
      '"meera approved x. omar" deleted "Visit 4"',
      'task.deleted',
      {},
      { ...TASK, actor_name: 'meera approved x. omar' },
    ],
    [
      'meera disabled the account of "asha and ravi"',
      'user.disabled',
      { is_active: [true, false] },
      { ...USER, entity_name: 'asha and ravi' },
    ],
    [
      'meera changed the time zone of asha from UTC to "UTC and more"',
      'user.updated',
      { timezone: ['UTC', 'UTC and more'] },
      USER,
    ],
    [
      String.raw`meera was refused GET /api/tasks/{id} on "task 7\", approved" (not yours)`,
      'access.refused',
      { operation: [null, 'GET /api/tasks/{id}'], code: [null, 'not_yours'], record: [null, 'task 7", approved'] },
      NONE,
    ],
    [
      'meera read the audit trail where q="a, limit=1"',
      'audit.read',
      { operation: [null, 'GET /api/audit/entries'], query: [null, { q: 'a, limit=1' }] },
      NONE,
    ],
    [
      'meera renamed "[redacted]" to "nothing"',
      'task.updated',
      { title: ['x', 'nothing'] },
      { ...TASK, entity_name: '[redacted]' },
    ],
    [
      'meera updated study 3: phase from nothing to "nothing", name "1, approved yes"',
      'study.updated',
      { phase: [undefined, 'nothing'], name: [null, '1, approved yes'] },
      { entity_type: 'study', entity_id: 3 },
    ],
    [
      `meera updated study 3: sites ${JSON.stringify(`["${'a'.repeat(78)}…`)}`,
      'study.updated',
      { sites: [null, ['a'.repeat(100)]] },
      { entity_type: 'study', entity_id: 3 },
    ],
  ])('keeps values within their quotation marks: %s', (sentence, action, changes, more) => {
    expect(sentenceOf(action, changes, more)).toBe(sentence);
  });
});
