import { Check, Column, Entity, Index, JoinColumn, ManyToOne, PrimaryGeneratedColumn, type Relation } from 'typeorm';
import { Audited } from '../../core/persistence/audited.decorator.js';
import { User } from '../../users/user.entity.js';

export type SessionEnd =
  | 'logout'
  | 'logout_all'
  | 'device_replaced'
  | 'session_replaced'
  | 'token_reused'
  | 'ended_by_user'
  | 'password_changed'
  | 'password_reset'
  | 'second_factor_enabled'
  | 'second_factor_reset'
  | 'user_disabled';

/** One signed-in device of a user. Only a hash of its refresh token is stored. */
@Entity('user_sessions')
@Index('user_sessions_live_idx', { synchronize: false })
@Index('user_sessions_device_idx', ['userId', 'deviceId'])
@Check('user_sessions_end_check', '(ended_at IS NULL) = (end_reason IS NULL)')
@Audited('session', {
  userId: 'user_id',
  deviceId: 'device_id',
  generation: 'generation',
  ipAddress: 'ip_address',
  userAgent: 'user_agent',
  expiresAt: 'expires_at',
  endedAt: 'ended_at',
  endReason: 'end_reason',
})
export class Session {
  @PrimaryGeneratedColumn('identity', {
    generatedIdentity: 'BY DEFAULT',
    primaryKeyConstraintName: 'user_sessions_pkey',
  })
  id: number;

  @ManyToOne(() => User, { nullable: false })
  @JoinColumn({ name: 'user_id', foreignKeyConstraintName: 'user_sessions_user_id_fkey' })
  user?: Relation<User>;

  @Column({ type: 'integer', name: 'user_id' })
  userId: number;

  @Column({ type: 'uuid', name: 'device_id' })
  deviceId: string;

  @Column({ type: 'character varying', length: 64, name: 'refresh_token_hash' })
  refreshTokenHash: string;

  @Column({ type: 'character varying', length: 64, name: 'refresh_salt' })
  refreshSalt: string;

  /** Number of rotations of the refresh token. */
  @Column({ type: 'integer', default: 0 })
  generation: number;

  @Column({ type: 'timestamptz', name: 'rotated_at', nullable: true })
  rotatedAt: Date | null;

  @Column({ type: 'character varying', length: 64, name: 'ip_address', nullable: true })
  ipAddress: string | null;

  @Column({ type: 'character varying', length: 512, name: 'user_agent', nullable: true })
  userAgent: string | null;

  @Column({ type: 'timestamptz', name: 'created_at', default: () => 'now()' })
  createdAt: Date;

  @Column({ type: 'timestamptz', name: 'last_used_at', default: () => 'now()' })
  lastUsedAt: Date;

  @Column({ type: 'timestamptz', name: 'expires_at' })
  expiresAt: Date;

  @Column({ type: 'timestamptz', name: 'ended_at', nullable: true })
  endedAt: Date | null;

  @Column({ type: 'character varying', length: 32, name: 'end_reason', nullable: true })
  endReason: SessionEnd | null;
}
