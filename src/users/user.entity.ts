import { Check, Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';
import { type Role } from '../core/actor.js';
import { Recorded } from '../core/recorded.js';

/** A person with an account. The hash of the password is in no recorded field. */
@Entity('users')
@Index('users_username_key', { synchronize: false })
@Index('users_name_key_idx', { synchronize: false })
@Index('users_email_key', { synchronize: false })
@Index('users_username_idx', { synchronize: false })
@Index('users_email_idx', { synchronize: false })
@Index('users_pending_idx', { synchronize: false })
@Index('users_requested_timezone_idx', { synchronize: false })
@Index('users_role_idx', ['role', 'id'])
@Check('users_username_check', `btrim(username) <> ''`)
@Check('users_role_check', `role IN ('manager', 'developer', 'auditor')`)
@Recorded(
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

  /** Given at sign-up, where a manager has still to confirm it. */
  @Column({ type: 'character varying', length: 64, name: 'requested_timezone', nullable: true })
  requestedTimeZone: string | null;

  /** Signed up, and not verified yet: reserves neither name nor address. */
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

  @Column({ type: 'integer', default: 1 })
  version: number;
}

/** In place of a hash: no password is the right one. */
export const NO_PASSWORD = '!';

/** A user as the author of a change. */
export const named = ({ id, username, role }: User) => ({ id, username, role });
