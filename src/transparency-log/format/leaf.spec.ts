import { createHash, createHmac } from 'node:crypto';
import fc from 'fast-check';
import { canonicalJson } from './canonical-json.js';
import { entryLeafHash, redactOpenings, leafContent, type EntryRow } from './leaf.js';

const row: EntryRow = {
  id: '42',
  occurred_at: '2026-03-01T09:30:00.123456Z',
  actor_id: 2,
  actor_name: 'asha',
  actor_role: 'manager',
  action: 'task.updated',
  entity_type: 'task',
  entity_id: 3,
  entity_version: 2,
  entity_name: 'Close-out visit',
  entity_updated_at: '2026-03-01T09:30:00.120000Z',
  changes: { title: ['Close-out visit', 'Closing visit'], tags: [[], [1, 2]], actual_hours: [null, '2.00'] },
  reason: 'Typing error',
  request_id: 'r-1',
  session_id: 7,
  ip_address: '203.0.113.7',
  salt: Buffer.from('000102030405060708090a0b0c0d0e0f', 'hex'),
};

/** Leaf hash as an outsider computes it from the documents alone. */
function committed(path: string, json: string): string {
  const salt = createHmac('sha256', row.salt as Buffer)
    .update(path)
    .digest()
    .subarray(0, 16);
  return createHash('sha256').update(salt).update(json).digest('hex');
}

const hashed = (entry: EntryRow) => entryLeafHash(leafContent(entry)).toString('hex');

describe('the leaf of an entry', () => {
  it('shows what cannot be taken out and commits to the rest', () => {
    expect(leafContent(row)).toEqual({
      v: 1,
      id: 42,
      occurred_at: row.occurred_at,
      actor_id: 2,
      actor_name: 'asha',
      actor_role: 'manager',
      action: 'task.updated',
      entity_type: 'task',
      entity_id: 3,
      entity_version: 2,
      entity_updated_at: row.entity_updated_at,
      entity_name: committed('entity_name', '"Close-out visit"'),
      changes: {
        title: [committed('changes.title.0', '"Close-out visit"'), committed('changes.title.1', '"Closing visit"')],
        tags: [committed('changes.tags.0', '[]'), committed('changes.tags.1', '[1,2]')],
        actual_hours: [null, committed('changes.actual_hours.1', '"2.00"')],
      },
      reason: committed('reason', '"Typing error"'),
      request_id: 'r-1',
      session_id: 7,
      ip_address: '203.0.113.7',
    });
  });

  it('has the hash that it always had', () => {
    expect(hashed(row)).toBe('fd08ecad16b71ae864ec22c5adef1ea882567644e8dc6557eb2428b0ec5ca4eb');
  });

  it('changes with any change of the entry', () => {
    const entry = fc.record({
      occurred_at: fc.constantFrom('2026-03-01T09:30:00.123456Z', '2026-03-01T09:30:00.123457Z'),
      entity_name: fc.option(fc.string()),
      reason: fc.option(fc.string()),
      changes: fc.dictionary(fc.string(), fc.tuple(fc.jsonValue(), fc.jsonValue())),
      actor_id: fc.option(fc.nat(3)),
    });
    fc.assert(
      fc.property(entry, entry, (a, b) => {
        const [one, other] = [a, b].map((given) => JSON.parse(JSON.stringify(given)) as typeof a);
        const same = canonicalJson(one) === canonicalJson(other);
        expect(hashed({ ...row, ...one }) === hashed({ ...row, ...other })).toBe(same);
      }),
    );
  });

  it('exists for any shape of the changes', () => {
    const hashes = [null, 5, [], {}, { a: 5 }, { a: [] }, { a: null }, { a: [null] }, { __proto__: [1, 2] }].map(
      (changes) => hashed({ ...row, changes }),
    );
    expect(new Set(hashes).size).toBe(hashes.length - 1);
  });

  it('distinguishes ids that are equal as doubles', () => {
    const ids = ['9007199254740991', '9007199254740992', '9007199254740993'];
    expect(ids.map((id) => leafContent({ ...row, id }).id)).toEqual([9007199254740991, ...ids.slice(1)]);
  });
});

describe('an entry from which values were taken out', () => {
  const without = (taken: string[], entry: EntryRow = row): EntryRow => {
    const openings = redactOpenings(entry, taken);
    const changes = Object.fromEntries(
      Object.entries(entry.changes as Record<string, unknown[]>).map(([field, values]) => [
        field,
        values.map((value, i) => (taken.includes(`changes.${field}.${i}`) ? null : value)),
      ]),
    );
    const left = (path: 'reason' | 'entity_name') => (taken.includes(path) ? null : entry[path]);
    return { ...entry, changes, reason: left('reason'), entity_name: left('entity_name'), salt: null, openings };
  };
  const paths = ['entity_name', 'reason', 'changes.title.0', 'changes.title.1', 'changes.tags.0', 'changes.tags.1'];

  it('keeps its leaf, whichever they were and however often', () => {
    fc.assert(
      fc.property(fc.subarray(paths), fc.subarray(paths), (first, second) => {
        const once = without(first);
        const twice = without(
          second.filter((path) => !first.includes(path)),
          once,
        );
        expect([hashed(once), hashed(twice)]).toEqual([hashed(row), hashed(row)]);
      }),
    );
  });

  it('keeps nothing that would confirm a guess at them', () => {
    const { openings } = without(['changes.title.0']);
    expect(Object.keys(openings?.salts ?? {})).not.toContain('changes.title.0');
    expect(openings?.commitments).toEqual({ 'changes.title.0': committed('changes.title.0', '"Close-out visit"') });
  });

  it('cannot get another value in their place, nor lose a salt', () => {
    const taken = without(['changes.title.0']);
    const forged = { ...(taken.changes as object), title: ['Forged', 'Closing visit'] };
    expect(() => hashed({ ...taken, changes: forged })).toThrow('changes.title.0 was taken out and yet has a value');
    expect(hashed({ ...taken, reason: 'Another' })).not.toBe(hashed(row));
    expect(() => hashed({ ...taken, openings: { salts: {}, commitments: {} } })).toThrow('is missing');
    expect(() => redactOpenings(row, ['changes.actual_hours.0'])).toThrow(
      'There is no value at changes.actual_hours.0',
    );
  });
});
