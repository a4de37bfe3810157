import { Column, Entity, PrimaryColumn, Unique } from 'typeorm';
import { Audited } from '../../core/persistence/audited.decorator.js';

/** A key that signs checkpoints, from its introduction until that of the next one. */
@Audited('key', { keyId: 'key_id', origin: 'origin', publicKey: 'public_key', firstSize: 'first_size' }, 'keyId')
@Entity('audit_keys')
@Unique('audit_keys_key_id_key', ['keyId'])
export class AuditKey {
  @PrimaryColumn({
    type: 'integer',
    generated: 'identity',
    generatedIdentity: 'ALWAYS',
    primaryKeyConstraintName: 'audit_keys_pkey',
  })
  id: number;

  /** As signed notes have it: 4 bytes in hex, which depend on the origin too. */
  @Column({ type: 'character varying', length: 8, name: 'key_id' })
  keyId: string;

  /** The name of the log in the checkpoints that it signs. */
  @Column({ type: 'character varying', length: 255 })
  origin: string;

  /** Its 32 bytes in base64. */
  @Column({ type: 'character varying', length: 44, name: 'public_key' })
  publicKey: string;

  /** How large the tree was; checkpoints of larger ones are signed by this key. */
  @Column({ type: 'bigint', name: 'first_size' })
  firstSize: string;

  @Column({ type: 'timestamptz', name: 'introduced_at', default: () => 'clock_timestamp()' })
  introducedAt: Date;
}
