import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryGeneratedColumn, type Relation } from 'typeorm';
import { Audited } from '../../core/persistence/audited.decorator.js';
import { User } from '../../users/user.entity.js';

/** Leave, single-use and expiring, to choose a new password. Only a hash of the token is kept. */
@Entity('password_reset_tokens')
@Index('password_reset_tokens_token_hash_key', ['tokenHash'], { unique: true })
@Index('password_reset_tokens_user_id_idx', ['userId', 'createdAt'])
@Audited('password_reset', { userId: 'user_id', email: 'email', expiresAt: 'expires_at', usedAt: 'used_at' })
export class PasswordResetToken {
  @PrimaryGeneratedColumn('identity', {
    generatedIdentity: 'BY DEFAULT',
    primaryKeyConstraintName: 'password_reset_tokens_pkey',
  })
  id: number;

  @ManyToOne(() => User, { nullable: false })
  @JoinColumn({ name: 'user_id', foreignKeyConstraintName: 'password_reset_tokens_user_id_fkey' })
  user?: Relation<User>;

  @Column({ type: 'integer', name: 'user_id' })
  userId: number;

  @Column({ type: 'character varying', length: 64, name: 'token_hash' })
  tokenHash: string;

  @Column({ type: 'character varying', length: 64, name: 'token_salt' })
  tokenSalt: string;

  /** The address that it is sent to. */
  @Column({ type: 'character varying', length: 254 })
  email: string;

  @Column({ type: 'timestamptz', name: 'created_at', default: () => 'now()' })
  createdAt: Date;

  @Column({ type: 'timestamptz', name: 'expires_at' })
  expiresAt: Date;

  @Column({ type: 'timestamptz', name: 'used_at', nullable: true })
  usedAt: Date | null;
}
