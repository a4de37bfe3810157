import { type PathsWithMethod } from 'openapi-typescript-helpers';
import { type paths } from './schema.js';
import { type Api } from './typed-calls.js';

type JsonOf<Path extends PathsWithMethod<paths, 'get'>> = paths[Path]['get'] extends {
  responses: { 200: { content: { 'application/json': infer Json } } };
}
  ? Json
  : never;
type ParametersOf<Path extends PathsWithMethod<paths, 'get'>> = paths[Path]['get'] extends { parameters: infer All }
  ? All
  : never;

/** Paths of lists, which come in pages. */
export type ListPath = {
  [Path in PathsWithMethod<paths, 'get'>]: JsonOf<Path> extends readonly unknown[]
    ? ParametersOf<Path> extends { query?: { cursor?: string } }
      ? Path
      : never
    : never;
}[PathsWithMethod<paths, 'get'>];

export type ItemOf<Path extends ListPath> = JsonOf<Path> extends readonly (infer Item)[] ? Item : never;

/** Parameters of a list: those of its path and query. `query.limit` is the size of a page, default 100. */
export type ListParams<Path extends ListPath> = Pick<ParametersOf<Path>, keyof ParametersOf<Path> & ('path' | 'query')>;

type UntypedGet = (path: string, init: object) => Promise<{ data: unknown[]; response: Response }>;

/** Reads a list page by page, each when it is asked for. */
export async function* pagesOf<Path extends ListPath>(
  api: Api,
  path: Path,
  params: ListParams<Path> | undefined,
): AsyncGenerator<ItemOf<Path>[], void, undefined> {
  const get = api.GET as unknown as UntypedGet;
  const { query, ...others } = (params ?? {}) as { query?: object };
  for (let cursor: string | undefined; ;) {
    const all = { limit: 100, ...query, ...(cursor !== undefined && { cursor }) };
    const { data, response } = await get(path, { params: { ...others, query: all } });
    yield data as ItemOf<Path>[];
    cursor = nextCursor(response.headers.get('Link'));
    if (cursor === undefined) return;
  }
}

function nextCursor(link: string | null): string | undefined {
  const url = /<([^>]+)>\s*;\s*rel="?next"?/.exec(link ?? '')?.[1];
  return url === undefined ? undefined : (new URL(url, 'http://_').searchParams.get('cursor') ?? undefined);
}
