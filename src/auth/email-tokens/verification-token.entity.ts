import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryGeneratedColumn, type Relation } from 'typeorm';
import { Audited } from '../../core/persistence/audited.decorator.js';
import { User } from '../../users/user.entity.js';

/** Proof, single-use and expiring, that an address is its owner's. Only a hash of the token is kept. */
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

  /** Null for tokens that were issued before they were derived from it; nobody can mail those again. */
  @Column({ type: 'character varying', length: 64, name: 'token_salt', nullable: true })
  tokenSalt: string | null;

  /** The address to be verified; the user's own, or the one that is to replace it. */
  @Column({ type: 'character varying', length: 254 })
  email: string;

  @Column({ type: 'timestamptz', name: 'created_at', default: () => 'now()' })
  createdAt: Date;

  @Column({ type: 'timestamptz', name: 'expires_at' })
  expiresAt: Date;

  @Column({ type: 'timestamptz', name: 'used_at', nullable: true })
  usedAt: Date | null;

  /** Whether it was asked for anew. */
  @Column({ type: 'boolean', default: false })
  resent: boolean;
}
