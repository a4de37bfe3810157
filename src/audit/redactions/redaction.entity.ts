import { Check, Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';
import { Audited } from '../../core/persistence/audited.decorator.js';
import { type Openings } from '../../transparency-log/format/leaf.js';

export const REDACTION_STATUSES = ['pending', 'approved', 'declined', 'lapsed'] as const;
export type RedactionStatus = (typeof REDACTION_STATUSES)[number];

/** A request to remove values from an audit entry, with the decision of a second person. */
@Entity('redactions')
@Index('redactions_open_key', { synchronize: false })
@Index('redactions_entry_id_idx', ['entryId', 'id'])
@Check('redactions_status_check', `status IN ('pending', 'approved', 'declined', 'lapsed')`)
@Check(
  'redactions_decision_check',
  `(status IN ('pending', 'lapsed')) = (decided_by_id IS NULL) AND (decided_by_id IS NULL) = (decided_at IS NULL) AND (decided_by_id IS NULL) = (decided_by IS NULL)`,
)
@Check('redactions_four_eyes_check', 'decided_by_id <> requested_by_id')
@Check('redactions_applied_check', `applied_at IS NULL OR status = 'approved'`)
@Audited('redaction', { entryId: 'entry', status: 'status' })
export class Redaction {
  @PrimaryGeneratedColumn('identity', {
    generatedIdentity: 'BY DEFAULT',
    primaryKeyConstraintName: 'redactions_pkey',
  })
  id: number;

  @Column({ type: 'bigint', name: 'entry_id' })
  entryId: string;

  /** Such as `title.before` or `reason`. */
  @Column({ type: 'text', array: true })
  fields: string[];

  @Column({ type: 'text' })
  reason: string;

  @Column({ type: 'character varying', length: 16, default: 'pending' })
  status: RedactionStatus;

  @Column({ type: 'integer', name: 'requested_by_id' })
  requestedById: number;

  /** Username at the time. */
  @Column({ type: 'character varying', length: 150, name: 'requested_by' })
  requestedBy: string;

  @Column({ type: 'timestamptz', name: 'requested_at', default: () => 'now()' })
  requestedAt: Date;

  @Column({ type: 'integer', name: 'decided_by_id', nullable: true })
  decidedById: number | null;

  @Column({ type: 'character varying', length: 150, name: 'decided_by', nullable: true })
  decidedBy: string | null;

  @Column({ type: 'timestamptz', name: 'decided_at', nullable: true })
  decidedAt: Date | null;

  /** Proves that the request came through a server of this installation. */
  @Column({ type: 'bytea', name: 'request_mac', nullable: true })
  requestMac: Buffer | null;

  @Column({ type: 'bytea', name: 'approval_mac', nullable: true })
  approvalMac: Buffer | null;

  /** Replaces the salt of the entry once the values are removed; covered by the approval's signature. */
  @Column({ type: 'jsonb', nullable: true })
  opened: Openings | null;

  /** Time of the removal; set by the database alone. */
  @Column({ type: 'timestamptz', name: 'applied_at', nullable: true })
  appliedAt: Date | null;
}
