import { type StreamableFile } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { jsonArrayFrom, JsonText, type Frame } from './streamed-response.js';
import { type PageQuery } from './page.dto.js';
import { linkNext, type JsonPage, type JsonRow } from './keyset-pagination.js';

/** The reads that a list is answered from; only those that are asked for are made. */
export interface Listing {
  count(): Promise<number>;
  page(limit: number): Promise<JsonPage>;
  /** The whole list, in batches. */
  all(): AsyncGenerator<JsonRow[]>;
}

/** Answers a list: a page with its `Link` where there is a limit, else the whole of it, streamed. */
export function answerList<T>(
  request: FastifyRequest,
  reply: FastifyReply,
  query: PageQuery,
  list: Listing,
): Promise<JsonText<T[]> | StreamableFile> {
  return answerFramed<T[]>(['', ''], request, reply, query, list);
}

/** Answers an object one of whose members is a list. `T` is the shape of the object. */
export async function answerFramed<T>(
  frame: Frame,
  request: FastifyRequest,
  reply: FastifyReply,
  { limit, include_total }: PageQuery,
  list: Listing,
): Promise<JsonText<T> | StreamableFile> {
  if (include_total) void reply.header('X-Total-Count', await list.count());
  if (limit === undefined) return jsonArrayFrom(list.all(), frame);
  const { json, next } = await list.page(limit);
  if (next) linkNext(request, reply, next);
  return new JsonText(frame.join(json));
}
