import { type PageQuery } from './page.dto.js';
import { type JsonPage, type JsonRow } from './keyset-pagination.js';
import { type JsonEnvelope } from './streamed-response.js';

/** Reads that supply a list; only the requested ones are run. */
export interface ListReader {
  /** @param gone returns a signal whose abort ends the wait of a long read for its turn */
  count(gone?: () => AbortSignal): Promise<number>;
  /** @param gone as for `count` */
  page(limit: number, gone?: () => AbortSignal): Promise<JsonPage>;
  /** Reads the whole list, in batches. */
  stream(): AsyncGenerator<JsonRow[]>;
}

/**
 * List as a handler returns it; `ListInterceptor` sends a page or the whole of it. `T` is the shape of the body: an
 * array or, with an envelope, an object with the list as a member.
 */
export class ListResponse<T> {
  /** Carries the shape for the compiler only. */
  declare readonly shape: T;

  constructor(
    readonly query: PageQuery,
    readonly reader: ListReader,
    readonly envelope: JsonEnvelope = ['', ''],
  ) {}
}
