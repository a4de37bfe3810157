import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { type Changes } from '../core/persistence/audited.decorator.js';
import { type Openings } from '../transparency-log/format/leaf.js';

/** One change of a business record. `AuditTrail` alone inserts it; the database rejects any change of it. */
@Entity('audit_trail')
@Index('audit_trail_entity_idx', ['entityType', 'entityId', 'id'])
@Index('audit_trail_actor_idx', ['actorId', 'id'])
@Index('audit_trail_action_idx', ['action', 'id'])
@Index('audit_trail_occurred_at_idx', ['occurredAt', 'id'])
@Index('audit_trail_session_idx', ['sessionId', 'id'])
@Index('audit_trail_reason_idx', { synchronize: false })
@Index('audit_trail_fields_idx', { synchronize: false })
@Index('audit_trail_openings_idx', { synchronize: false })
@Check('audit_trail_salt_check', '(salt IS NULL) = (openings IS NOT NULL)')
export class AuditEntry {
  @PrimaryColumn({
    type: 'bigint',
    generated: 'identity',
    generatedIdentity: 'ALWAYS',
    primaryKeyConstraintName: 'audit_trail_pkey',
  })
  id: string;

  @Column({ type: 'timestamptz', name: 'occurred_at', default: () => 'clock_timestamp()' })
  occurredAt: Date;

  @Column({ type: 'integer', name: 'actor_id', nullable: true })
  actorId: number | null;

  /** Username at the time. */
  @Column({ type: 'character varying', length: 150, name: 'actor_name' })
  actorName: string;

  @Column({ type: 'character varying', length: 16, name: 'actor_role' })
  actorRole: string;

  @Column({ type: 'character varying', length: 64 })
  action: string;

  @Column({ type: 'character varying', length: 32, name: 'entity_type' })
  entityType: string;

  @Column({ type: 'integer', name: 'entity_id', nullable: true })
  entityId: number | null;

  @Column({ type: 'integer', name: 'entity_version', nullable: true })
  entityVersion: number | null;

  /** Name of the record at the time. */
  @Column({ type: 'character varying', length: 255, name: 'entity_name', nullable: true })
  entityName: string | null;

  /** `updated_at` of the record after the change; null where it has no such field. */
  @Column({ type: 'timestamptz', name: 'entity_updated_at', nullable: true })
  entityUpdatedAt: Date | null;

  @Column({ type: 'jsonb' })
  changes: Changes;

  @Column({ type: 'text', nullable: true })
  reason: string | null;

  @Column({ type: 'character varying', length: 128, name: 'request_id', nullable: true })
  requestId: string | null;

  /** The server's own id of a request to which the client gave one. */
  @Column({ type: 'uuid', name: 'server_request_id', nullable: true })
  serverRequestId: string | null;

  @Column({ type: 'integer', name: 'session_id', nullable: true })
  sessionId: number | null;

  @Column({ type: 'character varying', length: 64, name: 'ip_address', nullable: true })
  ipAddress: string | null;

  /** Salts the commitments to the values in the leaf, so that a value can be redacted while the proof of the others holds. */
  @Column({ type: 'bytea', nullable: true, default: () => 'uuid_send(gen_random_uuid())' })
  salt: Buffer | null;

  /** Replaces the salt once a value was redacted. */
  @Column({ type: 'jsonb', nullable: true })
  openings: Openings | null;
}
