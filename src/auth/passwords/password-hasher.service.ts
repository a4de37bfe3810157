import { createHash, pbkdf2, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { Injectable } from '@nestjs/common';
import bcrypt from 'bcrypt';
import { Budgets } from '../../infrastructure/budgets/budgets.service.js';
import { normalizeText } from '../../core/normalized-text.js';
import { type BudgetOf } from '../../core/config/budgets.js';
import { Config } from '../../core/config/config.js';
import { DEMO_PASSWORD } from './demo-password.js';

/** SHA-256 before bcrypt, which alone stops at 72 bytes and at NUL; the format that Django calls `bcrypt_sha256`. */
const PREFIX = 'bcrypt_sha256$';
const VERIFIABLE =
  /^(?:(?:bcrypt\$|bcrypt_sha256\$)?\$2[abxy]\$(?<cost>\d\d)\$[./\dA-Za-z]{53}|pbkdf2_sha256\$(?<rounds>\d+)\$[^$]*\$[A-Za-z\d+/]{43}=)$/;
const MAX_PBKDF2_ITERATIONS = 10_000_000;
/** As long as the most iterations above: some four seconds. Each step further doubles it, up to days at 31. */
const MAX_BCRYPT_COST = 16;
const derive = promisify(pbkdf2);

/** Client for whom a password is hashed. */
export interface HashClient {
  /** Network prefix (`networkPrefixOf`), the unit of fairness in the queue. */
  readonly network: string;
  /** Aborts when the client disconnects, which removes it from the queue. */
  readonly gone?: AbortSignal;
}

/** Client of commands and of the product itself. */
const PRODUCT: HashClient = { network: '' };

/**
 * Hashes and verifies passwords off the event loop, as many at once as there are cores: more would only make all of them,
 * and everything else in the thread pool, wait. Sign-ups wait in a queue of their own, so that they hold up no login, and
 * addresses are served in turns.
 */
@Injectable()
export class PasswordHasher {
  private readonly cost: number;
  private readonly decoyHash: Promise<string>;

  constructor(
    private readonly config: Config,
    private readonly budgets: Budgets,
  ) {
    this.cost = config.bcryptCost;
    this.decoyHash = this.hash('the password of no account');
    // Awaited by the first log-in of an unknown name, which gets a failure.
    this.decoyHash.catch(() => undefined);
  }

  /**
   * @param precondition asserted when it is the client's turn, before the cost of a hash: a request that is rejected by the
   *   queue costs no statement either
   * @throws Problem 429 or 503 when too many wait
   */
  hash(password: string, client = PRODUCT, precondition?: () => Promise<void>): Promise<string> {
    return this.queued('new_passwords', client, async () => {
      await precondition?.();
      return this.hashed(password);
    });
  }

  /** Hashes a password that was just verified, in the queue of log-ins. @throws Problem 429 or 503 when too many wait */
  rehash(password: string, client: HashClient): Promise<string> {
    return this.queued('password_checks', client, () => this.hashed(password));
  }

  /**
   * Verifies a password against a hash, of this product or of a replaced system (`$2b$…`,
   * `bcrypt$$2b$…`, `bcrypt_sha256$$2b$…`, `pbkdf2_sha256$…`).
   *
   * @param hash undefined for an unknown user; that, and a hash that no password has, takes the time of a wrong password
   * @throws Problem 429 or 503 when too many wait
   */
  async verify(password: string, hash: string | undefined, client = PRODUCT): Promise<boolean> {
    return (await this.matches(password, hash, client)) && !this.isPublic(password);
  }

  /** Compares as `verify` does, also the password of the demo accounts in production, with which no one may sign in. */
  async matches(password: string, hash: string | undefined, client = PRODUCT): Promise<boolean> {
    const usable = hash !== undefined && hashError(hash) === undefined ? hash : await this.decoyHash;
    const matches = await this.queued('password_checks', client, () => matchesInSomeForm(password, usable));
    return matches && usable === hash;
  }

  /** Checks for a hash with other parameters than the current ones. */
  isOutdated(hash: string): boolean {
    return !hash.startsWith(`${PREFIX}$2b$${String(this.cost).padStart(2, '0')}$`);
  }

  /** True in production for the password of the demo accounts: a database of development may have been moved there. */
  private isPublic(password: string): boolean {
    return this.config.production && password === DEMO_PASSWORD;
  }

  private async hashed(password: string): Promise<string> {
    return PREFIX + (await bcrypt.hash(digest(normalizeText(password, 'NFC')), this.cost));
  }

  private async queued<T>(
    budget: BudgetOf<'concurrency'>,
    { network, gone }: HashClient,
    work: () => Promise<T>,
  ): Promise<T> {
    const place = await this.budgets.acquire(budget, network, gone);
    try {
      return await work();
    } finally {
      place.release();
    }
  }
}

/** Names the scheme of a hash without anything of the hash itself: `pbkdf2_sha256`, or `bcrypt_sha256$$2b$12` with its cost. */
export function hashScheme(hash: string): string {
  return /^[a-z\d_]*\$(?:\$?2[a-z]\$\d\d\$)?/.exec(hash)?.[0].replace(/\$+$/, '') ?? 'unknown';
}

/** Returns the reason why no password can be verified against a hash; undefined where one can. */
export function hashError(hash: string): string | undefined {
  const parts = VERIFIABLE.exec(hash);
  if (!parts) return 'is a hash of a kind that cannot be verified here';
  if (Number(parts.groups?.cost ?? 0) > MAX_BCRYPT_COST) return `is a hash of a higher cost than ${MAX_BCRYPT_COST}`;
  const rounds = Number(parts.groups?.rounds ?? 1);
  return rounds >= 1 && rounds <= MAX_PBKDF2_ITERATIONS
    ? undefined
    : `is a hash of more than ${MAX_PBKDF2_ITERATIONS} rounds, or of none`;
}

const digest = (password: string): string => createHash('sha256').update(password).digest('hex');

/**
 * Returns the forms of a password to verify: keyboards differ in the composition of letters. New hashes use NFC (RFC 8265
 * §4.2.2), earlier ones the form that was typed. A password without marks has one form.
 */
async function matchesInSomeForm(password: string, hash: string): Promise<boolean> {
  const forms = new Set([normalizeText(password, 'NFC'), password, normalizeText(password, 'NFD')]);
  for (const form of forms) if (await matchesHash(form, hash)) return true;
  return false;
}

async function matchesHash(password: string, hash: string): Promise<boolean> {
  if (hash.startsWith(PREFIX)) return bcrypt.compare(digest(password), crypt(hash.slice(PREFIX.length)));
  if (/^\$2[abxy]\$/.test(hash)) return bcrypt.compare(password, crypt(hash));
  if (hash.startsWith('bcrypt$')) return bcrypt.compare(password, crypt(hash.slice('bcrypt$'.length)));
  if (hash.startsWith('pbkdf2_sha256$')) return matchesPbkdf2(password, hash);
  return false;
}

/** Maps `$2y$`, the name of the same format in PHP and htpasswd. */
const crypt = (hash: string): string => hash.replace(/^\$2[xy]\$/, '$2b$');

async function matchesPbkdf2(password: string, hash: string): Promise<boolean> {
  const [, iterations = '', salt = '', expected = ''] = hash.split('$');
  const want = Buffer.from(expected, 'base64');
  const got = await derive(password, salt, Number(iterations), want.length, 'sha256');
  return timingSafeEqual(want, got);
}
