import { Check, Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';
import { type Role } from '../core/authorization/actor.js';
import { Audited } from '../core/persistence/audited.decorator.js';

/** A person with an account. The audited fields leave out the password hash and the secret of the second factor. */
@Entity('users')
@Index('users_username_key', { synchronize: false })
@Index('users_name_key_idx', { synchronize: false })
@Index('users_name_skeleton_idx', { synchronize: false })
@Index('users_email_key', { synchronize: false })
@Index('users_username_idx', { synchronize: false })
@Index('users_email_idx', { synchronize: false })
@Index('users_pending_idx', { synchronize: false })
@Index('users_requested_timezone_idx', { synchronize: false })
@Index('users_role_idx', ['role', 'id'])
@Check('users_username_check', `btrim(username) <> ''`)
@Check('users_second_factor_check', `second_factor_since IS NULL OR second_factor_secret IS NOT NULL`)
@Check('users_role_check', `role IN ('manager', 'developer', 'auditor')`)
@Audited(
  'user',
  {
    username: 'username',
    email: 'email',
    role: 'role',
    timeZone: 'timezone',
    requestedTimeZone: 'requested_timezone',
    emailVerified: 'email_verified',
    isActive: 'is_active',
    lastLogin: 'last_login',
    dateJoined: 'date_joined',
    createdAt: 'created_at',
    secondFactorSince: 'second_factor_since',
  },
  'username',
)
export class User {
  @PrimaryGeneratedColumn('identity', { generatedIdentity: 'BY DEFAULT', primaryKeyConstraintName: 'users_pkey' })
  id: number;

  @Column({ type: 'character varying', length: 150 })
  username: string;

  @Column({ type: 'character varying', length: 254 })
  email: string;

  @Column({ type: 'text', name: 'hashed_password' })
  hashedPassword: string;

  @Column({ type: 'character varying', length: 16, default: 'developer' })
  role: Role;

  @Column({ type: 'character varying', length: 64, name: 'timezone', default: 'Asia/Kolkata' })
  timeZone: string;

  /** Time zone given at sign-up that a manager has to confirm; null where there is none. */
  @Column({ type: 'character varying', length: 64, name: 'requested_timezone', nullable: true })
  requestedTimeZone: string | null;

  /** True from sign-up to verification; a pending account reserves neither name nor address. */
  @Column({ type: 'boolean', default: false })
  pending: boolean;

  @Column({ type: 'boolean', name: 'email_verified', default: false })
  emailVerified: boolean;

  @Column({ type: 'boolean', name: 'is_active', default: true })
  isActive: boolean;

  @Column({ type: 'timestamptz', name: 'last_login', nullable: true })
  lastLogin: Date | null;

  @Column({ type: 'timestamptz', name: 'date_joined', default: () => 'now()' })
  dateJoined: Date;

  @Column({ type: 'timestamptz', name: 'created_at', default: () => 'now()' })
  createdAt: Date;

  /** Encrypted by `SecondFactorCipher`; set before the second factor is confirmed. */
  @Column({ type: 'text', name: 'second_factor_secret', nullable: true })
  secondFactorSecret: string | null;

  /** Time from which a log-in needs the second factor; null where it needs none. */
  @Column({ type: 'timestamptz', name: 'second_factor_since', nullable: true })
  secondFactorSince: Date | null;

  /** Time step (RFC 6238) of the last accepted code. */
  @Column({ type: 'integer', name: 'second_factor_step', nullable: true })
  secondFactorStep: number | null;

  /** Wrong codes within a day of `secondFactorFailedSince`. */
  @Column({ type: 'integer', name: 'second_factor_failures', default: 0 })
  secondFactorFailures: number;

  @Column({ type: 'timestamptz', name: 'second_factor_failed_since', nullable: true })
  secondFactorFailedSince: Date | null;

  @Column({ type: 'integer', default: 1 })
  version: number;
}

/** Takes the place of a hash where no password is accepted. */
export const NO_PASSWORD = '!';

/** The user as the principal of a change. */
export const principalOf = ({ id, username, role }: User) => ({ id, username, role });
