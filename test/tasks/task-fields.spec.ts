import sql from 'sql-template-tag';
import { DataSource } from 'typeorm';
import { auditMetadataOf } from '../../src/core/persistence/audited.decorator.js';
import { Task } from '../../src/tasks/task.entity.js';
import { anActor, as, type TestActor } from '../support/actors.js';
import { TestApp } from '../support/app.js';
import { document } from '../support/openapi.js';

/** Columns that no answer shows, each with the reason. */
const INTERNAL: Readonly<Record<string, string>> = {
  criticalGivenBy: 'a fact for the exception from working hours',
  completedAt: 'follows from the history; analytics read it',
  deletedAt: 'deleted tasks are 404; the audit trail has it',
};
/** Columns that the unit of work maintains, which are in an entry besides its changes. */
const MAINTAINED = ['id', 'version', 'updatedAt'];
/** Fields of an answer that are in no column. */
const DERIVED = ['assigned_to_user', 'created_by_user', 'tags'];

type Json = Record<string, unknown>;

let app: TestApp;
let manager: TestActor;
let created: Json;
let properties: readonly string[];
/** The name of a property in the API, as the audit trail has it. */
let fieldOf: (property: string) => string;

const schema = (name: 'NewTask' | 'TaskPatch'): string[] => Object.keys(document.components.schemas[name].properties);

/** Every field that a client can set, each other than its default. */
const everyField = (tag: number, parent: number): Json => ({
  title: 'Visit 4',
  description: 'Prepare the room',
  status: 'in_progress',
  priority: 'high',
  estimated_hours: '8.50',
  actual_hours: '1.25',
  deadline: '2100-01-01T00:00:00.000Z',
  assigned_to: manager.id,
  parent_task: parent,
  tags: [tag],
});

beforeAll(async () => {
  app = await TestApp.start();
  manager = await anActor(app, 'manager');
  const { fields } = auditMetadataOf(Task);
  properties = app.nest
    .get(DataSource)
    .getMetadata(Task)
    .columns.map(({ propertyName }) => propertyName);
  fieldOf = (property) => fields[property] ?? property.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  const tag = (await as(manager).post('/api/tags', { name: 'site' })).body as { id: number };
  const parent = await as(manager).post('/api/tasks', { ...everyField(tag.id, 1), parent_task: null });
  created = (await as(manager).post('/api/tasks', everyField(tag.id, parent.body.id as number))).body as Json;
});
afterAll(() => app.stop());

describe('a column of a task', () => {
  const shown = () => properties.filter((property) => !(property in INTERNAL)).map(fieldOf);

  it('is in the answer, or is listed as internal', () =>
    expect(Object.keys(created).sort()).toEqual([...shown(), ...DERIVED].sort()));

  it('is recorded in the audit trail, unless the unit of work maintains it', async () => {
    const { fields } = auditMetadataOf(Task);
    const missing = properties.filter((property) => !(property in fields) && !MAINTAINED.includes(property));
    expect(missing).toEqual(['criticalGivenBy', 'completedAt']);
    const [entry] = await app.rows<{ changes: Json }>(sql`SELECT changes FROM audit_trail
      WHERE entity_type = 'task' AND action = 'task.created' AND entity_id = ${created.id}`);
    const given = Object.keys(created).filter(
      (field) => !DERIVED.includes(field) && !['id', 'version', 'updated_at'].includes(field),
    );
    expect(Object.keys(entry?.changes ?? {}).sort()).toEqual([...given, 'tags'].sort());
  });

  it('is in the export as CSV, in the order of the answer', async () => {
    const { text } = await as(manager).get('/api/tasks/export.csv');
    const [header = ''] = text.split('\r\n');
    expect(header.replaceAll('"', '').split(',')).toEqual([...Object.keys(created), 'tag_names']);
  });

  it('is in the task as of a time', async () => {
    const now = encodeURIComponent(app.clock.now().toISOString());
    const { body } = await as(manager).get(`/api/tasks/${String(created.id)}?as_of=${now}`);
    expect(body).toEqual(created);
  });
});

describe('a field that a client sets', () => {
  it('is in a new task and in a change alike', () => {
    expect(
      schema('NewTask')
        .filter((field) => field !== 'reason')
        .sort(),
    ).toEqual(Object.keys(everyField(1, 1)).sort());
    expect(
      schema('TaskPatch')
        .filter((field) => !['reason', 'version'].includes(field))
        .sort(),
    ).toEqual(Object.keys(everyField(1, 1)).sort());
  });

  it('is readable in the request log', async () => {
    await app.flushed();
    const [line] = await app.rows<{ request_body: Json }>(sql`SELECT request_body FROM api_audit_logs
      WHERE method = 'POST' AND path LIKE '/api/tasks%' ORDER BY id DESC LIMIT 1`);
    const masked = Object.entries(line?.request_body ?? {}).filter(([, value]) => value === '***');
    expect(masked).toEqual([]);
    expect(Object.keys(line?.request_body ?? {}).sort()).toEqual(Object.keys(everyField(1, 1)).sort());
  });

  it.each([
    'title',
    'description',
    'status',
    'priority',
    'estimated_hours',
    'actual_hours',
    'deadline',
    'parent_task',
    'tags',
  ])('has words in the sentence of its change: %s', async (field) => {
    const values: Json = {
      status: 'pending',
      priority: 'low',
      deadline: '2101-01-01T00:00:00Z',
      parent_task: null,
      tags: [],
    };
    const value = field in values ? values[field] : field.endsWith('hours') ? '3.00' : 'Other';
    const { status } = await as(manager).patch(`/api/tasks/${String(created.id)}`, { [field]: value });
    expect(status).toBe(200);
    const { body } = await as(manager).get(`/api/audit/entities/task/${String(created.id)}?limit=500`);
    const { entries } = body as { entries: { sentence: string; changes: Json }[] };
    const last = entries.at(-1);
    expect(Object.keys(last?.changes ?? {})).toContain(field);
    expect(last?.sentence).not.toMatch(/_/);
  });
});
