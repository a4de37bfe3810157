import { type IdempotentRequest } from '../http/idempotency-key.header.js';
import { type AuditEntryDraft } from './audited.decorator.js';
import { type AuditedTransaction } from './audited-transaction.js';

/** An answer as it is sent again. */
export interface StoredResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON; null for an answer without a body. */
  readonly body: string | null;
}

/** A request that was done. */
export interface CompletedRequest {
  readonly fingerprint: Buffer;
  /** Null where its answer is not kept. */
  readonly response: StoredResponse | null;
}

/** Thrown where a request was done already; its answer is in the store. */
export class RequestCompleted extends Error {}

/** Keeps the answers of requests that carried an `Idempotency-Key`, for a day. */
export abstract class IdempotencyStore {
  /**
   * Claims the key of a request within the transaction of its change, before anything else is done there. Waits for a
   * moment where another transaction has claimed it.
   *
   * @throws RequestCompleted; Problem 409 `request_in_progress`
   */
  abstract claim(tx: AuditedTransaction, request: IdempotentRequest): Promise<void>;

  /**
   * Stores the answer of a request with its change.
   *
   * @param response null: it was done, and its answer cannot be kept
   * @param entries what was changed
   */
  abstract complete(
    tx: AuditedTransaction,
    request: IdempotentRequest,
    response: StoredResponse | null,
    entries: readonly AuditEntryDraft[],
  ): void;

  /** Finds the request that was done under a key; undefined where none was, or its day is over. */
  abstract find(request: IdempotentRequest): Promise<CompletedRequest | undefined>;
}
