import { AsyncLocalStorage } from 'node:async_hooks';
import { type Pool } from 'pg';

type Callback = (...parts: unknown[]) => void;

/**
 * Calls waiting callers of a pool back in their own context. pg-pool would call them in that of the request whose
 * connection was returned, and their statements would be part of its trace.
 */
export function bindCallers(pool: Pool): void {
  const connect = pool.connect.bind(pool) as (callback?: Callback) => unknown;
  const bound = (callback?: Callback) => connect(callback && AsyncLocalStorage.bind(callback));
  Object.assign(pool, { connect: bound });
}
