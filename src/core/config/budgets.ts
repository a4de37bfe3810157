/** Installation figures from which the shares are computed. */
export interface BudgetBasis {
  /** `DATABASE_POOL_SIZE`. */
  readonly poolSize: number;
  /** CPU cores of the machine that fall to this worker. */
  readonly cores: number;
}

type Figure = number | ((basis: BudgetBasis) => number);

interface Declared {
  /** Plural noun of the resource, as it reads in problem details and documents. */
  readonly counts: string;
  /**
   * Key of a share: a signed-in user; an address, where the resource is used before sign-in; a network (IPv4 /24,
   * IPv6 /48); or a mailbox.
   */
  readonly by: 'user' | 'address' | 'network' | 'mailbox';
  /** Maximum for one user or address. Beyond it: 429 with `Retry-After`. */
  readonly share: Figure;
  /** Maximum for one process, over all users. Beyond it: 503 with `Retry-After`. */
  readonly process?: Figure;
  /** Derivation of a figure from the basis, in words for the documents. */
  readonly derived?: { readonly share?: string; readonly process?: string };
}

/**
 * Bounds concurrency. Later requests wait in a queue that is fair by user or address: each gets a turn, however many
 * others wait.
 */
export interface ConcurrencyBudget extends Declared {
  readonly kind: 'concurrency';
  readonly waiting: {
    /** Maximum of waiting requests for one user or address. */
    readonly share: number;
    /** Maximum of waiting requests for the process. */
    readonly process: number;
    /** Maximum wait of each. */
    readonly ms: number;
  };
}

/** Bounds an amount held until its release, such as memory. Nothing waits for it. */
export interface HoldingBudget extends Declared {
  readonly kind: 'holding';
  readonly process: Figure;
}

/** Bounds an amount within a time window, over all replicas where there is Redis, else for each; `process` for each. */
export interface RateBudget extends Declared {
  readonly kind: 'rate';
  readonly windowSeconds: number;
  /** True for one that holds also where rate limits are off. */
  readonly always?: true;
}

export type Budget = ConcurrencyBudget | HoldingBudget | RateBudget;

const MIB = 1024 * 1024;
const longReads = ({ poolSize }: BudgetBasis): number => Math.max(1, Math.floor(poolSize / 2));

/**
 * Declares the share of each resource for one user, one address and one process; the only place. `/metrics` shows
 * each (`ctms_budget_*`), `docs/deployment.md` lists them (a spec compares the two), and the setting `BUDGETS` changes them.
 *
 * To bound another resource, declare it here, add its row to the table, and use it by its name:
 *
 * ```ts
 * const permit = await this.budgets.acquire('long_reads', actor.id); // concurrency; waits, or throws 429 or 503
 * try { … } finally { permit.release(); }
 *
 * const held = this.budgets.hold(name, networkPrefixOf(ip), bytes); // holding; throws 429 or 503
 * held.release();
 *
 * await this.rateBudgets.spend('sign_ups', networkPrefixOf(ip)); // rate; throws 429
 * ```
 */
export const BUDGETS = {
  requests: {
    kind: 'concurrency',
    counts: 'requests',
    by: 'user',
    share: ({ poolSize }) => Math.max(1, Math.floor((poolSize * 3) / 4)),
    derived: { share: 'three quarters of `DATABASE_POOL_SIZE`' },
    waiting: { share: 200, process: 10_000, ms: 2000 },
  },
  // Few at once keep the most throughput: of hundreds that have all begun, what they hold lives until V8 moves it into the old
  // generation, whose collection took a third of the time.
  running_requests: {
    kind: 'concurrency',
    counts: 'requests being worked on',
    by: 'address',
    share: Infinity,
    process: 32,
    waiting: { share: 10_000, process: 10_000, ms: 5000 },
  },
  long_reads: {
    kind: 'concurrency',
    counts: 'whole lists and exports',
    by: 'user',
    share: (basis) => Math.max(1, Math.floor(longReads(basis) / 2)),
    process: longReads,
    derived: { share: 'a quarter of `DATABASE_POOL_SIZE`', process: 'half of `DATABASE_POOL_SIZE`' },
    waiting: { share: 8, process: 100, ms: 5000 },
  },
  long_pages: {
    kind: 'concurrency',
    counts: 'pages of more than 50 rows, searches of trail and request log, and lists as of a time',
    by: 'user',
    share: longReads,
    process: longReads,
    derived: { share: 'half of `DATABASE_POOL_SIZE`', process: 'half of `DATABASE_POOL_SIZE`' },
    waiting: { share: 200, process: 1000, ms: 20_000 },
  },
  password_checks: {
    kind: 'concurrency',
    counts: 'passwords being verified',
    by: 'address',
    share: ({ cores }) => cores,
    process: ({ cores }) => cores,
    derived: { share: 'cores for each worker', process: 'cores for each worker' },
    waiting: { share: 200, process: 400, ms: 30_000 },
  },
  new_passwords: {
    kind: 'concurrency',
    counts: 'new passwords being hashed',
    by: 'address',
    share: 1,
    process: 1,
    waiting: { share: 5, process: 50, ms: 10_000 },
  },
  sign_ups: {
    kind: 'rate',
    counts: 'sign-ups',
    by: 'address',
    share: 30,
    windowSeconds: 600,
  },
  denied_logins: {
    kind: 'rate',
    counts: 'log-ins that are denied although the password is right',
    by: 'user',
    share: 100,
    windowSeconds: 3600,
  },
  mails_from_network: {
    kind: 'rate',
    counts: 'requests for mails',
    by: 'network',
    share: 200,
    windowSeconds: 3600,
  },
  mails_to_mailbox: {
    kind: 'rate',
    counts: 'mails of one kind',
    by: 'mailbox',
    share: 6,
    process: 3000,
    windowSeconds: 3600,
  },
  unread_bytes: {
    kind: 'holding',
    counts: 'bytes of answers that their reader has not taken',
    by: 'user',
    share: 32 * MIB,
    process: 128 * MIB,
  },
  // Two files of the largest size for one user; the values of a file take several times its bytes.
  upload_bytes: {
    kind: 'holding',
    counts: 'bytes of files being imported',
    by: 'user',
    share: 32 * MIB,
    process: 64 * MIB,
  },
  frames: {
    kind: 'rate',
    counts: 'messages of WebSocket clients',
    by: 'user',
    share: 600,
    windowSeconds: 60,
    always: true,
  },
} as const satisfies Record<string, Budget>;

export type BudgetName = keyof typeof BUDGETS;
/** Names of the budgets of one kind. */
export type BudgetOf<K extends Budget['kind']> = {
  [N in BudgetName]: (typeof BUDGETS)[N]['kind'] extends K ? N : never;
}[BudgetName];

/** Figures set by the variable `BUDGETS`, keyed `name.share` or `name.process`. */
export type BudgetSettings = Readonly<Record<string, number>>;

const declared: Readonly<Record<string, Budget>> = BUDGETS;

/** True for an item of the setting like `long_reads.share=3`, of a budget that has that figure. */
export function isBudgetSetting(item: string): boolean {
  const [, name = '', scope = ''] = /^(\w+)\.(share|process)=[1-9]\d{0,11}$/.exec(item) ?? [];
  const budget = Object.hasOwn(declared, name) ? declared[name] : undefined;
  return budget?.[scope as 'share' | 'process'] !== undefined;
}

/** Returns the figures of a budget: the configured ones, else the declared ones. */
export function budgetFigures(
  name: BudgetName,
  basis: BudgetBasis,
  set: BudgetSettings = {},
): { share: number; process: number } {
  const { share, process = Infinity }: Budget = BUDGETS[name];
  const figure = (scope: string, value: Figure) =>
    set[`${name}.${scope}`] ?? (typeof value === 'number' ? value : value(basis));
  return { share: figure('share', share), process: figure('process', process) };
}
