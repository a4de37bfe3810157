import { setTimeout as sleep } from 'node:timers/promises';
import { type Client } from 'pg';
import {
  parseCheckpoint,
  signCheckpoint,
  type SignedCheckpoint,
} from '../../src/transparency-log/format/checkpoint.js';
import { CheckpointSigningKey } from '../../src/transparency-log/sequencing/checkpoint-signing-key.js';
import { rawKey, signerOf, type NoteSigner } from '../../src/transparency-log/format/signed-note.js';
import { sql, TestApp } from '../support/app.js';
import { checkpointOf, intruder, sealer, someHistory, TABLES, verified } from '../support/seals.js';

let app: TestApp;
let thief: Client;
let exported: SignedCheckpoint[];

/** Entries 1 to 5, that of the key, and 7 to 21; the second ten are later by more than the grace. */
beforeAll(async () => {
  app = await TestApp.start();
  thief = await intruder(app);
  await someHistory(app, 10, 5);
  exported = [await checkpointOf(app)];
  await sleep(1200);
  await someHistory(app, 10, 5);
  exported.push(await checkpointOf(app));
  await sleep(1200);
  for (const table of TABLES) await thief.query(`CREATE TABLE kept_${table} AS TABLE ${table}`);
}, 60_000);
afterEach(async () => {
  for (const table of TABLES) await replace(table, `kept_${table}`);
});
afterAll(async () => {
  await thief.end();
  await app.stop();
});

const replace = (table: string, by: string) =>
  thief.query(`DELETE FROM ${table}; INSERT INTO ${table} OVERRIDING SYSTEM VALUE SELECT * FROM ${by}`);

/** Findings after the change of the database. */
async function found(statements: string, checkpoints = exported): Promise<string> {
  await thief.query(statements);
  return verified(app, checkpoints, 1).then(
    ({ entries }) => `OK: ${entries}`,
    (error: Error) => error.message,
  );
}

describe('an unchanged trail', () => {
  it('verifies, with the checkpoints that were exported', async () => {
    expect(exported.map(({ checkpoint }) => checkpoint.size)).toEqual([11, 21]);
    expect(await verified(app, exported, 1)).toMatchObject({ entries: 21, checkpoints: 4, waiting: 0 });
  });
});

describe('with the rights of a superuser', () => {
  const CHANGED = 'is not as it was sealed: something in it was changed.';

  it.each([
    ['an entry is edited', `UPDATE audit_trail SET actor_name = 'ravi' WHERE id = 8`],
    ['a before-value is replaced', `UPDATE audit_trail SET changes = '{"title": ["Odd 7", "New 7"]}' WHERE id = 8`],
    ['a reason is put in', `UPDATE audit_trail SET reason = 'Because' WHERE id = 8`],
    ['a name is taken out', `UPDATE audit_trail SET entity_name = NULL WHERE id = 8`],
    ['its salt is exchanged', `UPDATE audit_trail SET salt = uuid_send(gen_random_uuid()) WHERE id = 8`],
    ['times are shifted', `UPDATE audit_trail SET occurred_at = occurred_at + interval '1 us' WHERE id >= 8`],
    [
      'two entries are swapped',
      `UPDATE audit_trail a SET changes = b.changes, salt = b.salt FROM audit_trail b WHERE (a.id, b.id) IN ((8, 9), (9, 8))`,
    ],
    ['its hash is forged', `UPDATE audit_seals SET leaf_hash = sha256('x') WHERE entry_id = 8`],
  ])('%s', async (_, statements) => {
    expect(await found(statements)).toBe(`Entry 8 (task.updated, task 7) at position 7 ${CHANGED}`);
  });

  it('an entry is deleted, with its seal or without', async () => {
    expect(await found('DELETE FROM audit_trail WHERE id = 8')).toBe('Entry 8, sealed at position 7, is gone.');
    expect(await found('DELETE FROM audit_seals WHERE entry_id = 8')).toBe(
      'Nothing is sealed at position 7: it was cut out before entry 9.',
    );
  });

  it('the seals close the gap of a deleted entry', async () => {
    const statements = `DELETE FROM audit_trail WHERE id = 8; DELETE FROM audit_seals WHERE entry_id = 8;
      UPDATE audit_seals SET position = -position WHERE position > 7;
      UPDATE audit_seals SET position = -position - 1 WHERE position < 0`;
    expect(await found(statements)).toBe(
      'The seals at positions 6 to 7 are not those that were put there: together they have another hash.',
    );
  });

  it('two entries are swapped with their seals', async () => {
    const swapped = `(VALUES (7, 8), (8, 7)) AS swap(a, b) WHERE position = -a`;
    const statements = `UPDATE audit_seals SET position = -position WHERE position IN (7, 8);
      UPDATE audit_seals SET position = b FROM ${swapped}`;
    expect(await found(statements)).toBe(
      'The seals at positions 6 to 7 are not those that were put there: together they have another hash.',
    );
    expect(await found('DELETE FROM audit_nodes')).toContain('The seals at positions 0 to 1 are not those');
  });

  const COPY = `INSERT INTO audit_trail (occurred_at, actor_name, actor_role, action, entity_type, entity_id, changes, salt)
    SELECT occurred_at, actor_name, actor_role, action, entity_type, entity_id, changes, salt FROM audit_trail WHERE id = 3`;

  it('an entry is put in or doubled', async () => {
    expect(await found(COPY)).toMatch(/^Entry \d+ \(task.updated, task 3\) of .* was never sealed/);
    await sealer(app).integrate();
    expect(await found('')).toMatch(
      /^Entry \d+ \(task.updated, task 3\) at position 21 says that it happened at .*, yet was sealed after entry \d+ /,
    );
  });

  it('an entry is of the future', async () => {
    await found(`${COPY}; UPDATE audit_trail SET occurred_at = now() + interval '1 day' WHERE id > 21`);
    await sealer(app).integrate();
    expect(await found('')).toMatch(
      /^Entry \d+ .* at position 21 says that it happened at .*, after the checkpoint that/,
    );
  });

  it('a row is there twice, past the constraints', async () => {
    const statements = `ALTER TABLE audit_trail DROP CONSTRAINT audit_trail_pkey;
      INSERT INTO audit_trail OVERRIDING SYSTEM VALUE SELECT * FROM audit_trail WHERE id = 8`;
    expect(await found(statements)).toBe('Entry 8 (task.updated, task 7) at position 7 is there twice.');
    for (const table of TABLES) await replace(table, `kept_${table}`);
    await thief.query('ALTER TABLE audit_trail ADD CONSTRAINT audit_trail_pkey PRIMARY KEY (id)');
  });

  it('the head is cut', async () => {
    expect(await found('DELETE FROM audit_trail WHERE id <= 3; DELETE FROM audit_seals WHERE position < 3')).toBe(
      'Nothing is sealed at position 0: it was cut out before entry 4.',
    );
  });

  it('the tail is cut', async () => {
    const tail = 'DELETE FROM audit_trail WHERE id > 16; DELETE FROM audit_seals WHERE position >= 16';
    expect(await found(tail)).toMatch(
      /^Nothing is sealed at position 16: the tail is missing, since there was the checkpoint of 21 entries of /,
    );
    const traces = `DELETE FROM audit_checkpoints WHERE tree_size > 16;
      DELETE FROM audit_nodes WHERE (index + 1) << level::int > 16`;
    expect(await found(traces, [])).toBe('OK: 16');
    expect(await found('')).toMatch(
      /^Nothing is sealed at position 16: .* the checkpoint of 21 entries of .* that had left the host\.$/,
    );
  });

  it('the checkpoints are cut, or a subtree is left over', async () => {
    const checkpoints = 'DELETE FROM audit_checkpoints WHERE tree_size > 16';
    expect(await found(checkpoints, [])).toBe('No checkpoint vouches for position 16 (entry 17).');
    const seals = 'DELETE FROM audit_seals WHERE position >= 16';
    expect(await found(`${checkpoints}; ${seals}`, [])).toBe('The node 1/8 is stored for entries that are not there.');
  });

  it('all is rolled back to a backup, and goes on from there', async () => {
    await found(`DELETE FROM audit_trail WHERE id > 16; DELETE FROM audit_seals WHERE position >= 16;
      DELETE FROM audit_checkpoints WHERE tree_size > 16; DELETE FROM audit_nodes WHERE (index + 1) << level::int > 16`);
    await someHistory(app, 30);
    expect(await found('', [])).toBe('OK: 46');
    expect(await found('')).toMatch(
      /^The entries from position 11 on, before 21, are not those of the checkpoint of 21 entries of .*host/,
    );
  });

  describe('and other keys', () => {
    const own = (): NoteSigner => app.nest.get(CheckpointSigningKey, { strict: false }).signer;
    const forged = (signer: NoteSigner) =>
      signCheckpoint((exported[1] as SignedCheckpoint).checkpoint, signer).replaceAll("'", "''");

    it('a checkpoint is forged', async () => {
      const other = signerOf(own().name, Buffer.alloc(32, 9).toString('base64'));
      const statements = `UPDATE audit_checkpoints SET note = '${forged(other)}' WHERE tree_size = 21`;
      expect(await found(statements)).toMatch(
        new RegExp(`^The signature of the checkpoint of 21 entries of .* is not that of the key ${own().id}`),
      );
      // Not even under the id of the true one.
      const masked = `UPDATE audit_checkpoints SET note = '${forged({ ...other, id: own().id })}' WHERE tree_size = 21`;
      expect(await found(masked)).toContain(`is not that of the key ${own().id}`);
      expect(await found(`UPDATE audit_checkpoints SET note = 'x' WHERE tree_size = 21`)).toContain('cannot be read');
      const time = `UPDATE audit_checkpoints c SET note = k.note, created_at = k.created_at - interval '1 day'
        FROM kept_audit_checkpoints k WHERE c.tree_size = 21 AND k.tree_size = 21`;
      expect(await found(time)).toContain('are not what its note says');
    });

    it('a checkpoint that had left the host is forged', async () => {
      const other = signerOf(own().name, Buffer.alloc(32, 9).toString('base64'));
      const { checkpoint } = exported[1] as SignedCheckpoint;
      expect(await found('', [parseCheckpoint(signCheckpoint(checkpoint, other))])).toContain('is not that of the key');
    });

    it('a key is put in, exchanged or taken out', async () => {
      const other = signerOf(own().name, Buffer.alloc(32, 9).toString('base64'));
      const key = rawKey(other.publicKey).toString('base64');
      expect(
        await found(`INSERT INTO audit_keys (key_id, origin, public_key, first_size)
          VALUES ('${other.id}', '${other.name}', '${key}', 16)`),
      ).toBe(`The key ${other.id} in audit_keys was never introduced by an entry of the trail.`);
      await replace('audit_keys', 'kept_audit_keys');
      expect(await found(`UPDATE audit_keys SET key_id = '${other.id}', public_key = '${key}'`)).toBe(
        `The key ${other.id} in audit_keys was never introduced by an entry of the trail.`,
      );
      expect(await found('DELETE FROM audit_keys')).toMatch(
        /^Entry 6 \(key.introduced, key 1\) introduced a key that is not in audit_keys as it was then\.$/,
      );
    });

    it('the whole history is rewritten', async () => {
      const other = signerOf(own().name, Buffer.alloc(32, 9).toString('base64'));
      const restarted = await TestApp.start({ AUDIT_SIGNING_KEY: Buffer.alloc(32, 9).toString('base64') }, app);
      try {
        await thief.query(`DELETE FROM audit_seals; DELETE FROM audit_nodes; DELETE FROM audit_checkpoints;
          DELETE FROM audit_keys; DELETE FROM audit_trail WHERE id IN (6, 8)`);
        await sealer(restarted).integrate();
        await sealer(restarted).integrate();
        expect(await found('', [])).toBe(
          `The audit trail was last signed by the key ${other.id}, which is not the one that is configured here (${own().id}).`,
        );
        expect(await found('')).toContain(`is not that of the key ${other.id}, which signed then`);
      } finally {
        await restarted.stop();
      }
    });
  });

  it('and the sealer goes on from nothing that is not as it was signed', async () => {
    await thief.query(`UPDATE audit_nodes SET hash = sha256('x') WHERE level = 4`);
    await expect(someHistory(app, 1)).rejects.toThrow('The seals do not give the root of the checkpoint of 21 entries');
    await thief.query('DELETE FROM audit_nodes WHERE level = 4');
    await expect(sealer(app).integrate()).rejects.toThrow('The node 4/0 of the tree is missing');
    expect(await app.rows(sql`SELECT FROM audit_seals`)).toHaveLength(21);
  });
});
