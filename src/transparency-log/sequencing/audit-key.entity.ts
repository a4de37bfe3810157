import { Column, Entity, PrimaryColumn, Unique } from 'typeorm';
import { Audited } from '../../core/persistence/audited.decorator.js';

/** A public key that signs checkpoints, from its introduction until that of the next key. */
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

  /** Key id of c2sp.org/signed-note: 4 bytes in hex, which depend on the origin too. */
  @Column({ type: 'character varying', length: 8, name: 'key_id' })
  keyId: string;

  /** Name of the log in its checkpoints. */
  @Column({ type: 'character varying', length: 255 })
  origin: string;

  /** 32 bytes in base64. */
  @Column({ type: 'character varying', length: 44, name: 'public_key' })
  publicKey: string;

  /** Size of the tree at its introduction; it signs checkpoints of larger trees. */
  @Column({ type: 'bigint', name: 'first_size' })
  firstSize: string;

  @Column({ type: 'timestamptz', name: 'introduced_at', default: () => 'clock_timestamp()' })
  introducedAt: Date;
}
