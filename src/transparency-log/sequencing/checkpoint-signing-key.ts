import { Injectable, Logger } from '@nestjs/common';
import sql from 'sql-template-tag';
import { Config } from '../../core/config/config.js';
import { type AuditedTransaction } from '../../core/persistence/audited-transaction.js';
import { AuditKey } from './audit-key.entity.js';
import { rawKey, signerOf, verifierLine, type NoteSigner } from '../format/signed-note.js';

/** Holds the configured signing key. Its introduction is audited; once another key followed it, it never signs again. */
@Injectable()
export class CheckpointSigningKey {
  readonly signer: NoteSigner;
  private readonly logger = new Logger('Seals');

  constructor({ auditOrigin, auditSigningKey }: Config) {
    this.signer = signerOf(auditOrigin, auditSigningKey);
  }

  /**
   * Returns the signer, introducing the key first where it is new.
   *
   * @param size of the tree
   * @throws Error where another key followed it: replicas with the older key stop signing while the newer one is rolled out
   */
  async claim(tx: AuditedTransaction, size: number): Promise<NoteSigner> {
    const keys = await tx.query<{ key_id: string }>(sql`SELECT key_id FROM audit_keys ORDER BY id DESC`);
    const place = keys.findIndex(({ key_id }) => key_id === this.signer.id);
    if (place > 0) throw new Error(`The signing key ${this.signer.id} was followed by ${keys[0]?.key_id}`);
    if (place < 0) await this.introduce(tx, size);
    return this.signer;
  }

  private async introduce(tx: AuditedTransaction, size: number): Promise<void> {
    const { id: keyId, name: origin, publicKey } = this.signer;
    const key = { keyId, origin, publicKey: rawKey(publicKey).toString('base64'), firstSize: String(size) };
    await tx.insert(AuditKey, [key], { verb: 'introduced' });
    this.logger.log({ msg: 'A new key signs the audit trail from now on', key: verifierLine(this.signer), size });
  }
}
