import sql from 'sql-template-tag';
import { systemPrincipal } from '../../src/core/authorization/actor.js';
import { EventBus } from '../../src/core/persistence/domain-events.js';
import { HeldChange } from '../../src/core/persistence/held-change.js';
import { UnitOfWork } from '../../src/core/persistence/unit-of-work.js';
import { Database } from '../../src/infrastructure/database/database.js';
import { Tag } from '../../src/tasks/tags/tag.entity.js';
import { TestApp } from '../support/app.js';
import { waitFor } from '../support/wait-for.js';

describe('A change that is held until the answer is known', () => {
  let app: TestApp;
  let unitOfWork: UnitOfWork;

  beforeAll(async () => {
    app = await TestApp.start();
    unitOfWork = app.nest.get(UnitOfWork);
  });
  afterAll(() => app.stop());
  // Other parts of the product use a connection for a moment now and then.
  afterEach(() => {
    const { pool } = app.nest.get(Database);
    return waitFor(() => pool.idleCount === pool.totalCount);
  });

  const held = () => new HeldChange(async () => undefined);
  const by = (change: HeldChange) => ({ ...systemPrincipal('spec'), held: change });
  const make = (change: HeldChange, name: string) => unitOfWork.run(by(change), (tx) => tx.insert(Tag, [{ name }]));
  const found = async () =>
    (
      await app.rows<{ name: string }>(sql`SELECT t.name FROM tags t JOIN audit_trail a ON a.action = 'tag.created'
      AND a.entity_id = t.id ORDER BY t.name`)
    ).map(({ name }) => name);
  const commit = (change: HeldChange) => unitOfWork.commitHeld(change, () => undefined);
  const clear = () => app.rows(sql`DELETE FROM tags`);

  it('is committed with what is enqueued last', async () => {
    const change = held();
    await make(change, 'a');
    expect(await found()).toEqual([]);
    await unitOfWork.commitHeld(change, (tx, entries) => {
      expect(entries.map(({ action }) => action)).toEqual(['tag.created']);
      tx.enqueue(sql`UPDATE tags SET name = 'b' WHERE name = 'a'`);
    });
    expect(await found()).toEqual(['b']);
    await clear();
  });

  it('is one of all its parts, also of those that begin at once', async () => {
    const change = held();
    await Promise.all([make(change, 'c'), make(change, 'd')]);
    await make(change, 'e');
    expect(await found()).toEqual([]);
    await commit(change);
    expect(await found()).toEqual(['c', 'd', 'e']);
    await clear();
  });

  it('is rolled back as a whole', async () => {
    const change = held();
    await make(change, 'f');
    await unitOfWork.rollBackHeld(change);
    expect(await found()).toEqual([]);
  });

  it('cannot be committed once a further part has failed, whether or not that was caught', async () => {
    const change = held();
    await make(change, 'g');
    await expect(make(change, 'g')).rejects.toMatchObject({ code: '23505' });
    await expect(make(change, 'h')).rejects.toMatchObject({ code: '23505' });
    await expect(commit(change)).rejects.toMatchObject({ code: '23505' });
    expect(await found()).toEqual([]);
  });

  it('can begin again where its first part has failed', async () => {
    const change = held();
    await expect(unitOfWork.run(by(change), (tx) => tx.query(sql`SELECT 1 / ${0}::int`))).rejects.toMatchObject({
      code: '22012',
    });
    await make(change, 'i');
    await commit(change);
    expect(await found()).toEqual(['i']);
    await clear();
  });

  it('is committed with a part that collided with another transaction and waits for its next attempt', async () => {
    const change = held();
    let attempts = 0;
    const part = unitOfWork.run(by(change), async (tx) => {
      if (++attempts === 1) throw Object.assign(new Error('met another'), { code: '40P01' });
      await tx.insert(Tag, [{ name: 'l' }]);
    });
    await waitFor(() => attempts === 1);
    await commit(change);
    await part;
    expect(await found()).toEqual(['l']);
    await clear();
  });

  it('fails with what was enqueued and not waited for, before the answer', async () => {
    const change = held();
    const failing = unitOfWork.run(by(change), async (tx) => {
      await tx.insert(Tag, [{ name: 'j' }]);
      tx.enqueue(sql`SELECT 1 / ${0}::int`);
    });
    await expect(failing).rejects.toMatchObject({ code: '22012' });
    await commit(change);
    expect(await found()).toEqual([]);
  });

  it('takes no part that begins after its end: that stands by itself', async () => {
    const change = held();
    await commit(change);
    await make(change, 'k');
    expect(await found()).toEqual(['k']);
    await clear();
  });

  it('notifies subscribers only after the commit', async () => {
    const change = held();
    const heard: unknown[] = [];
    app.nest.get(EventBus).afterCommit('principal.changed', (event) => {
      heard.push(event.items);
    });
    await unitOfWork.run(by(change), async (tx) =>
      tx.emit('principal.changed', { items: ['user:0'], requestId: null }),
    );
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(heard).toEqual([]);
    await commit(change);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(heard).toEqual([['user:0']]);
  });
});
