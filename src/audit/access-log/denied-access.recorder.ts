import { Injectable, Logger } from '@nestjs/common';
import { type FastifyRequest } from 'fastify';
import { systemPrincipal, type Principal } from '../../core/authorization/actor.js';
import { UnitOfWork } from '../../core/persistence/unit-of-work.js';
import { type Changes } from '../../core/persistence/audited.decorator.js';
import { operationName, targetRecord } from './operation-name.js';

/** So many alike of one session are told one by one within a window; the others are summed up at its end. */
const ONE_BY_ONE = 10;
const WINDOW_MS = 60_000;
/** So many of one user are recorded one by one within an hour; beyond, those of all operations are summed up by code. */
const ONE_BY_ONE_AN_HOUR = 100;
const HOUR_MS = 3_600_000;
const SEVERAL = 'several operations';
/** More kinds than these within a window, of all sessions together, are summed up in one entry. */
const MAX_GROUPS = 5000;

/** Refusals that are alike: of one session, for one operation, by one code. */
interface DenialGroup {
  readonly author: Principal;
  readonly changes: Changes;
  /** How many were not told yet. */
  held: number;
  told: number;
}

/**
 * Says in the audit trail what people were refused: every 403 of a signed-in user, and every change of a record that is
 * not there or not theirs to see. Written behind the answer, one after the other, and bounded, so that neither a broken
 * trail nor a flood of refusals disturbs anyone.
 */
@Injectable()
export class DeniedAccessRecorder {
  private readonly logger = new Logger(DeniedAccessRecorder.name);
  private readonly groups = new Map<string, DenialGroup>();
  /** By user: how many were recorded one by one in this hour. */
  private readonly recorded = new Map<number, number>();
  private hour = 0;
  private timer: NodeJS.Timeout | undefined;
  private writing: Promise<void> = Promise.resolve();

  constructor(private readonly unitOfWork: UnitOfWork) {}

  /** Notes a request that was answered; those that were not refused are left alone. */
  record(request: FastifyRequest): void {
    const { user, problem, method } = request;
    if (!user || !problem || !isAboutAccess(method, problem.status)) return;
    const code = problem.code;
    const recorded = this.recordedOf(user.id);
    const kind = this.groupOf(user, recorded < ONE_BY_ONE_AN_HOUR ? operationName(request) : SEVERAL, code);
    this.timer ??= setTimeout(() => this.flushAggregates(), WINDOW_MS).unref();
    if (kind.told >= ONE_BY_ONE) kind.held++;
    else {
      kind.told++;
      this.recorded.set(user.id, recorded + 1);
      const record = targetRecord(request);
      this.write(user, { ...kind.changes, ...(record && { record: [null, record] as const }) });
    }
  }

  /** Everything that was noted before the call is in the trail, but for what is held back to be summed up. */
  flush(): Promise<void> {
    return this.writing;
  }

  /** Ends the window: tells how many were held back. */
  flushAggregates(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const full = [...this.groups.values()].filter(({ held }) => held > 0);
    this.groups.clear();
    for (const { author, changes, held } of full) this.write(author, { ...changes, times: [null, held] });
  }

  private recordedOf(userId: number): number {
    const hour = Math.floor(Date.now() / HOUR_MS);
    if (hour !== this.hour) this.recorded.clear();
    this.hour = hour;
    return this.recorded.get(userId) ?? 0;
  }

  private groupOf(user: NonNullable<FastifyRequest['user']>, operation: string, code: string): DenialGroup {
    const crowded = this.groups.size >= MAX_GROUPS;
    const name = JSON.stringify([user.sessionId, operation, code]);
    const known = this.groups.get(name) ?? (crowded ? this.groups.get('') : undefined);
    if (known) return known;
    const kind: DenialGroup = crowded
      ? {
          author: systemPrincipal('refusals'),
          changes: changesOf('many operations', 'many'),
          held: 0,
          told: ONE_BY_ONE,
        }
      : { author: user, changes: changesOf(operation, code), held: 0, told: operation === SEVERAL ? ONE_BY_ONE : 0 };
    this.groups.set(crowded ? '' : name, kind);
    return kind;
  }

  private write(principal: Principal, changes: Changes): void {
    const note = { action: 'access.refused', entityType: 'access', entityId: null, entityVersion: null, changes };
    this.writing = this.writing
      .then(() => this.unitOfWork.run(principal, async (tx) => tx.audit(note)))
      .catch((error: unknown) =>
        this.logger.error({
          msg: 'A refusal could not be recorded',
          user: principal.username,
          ...named(changes),
          reason: String(error),
        }),
      );
  }
}

/** Conflicts and faults of a request are nobody's lack of permission; the request log has them. */
function isAboutAccess(method: string, status: number): boolean {
  return status === 403 || (status === 404 && method !== 'GET' && method !== 'HEAD');
}

const changesOf = (operation: string, code: string): Changes => ({ operation: [null, operation], code: [null, code] });

/** The values of an entry alone, for the log. */
const named = (changes: Changes) =>
  Object.fromEntries(Object.entries(changes).map(([field, [, value]]) => [field, value]));
