import { type PageQuery } from './page.dto.js';
import { type JsonPage, type JsonRow } from './keyset-pagination.js';
import { type JsonEnvelope } from './streamed-response.js';

/** The reads that a list is answered from; only those that are asked for are made. */
export interface ListReader {
  count(): Promise<number>;
  page(limit: number): Promise<JsonPage>;
  /** The whole list, in batches. */
  stream(): AsyncGenerator<JsonRow[]>;
}

/**
 * A list as a handler returns it; `ListInterceptor` answers with a page or the whole of it. `T` is the shape of the body: an
 * array or, with an envelope, an object one of whose members is the list.
 */
export class ListResponse<T> {
  /** Only tells the compiler the shape. */
  declare readonly shape: T;

  constructor(
    readonly query: PageQuery,
    readonly reader: ListReader,
    readonly envelope: JsonEnvelope = ['', ''],
  ) {}
}
