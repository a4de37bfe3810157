import { type Client, type FetchResponse, type MaybeOptionalInit } from 'openapi-fetch';
import { type HttpMethod, type MediaType, type PathsWithMethod, type RequiredKeysOf } from 'openapi-typescript-helpers';
import { type paths } from './schema.js';

export type Api = Client<paths>;

/** The parameters and the body of a call; may be left out where nothing is required. */
type InitParam<Init> = RequiredKeysOf<Init> extends never ? [Init?] : [Init];

/** The body of the successful response. */
type Data<Operation extends Record<string | number, unknown>, Init> = Extract<
  FetchResponse<Operation, Init, MediaType>,
  { data: unknown }
>['data'];

/** Calls a route. @returns the body of its response. @throws ProblemError */
export type Call<Method extends HttpMethod> = <
  Path extends PathsWithMethod<paths, Method>,
  Init extends MaybeOptionalInit<paths[Path], Method>,
>(
  path: Path,
  ...init: InitParam<Init>
) => Promise<Data<paths[Path][Method] & Record<string | number, unknown>, Init>>;

type AnyCall = (path: never, ...init: never[]) => Promise<{ data?: unknown }>;

/** Turns a method of openapi-fetch into one that returns the data alone; errors are thrown before. */
export function dataOf<Method extends HttpMethod>(call: unknown): Call<Method> {
  return (async (path: never, ...init: never[]) => (await (call as AnyCall)(path, ...init)).data) as Call<Method>;
}
