import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { Secret } from 'otpauth';
import { type AuditedTransaction } from '../../core/persistence/audited-transaction.js';
import { Database } from '../../infrastructure/database/database.js';

const COUNT = 10;
/** 120 bits, so that an unkeyed SHA-256 suffices (ASVS 5, 6.5.2, requires 112). */
const BYTES = 15;
const GROUP = /.{6}(?=.)/g;

/** Stores single-use codes for users who lost their second factor. The hashes need no key, so they outlive a `SECRET_KEY`. */
@Injectable()
export class RecoveryCodesRepository {
  constructor(private readonly database: Database) {}

  /** Replaces the codes of a user whom the transaction has locked. @returns the new codes, grouped for reading */
  async replace(tx: AuditedTransaction, userId: number): Promise<string[]> {
    const codes = Array.from({ length: COUNT }, () => new Secret({ size: BYTES }).base32);
    await this.removeAll(tx, userId);
    await tx.query(sql`INSERT INTO recovery_codes (user_id, code_hash)
      SELECT ${userId}, unnest(${codes.map(hashOf)}::text[])`);
    return codes.map((code) => code.replaceAll(GROUP, '$&-'));
  }

  async removeAll(tx: AuditedTransaction, userId: number): Promise<void> {
    await tx.query(sql`DELETE FROM recovery_codes WHERE user_id = ${userId}`);
  }

  /** Uses up a code. @returns the number of codes left; undefined where the user has no such code */
  async use(tx: AuditedTransaction, userId: number, code: string): Promise<number | undefined> {
    const used = await tx.query(sql`DELETE FROM recovery_codes
      WHERE user_id = ${userId} AND code_hash = ${hashOf(code)} RETURNING 1`);
    if (used.length === 0) return undefined;
    const [remaining] = await tx.query<{ count: number }>(
      sql`SELECT count(*)::int AS count FROM recovery_codes WHERE user_id = ${userId}`,
    );
    return remaining?.count ?? 0;
  }

  async count(userId: number): Promise<number> {
    const count = sql`SELECT count(*)::int AS count FROM recovery_codes WHERE user_id = ${userId}`;
    return (await this.database.row<{ count: number }>(count))?.count ?? 0;
  }
}

/** Hashes a code as typed: hyphens, blanks and case do not matter. */
const hashOf = (code: string): string =>
  createHash('sha256').update(code.replaceAll(/[\s-]/g, '').toUpperCase()).digest('hex');
