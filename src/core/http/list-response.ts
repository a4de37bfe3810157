import { type StreamableFile } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { streamJsonArray, PreserializedJson, type JsonEnvelope } from './streamed-response.js';
import { type PageQuery } from './page.dto.js';
import { setNextLink, type JsonPage, type JsonRow } from './keyset-pagination.js';

/** The reads that a list is answered from; only those that are asked for are made. */
export interface ListReader {
  count(): Promise<number>;
  page(limit: number): Promise<JsonPage>;
  /** The whole list, in batches. */
  stream(): AsyncGenerator<JsonRow[]>;
}

/** Answers a list: a page with its `Link` where there is a limit, else the whole of it, streamed. */
export function sendList<T>(
  request: FastifyRequest,
  reply: FastifyReply,
  query: PageQuery,
  list: ListReader,
): Promise<PreserializedJson<T[]> | StreamableFile> {
  return sendEnvelopedList<T[]>(['', ''], request, reply, query, list);
}

/** Answers an object one of whose members is a list. `T` is the shape of the object. */
export async function sendEnvelopedList<T>(
  frame: JsonEnvelope,
  request: FastifyRequest,
  reply: FastifyReply,
  { limit, include_total }: PageQuery,
  list: ListReader,
): Promise<PreserializedJson<T> | StreamableFile> {
  if (include_total) void reply.header('X-Total-Count', await list.count());
  if (limit === undefined) return streamJsonArray(list.stream(), frame);
  const { json, next } = await list.page(limit);
  if (next) setNextLink(request, reply, next);
  return new PreserializedJson(frame.join(json));
}
