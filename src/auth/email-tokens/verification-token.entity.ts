import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryGeneratedColumn, type Relation } from 'typeorm';
import { Audited } from '../../core/persistence/audited.decorator.js';
import { User } from '../../users/user.entity.js';

/** A single-use token that proves the ownership of an e-mail address. Only a hash of the token is stored. */
@Entity('email_verification_tokens')
@Index('email_verification_tokens_token_hash_key', ['tokenHash'], { unique: true })
@Index('email_verification_tokens_user_id_idx', ['userId'])
@Index('email_verification_tokens_email_idx', { synchronize: false })
@Audited('email_verification', { userId: 'user_id', email: 'email', expiresAt: 'expires_at', usedAt: 'used_at' })
export class VerificationToken {
  @PrimaryGeneratedColumn('identity', {
    generatedIdentity: 'BY DEFAULT',
    primaryKeyConstraintName: 'email_verification_tokens_pkey',
  })
  id: number;

  @ManyToOne(() => User, { nullable: false })
  @JoinColumn({ name: 'user_id', foreignKeyConstraintName: 'email_verification_tokens_user_id_fkey' })
  user?: Relation<User>;

  @Column({ type: 'integer', name: 'user_id' })
  userId: number;

  @Column({ type: 'character varying', length: 64, name: 'token_hash' })
  tokenHash: string;

  /** Null for tokens of early releases, which cannot be derived and mailed again. */
  @Column({ type: 'character varying', length: 64, name: 'token_salt', nullable: true })
  tokenSalt: string | null;

  /** The address to verify: the user's own, or the one to replace it. */
  @Column({ type: 'character varying', length: 254 })
  email: string;

  @Column({ type: 'timestamptz', name: 'created_at', default: () => 'now()' })
  createdAt: Date;

  @Column({ type: 'timestamptz', name: 'expires_at' })
  expiresAt: Date;

  @Column({ type: 'timestamptz', name: 'used_at', nullable: true })
  usedAt: Date | null;

  /** True where the user requested the mail once more. */
  @Column({ type: 'boolean', default: false })
  resent: boolean;
}
