import sql from 'sql-template-tag';
import { systemPrincipal } from '../../src/core/authorization/actor.js';
import { EventBus } from '../../src/core/persistence/domain-events.js';
import { type AuditedTransaction } from '../../src/core/persistence/audited-transaction.js';
import { UnitOfWork } from '../../src/core/persistence/unit-of-work.js';
import { Tag } from '../../src/tasks/tags/tag.entity.js';
import { TestApp } from '../support/app.js';
import { waitFor } from '../support/wait-for.js';

describe('a transaction whose COMMIT was sent', () => {
  let app: TestApp;
  let unitOfWork: UnitOfWork;
  const heard: string[] = [];
  const author = systemPrincipal('spec');

  beforeAll(async () => {
    app = await TestApp.start();
    unitOfWork = app.nest.get(UnitOfWork);
    app.nest.get(EventBus).afterCommit('records.changed', ({ entries }) => {
      heard.push(...entries.map(({ entityName }) => String(entityName)));
    });
  });
  afterAll(() => app.stop());

  const named = (name: string) => app.rows(sql`SELECT FROM tags WHERE name = ${name}`);
  const make = (name: string) => (tx: AuditedTransaction) => tx.insert(Tag, [{ name }]);

  it('notifies subscribers where it was committed, also where the response then fails', async () => {
    const failing = unitOfWork.run(author, make('unread'), async () => {
      throw new Error('no response');
    });
    await expect(failing).rejects.toThrow('no response');
    expect(await named('unread')).toHaveLength(1);
    await waitFor(() => heard.includes('unread'));
  });

  it('notifies subscribers where it was committed, also where its rows cannot be used', async () => {
    const failing = unitOfWork.run(author, async (tx) => {
      await make('unusable')(tx);
      tx.enqueue(sql`SELECT 1`, () => {
        throw new Error('no use');
      });
    });
    await expect(failing).rejects.toThrow('no use');
    expect(await named('unusable')).toHaveLength(1);
    await waitFor(() => heard.includes('unusable'));
  });

  it('fails where the server rolled it back, also where the work caught the error', async () => {
    const failing = unitOfWork.run(author, async (tx) => {
      await tx.query(sql`INSERT INTO tags (name) VALUES ('unkept')`);
      await tx.query(sql`SELECT 1 / ${0}::int`).catch(() => undefined);
    });
    await expect(failing).rejects.toMatchObject({ code: '22012' });
    expect(await named('unkept')).toEqual([]);
  });
});
