import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { Secret } from 'otpauth';
import { type AuditedTransaction } from '../../core/persistence/audited-transaction.js';
import { Database } from '../../infrastructure/database/database.js';

const COUNT = 10;
/** 120 bits, so that a plain SHA-256 keeps them (ASVS 5, 6.5.2, asks for 112). */
const BYTES = 15;
const GROUP = /.{6}(?=.)/g;

/** Single-use codes in place of the second factor, for who has lost it. Their hashes need no key: they outlive a `SECRET_KEY`. */
@Injectable()
export class RecoveryCodesRepository {
  constructor(private readonly database: Database) {}

  /** Makes new codes in the transaction that has locked the user; earlier ones end. @returns the codes, as they are shown */
  async replace(tx: AuditedTransaction, userId: number): Promise<string[]> {
    const codes = Array.from({ length: COUNT }, () => new Secret({ size: BYTES }).base32);
    await this.removeAll(tx, userId);
    await tx.query(sql`INSERT INTO recovery_codes (user_id, code_hash)
      SELECT ${userId}, unnest(${codes.map(hashed)}::text[])`);
    return codes.map((code) => code.replaceAll(GROUP, '$&-'));
  }

  async removeAll(tx: AuditedTransaction, userId: number): Promise<void> {
    await tx.query(sql`DELETE FROM recovery_codes WHERE user_id = ${userId}`);
  }

  /** Uses a code up. @returns how many are left; undefined where it is none of the user's */
  async use(tx: AuditedTransaction, userId: number, code: string): Promise<number | undefined> {
    const used = await tx.query(sql`DELETE FROM recovery_codes
      WHERE user_id = ${userId} AND code_hash = ${hashed(code)} RETURNING 1`);
    if (used.length === 0) return undefined;
    const [left] = await tx.query<{ count: number }>(
      sql`SELECT count(*)::int AS count FROM recovery_codes WHERE user_id = ${userId}`,
    );
    return left?.count ?? 0;
  }

  async count(userId: number): Promise<number> {
    const count = sql`SELECT count(*)::int AS count FROM recovery_codes WHERE user_id = ${userId}`;
    return (await this.database.row<{ count: number }>(count))?.count ?? 0;
  }
}

/** However it was typed: with or without hyphens and blanks, in either case. */
const hashed = (code: string): string =>
  createHash('sha256').update(code.replaceAll(/[\s-]/g, '').toUpperCase()).digest('hex');
