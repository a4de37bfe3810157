import { type FastifyRequest } from 'fastify';
import { networkPrefixOf } from '../../core/http/client-network.js';
import { type ProblemBody } from '../../core/http/problem.filter.js';

/** Groups within a window; requests beyond share one row, for any addresses. */
const MAX_GROUPS = 5000;
const MANY_ADDRESSES = 'many addresses';

/** Denied requests of one user or address, status and code, within one window. */
export interface DeniedRequests {
  readonly since: Date;
  /** The first request of the group. */
  readonly first: FastifyRequest;
  readonly address: string;
  readonly problem: Pick<ProblemBody, 'code' | 'title'> | undefined;
  readonly status: number;
  count: number;
}

/**
 * Counts requests without a row of their own, so that a flood leaves one row per user or address, status and code in a
 * window. Bounded in memory.
 */
export class DeniedRequestCounts {
  private groups = new Map<string, DeniedRequests>();

  /** @param at time of the request */
  count(request: FastifyRequest, status: number, at: Date): void {
    const { user, problem } = request;
    const address = networkPrefixOf(request.ip);
    const name = `${user ? `user ${user.id}` : address} ${status} ${problem?.code ?? ''}`;
    const group = this.groups.get(name) ?? this.add(name, request, status, { at, address });
    group.count++;
  }

  /** Ends the window. @returns its groups */
  drain(): DeniedRequests[] {
    const counted = [...this.groups.values()];
    this.groups = new Map();
    return counted;
  }

  private add(
    name: string,
    first: FastifyRequest,
    status: number,
    { at, address }: { at: Date; address: string },
  ): DeniedRequests {
    const crowded = this.groups.size >= MAX_GROUPS;
    const shared = crowded ? this.groups.get(MANY_ADDRESSES) : undefined;
    if (shared) return shared;
    const { problem } = first;
    const group: DeniedRequests = {
      since: at,
      first,
      address: crowded ? MANY_ADDRESSES : address,
      problem,
      status,
      count: 0,
    };
    this.groups.set(crowded ? MANY_ADDRESSES : name, group);
    return group;
  }
}
