import { type FastifyRequest } from 'fastify';
import { networkPrefixOf } from '../../core/http/client-network.js';
import { type ProblemBody } from '../../core/http/problem.filter.js';

/** More kinds than these within a window share one row, whatever addresses they come from. */
const MAX_KINDS = 5000;
const MANY_ADDRESSES = 'many addresses';

/** Denied requests that are alike: of one user or address, by one status and code, within one window. */
export interface DeniedRequests {
  readonly since: Date;
  /** The first of them. */
  readonly first: FastifyRequest;
  readonly address: string;
  readonly problem: Pick<ProblemBody, 'code' | 'title'> | undefined;
  readonly status: number;
  count: number;
}

/**
 * Counts requests that get no row of their own, so that a flood of them leaves one row for each user or address, status and
 * code in a window. Bounded in memory.
 */
export class DeniedRequestCounts {
  private kinds = new Map<string, DeniedRequests>();

  count(request: FastifyRequest, status: number): void {
    const { user, problem } = request;
    const address = networkPrefixOf(request.ip);
    const name = `${user ? `user ${user.id}` : address} ${status} ${problem?.code ?? ''}`;
    const kind = this.kinds.get(name) ?? this.add(name, request, status, address);
    kind.count++;
  }

  /** Ends the window. @returns what was counted in it */
  drain(): DeniedRequests[] {
    const counted = [...this.kinds.values()];
    this.kinds = new Map();
    return counted;
  }

  private add(name: string, first: FastifyRequest, status: number, address: string): DeniedRequests {
    const since = new Date();
    const crowded = this.kinds.size >= MAX_KINDS;
    const shared = crowded ? this.kinds.get(MANY_ADDRESSES) : undefined;
    if (shared) return shared;
    const { problem } = first;
    const kind: DeniedRequests = {
      since,
      first,
      address: crowded ? MANY_ADDRESSES : address,
      problem,
      status,
      count: 0,
    };
    this.kinds.set(crowded ? MANY_ADDRESSES : name, kind);
    return kind;
  }
}
