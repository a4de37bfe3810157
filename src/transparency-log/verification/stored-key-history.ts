import { type KeyObject } from 'node:crypto';
import sql from 'sql-template-tag';
import { type QueryFn } from '../../core/persistence/prepared-statements.js';
import { IntegrityError, storedEntryLabel } from '../storage/integrity-error.js';
import { type SignedCheckpoint } from '../format/checkpoint.js';
import { isSignedBy, keyOf, type NoteKey } from '../format/signed-note.js';

interface KeyRow {
  readonly id: number;
  readonly key_id: string;
  readonly origin: string;
  readonly public_key: string;
  readonly first_size: string;
}

interface KeyPeriod {
  readonly key: NoteKey & { readonly publicKey: KeyObject };
  readonly firstSize: number;
}

/** Knows the keys that signed the tree, each from a size on until that of the next key. */
export class StoredKeyHistory {
  private constructor(private readonly keys: readonly KeyPeriod[]) {}

  /** @throws IntegrityError where the stored keys differ from the audit entries of their introduction */
  static async read(query: QueryFn): Promise<StoredKeyHistory> {
    const rows = await query<KeyRow>(
      sql`SELECT id, key_id, origin, public_key, first_size FROM audit_keys ORDER BY id`,
    );
    await assertKeysAudited(query);
    return new StoredKeyHistory(rows.map(toKeyPeriod));
  }

  /** The key that signs at present. */
  get newest(): NoteKey | undefined {
    return this.keys.at(-1)?.key;
  }

  /** Returns the key of the checkpoint's time. @throws IntegrityError unless it signed the checkpoint */
  signerOrThrow({ checkpoint: { size, origin }, note }: SignedCheckpoint, where: string): NoteKey {
    const known = this.keys.findLast(({ firstSize }) => firstSize < size);
    if (!known) throw new IntegrityError(`No key is known that may have signed ${where}.`);
    const { key } = known;
    if (!isSignedBy(note, key)) {
      const ids = note.signatures.map(({ keyId }) => keyId).join(' and ');
      throw new IntegrityError(
        `The signature of ${where} is not that of the key ${key.id}, which signed then (it names ${ids}).`,
      );
    }
    if (origin !== key.name) throw new IntegrityError(`${where} is of another log: ${origin}.`);
    return key;
  }
}

function toKeyPeriod(row: KeyRow): KeyPeriod {
  const key = keyOf(row.origin, Buffer.from(row.public_key, 'base64'));
  if (key.id !== row.key_id)
    throw new IntegrityError(`The key ${row.key_id} in audit_keys is not the one of that name.`);
  return { key, firstSize: Number(row.first_size) };
}

/** Asserts that each key has an audit entry of its introduction, and each such entry its key. */
async function assertKeysAudited(query: QueryFn): Promise<void> {
  const introduced = sql`a.action = 'key.introduced' AND a.entity_type = 'key' AND a.entity_id = k.id
    AND a.changes->'public_key'->>1 = k.public_key AND a.changes->'first_size'->>1 = k.first_size::text`;
  const [key] = await query<{ key_id: string }>(sql`SELECT k.key_id FROM audit_keys k
    WHERE NOT EXISTS (SELECT FROM audit_trail a WHERE ${introduced}) ORDER BY k.id LIMIT 1`);
  if (key)
    throw new IntegrityError(`The key ${key.key_id} in audit_keys was never introduced by an entry of the trail.`);
  const [entry] = await query<
    Parameters<typeof storedEntryLabel>[0]
  >(sql`SELECT a.id, a.action, a.entity_type, a.entity_id
    FROM audit_trail a WHERE a.action = 'key.introduced' AND NOT EXISTS (SELECT FROM audit_keys k WHERE ${introduced})
    ORDER BY a.id LIMIT 1`);
  if (entry)
    throw new IntegrityError(`${storedEntryLabel(entry)} introduced a key that is not in audit_keys as it was then.`);
}
