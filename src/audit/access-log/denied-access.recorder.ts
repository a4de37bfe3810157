import { Injectable, Logger } from '@nestjs/common';
import { type FastifyRequest } from 'fastify';
import { systemPrincipal, type Principal } from '../../core/authorization/actor.js';
import { UnitOfWork } from '../../core/persistence/unit-of-work.js';
import { type Changes } from '../../core/persistence/audited.decorator.js';
import { operationName, targetRecord } from './operation-name.js';

/** Denials of a group that get entries of their own within a window; its end aggregates the others. */
const MAX_SINGLE_PER_WINDOW = 10;
const WINDOW_MS = 60_000;
/** Denials of a user that get entries of their own within an hour; further ones are grouped by code alone. */
const MAX_SINGLE_PER_HOUR = 100;
const HOUR_MS = 3_600_000;
const SEVERAL_OPERATIONS = 'several operations';
/** Groups of all sessions within a window; denials beyond share one group. */
const MAX_GROUPS = 5000;

/** Denials of one session, operation and code. */
interface DenialGroup {
  readonly principal: Principal;
  readonly changes: Changes;
  /** Denials that the end of the window records in one entry. */
  aggregated: number;
  recorded: number;
}

/**
 * Audits denied access: every 403 of a signed-in user, and every rejected change of a record that does not exist or that
 * the user may not see. Denied items of a bulk change share one entry per code, with their number. Writes after the
 * response, one entry at a time and in bounded number, so that neither a failing trail nor a flood of denials slows
 * requests.
 */
@Injectable()
export class DeniedAccessRecorder {
  private readonly logger = new Logger(DeniedAccessRecorder.name);
  private readonly groups = new Map<string, DenialGroup>();
  /** Entries of their own in this hour, by user id. */
  private readonly recordedThisHour = new Map<number, number>();
  private hour = 0;
  private timer: NodeJS.Timeout | undefined;
  private writing: Promise<void> = Promise.resolve();

  constructor(private readonly unitOfWork: UnitOfWork) {}

  /** Records an answered request where it or an item of it was denied; ignores all others. */
  record(request: FastifyRequest): void {
    const { user, method, problem, itemProblems = problem ? [problem] : [] } = request;
    if (!user) return;
    const denied = itemProblems.filter(({ status }) => isAboutAccess(method, status)).map(({ code }) => code);
    for (const code of new Set(denied))
      this.recordDenials(request, user, code, denied.filter((each) => each === code).length);
  }

  private recordDenials(
    request: FastifyRequest,
    user: NonNullable<FastifyRequest['user']>,
    code: string,
    count: number,
  ): void {
    const recorded = this.recordedCountOf(user.id);
    const group = this.groupOf(
      user,
      recorded < MAX_SINGLE_PER_HOUR ? operationName(request) : SEVERAL_OPERATIONS,
      code,
    );
    this.timer ??= setTimeout(() => this.flushAggregates(), WINDOW_MS).unref();
    if (group.recorded >= MAX_SINGLE_PER_WINDOW) group.aggregated += count;
    else {
      group.recorded++;
      this.recordedThisHour.set(user.id, recorded + 1);
      const record = targetRecord(request);
      this.write(user, {
        ...group.changes,
        ...(record && { record: [null, record] as const }),
        ...(count > 1 && { times: [null, count] as const }),
      });
    }
  }

  /** Resolves once all earlier denials are in the trail, except those still to be aggregated. */
  flush(): Promise<void> {
    return this.writing;
  }

  /** Ends the window and records the aggregated denials. */
  flushAggregates(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const full = [...this.groups.values()].filter(({ aggregated }) => aggregated > 0);
    this.groups.clear();
    for (const { principal, changes, aggregated } of full)
      this.write(principal, { ...changes, times: [null, aggregated] });
  }

  private recordedCountOf(userId: number): number {
    const hour = Math.floor(performance.now() / HOUR_MS);
    if (hour !== this.hour) this.recordedThisHour.clear();
    this.hour = hour;
    return this.recordedThisHour.get(userId) ?? 0;
  }

  private groupOf(user: NonNullable<FastifyRequest['user']>, operation: string, code: string): DenialGroup {
    const crowded = this.groups.size >= MAX_GROUPS;
    const name = JSON.stringify([user.sessionId, operation, code]);
    const known = this.groups.get(name) ?? (crowded ? this.groups.get('') : undefined);
    if (known) return known;
    const group: DenialGroup = crowded
      ? {
          principal: systemPrincipal('refusals'),
          changes: changesOf('many operations', 'many'),
          aggregated: 0,
          recorded: MAX_SINGLE_PER_WINDOW,
        }
      : {
          principal: user,
          changes: changesOf(operation, code),
          aggregated: 0,
          recorded: operation === SEVERAL_OPERATIONS ? MAX_SINGLE_PER_WINDOW : 0,
        };
    this.groups.set(crowded ? '' : name, group);
    return group;
  }

  private write(principal: Principal, changes: Changes): void {
    const note = { action: 'access.refused', entityType: 'access', entityId: null, entityVersion: null, changes };
    this.writing = this.writing
      .then(() => this.unitOfWork.run(principal, async (tx) => tx.audit(note)))
      .catch((error: unknown) =>
        this.logger.error({
          msg: 'A denied request could not be recorded in the audit trail',
          user: principal.username,
          ...currentValues(changes),
          reason: String(error),
        }),
      );
  }
}

/** Excludes conflicts and invalid requests, which are no lack of permission; the request log has them. */
function isAboutAccess(method: string, status: number): boolean {
  return status === 403 || (status === 404 && method !== 'GET' && method !== 'HEAD');
}

const changesOf = (operation: string, code: string): Changes => ({ operation: [null, operation], code: [null, code] });

/** Flattens changes to their new values, for the log. */
const currentValues = (changes: Changes) =>
  Object.fromEntries(Object.entries(changes).map(([field, [, value]]) => [field, value]));
