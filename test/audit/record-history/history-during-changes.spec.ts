import { DeniedAccessRecorder } from '../../../src/audit/access-log/denied-access.recorder.js';
import { ReadAccessRecorder } from '../../../src/audit/access-log/read-access.recorder.js';
import { anActor, as, type TestActor } from '../../support/actors.js';
import { TestApp } from '../../support/app.js';
import { aTask } from '../../support/factories.js';

describe('the history of a record that changes while it is read', () => {
  let app: TestApp;
  let manager: TestActor;
  let auditor: TestActor;

  beforeAll(async () => {
    app = await TestApp.start();
    manager = await anActor(app, 'manager');
    auditor = await anActor(app, 'auditor');
  });
  afterAll(() => app.stop());

  it.each([
    ['as a whole', '', ReadAccessRecorder, 'record'],
    ['page by page', '?limit=10', DeniedAccessRecorder, 'flush'],
  ] as const)('has the entries that it counts, %s', async (_, query, type, step) => {
    const { id } = await aTask(app, manager.id);
    await as(manager).patch(`/api/tasks/${id}`, { title: 'Before' });
    const service = app.nest.get<Record<string, unknown>>(type, { strict: false });
    const original = (service[step] as (...args: unknown[]) => Promise<void>).bind(service);
    let changes = 0;
    service[step] = async (...args: unknown[]) => {
      if (changes++ === 0) await as(manager).patch(`/api/tasks/${id}`, { title: 'Since' });
      return original(...args);
    };
    const { body } = await as(auditor).get(`/api/audit/entities/task/${id}${query}`);
    delete service[step];
    expect(changes).toBeGreaterThan(0);
    expect(body).toMatchObject({ current: { title: 'Before' } });
    expect(body.entries).toHaveLength(body.entry_count as number);
    const later = (await as(auditor).get(`/api/audit/entities/task/${id}${query}`)).body;
    expect(later).toMatchObject({ current: { title: 'Since' }, entry_count: body.entry_count + 1 });
    expect(later.entries).toHaveLength(later.entry_count as number);
  });
});
