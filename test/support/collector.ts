import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import { type AddressInfo } from 'node:net';
import { waitFor } from './wait-for.js';

/** A span as it arrived. */
export interface ReceivedSpan {
  readonly traceId: string;
  readonly spanId: string;
  /** Empty for a root. */
  readonly parentId: string;
  readonly name: string;
  /** OTLP: 1 internal, 2 server, 3 client. */
  readonly kind: number;
  readonly attributes: Readonly<Record<string, unknown>>;
  /** OTLP: 0 unset, 2 error. */
  readonly status: number;
  readonly durationMs: number;
  /** Attributes of the process. */
  readonly resource: Readonly<Record<string, unknown>>;
}

/** A real receiver of traces by OTLP over HTTP, and what it was sent. */
export class Collector {
  readonly spans: ReceivedSpan[] = [];
  /** Bodies and headers of all requests, as they came. */
  readonly raw: Buffer[] = [];
  readonly headers: IncomingMessage['headers'][] = [];
  /** Status of the answers; 0 for none at all. */
  status = 200;
  private readonly server: Server;

  private constructor() {
    this.server = createServer((request, response) => void this.receive(request, response));
  }

  static async open(): Promise<Collector> {
    const collector = new Collector();
    collector.server.listen(0, '127.0.0.1');
    await once(collector.server, 'listening');
    return collector;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** The first span that meets the condition, once it is there. */
  async span(meets: (span: ReceivedSpan) => boolean): Promise<ReceivedSpan> {
    await waitFor(() => this.spans.some(meets));
    return this.spans.find(meets) as ReceivedSpan;
  }

  /** All spans of a trace but the given one. They may arrive in an earlier batch than it does, never in a later one. */
  othersOf({ traceId, spanId }: ReceivedSpan): ReceivedSpan[] {
    return this.spans.filter((span) => span.traceId === traceId && span.spanId !== spanId);
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  private async receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = Buffer.concat((await request.toArray()) as Buffer[]);
    this.raw.push(body);
    this.headers.push(request.headers);
    if (this.status === 0) return;
    if (this.status === 200 && request.url === '/v1/traces') this.spans.push(...spansIn(body));
    response.writeHead(request.url === '/v1/traces' ? this.status : 404).end();
  }
}

type Field = number | bigint | Buffer;
type Message = ReadonlyMap<number, readonly Field[]>;

/** Reads a protobuf message without its schema: fields by number, in their order. */
function messageIn(bytes: Buffer): Message {
  const fields = new Map<number, Field[]>();
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes.readUInt8(at++);
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  const fixed = (size: number) => bytes.subarray(at, (at += size));
  const read = (wireType: number): Field => {
    if (wireType === 0) return varint();
    if (wireType === 1) return fixed(8).readBigUInt64LE();
    if (wireType === 5) return fixed(4).readUInt32LE();
    if (wireType === 2) return fixed(Number(varint()));
    throw new Error(`Wire type ${wireType} at byte ${at}`);
  };
  while (at < bytes.length) {
    const tag = Number(varint());
    fields.set(tag >> 3, [...(fields.get(tag >> 3) ?? []), read(tag & 7)]);
  }
  return fields;
}

const messages = (message: Message, field: number): Message[] =>
  (message.get(field) ?? []).map((bytes) => messageIn(bytes as Buffer));
const bytesOf = (message: Message, field: number): Buffer => (message.get(field)?.[0] as Buffer) ?? Buffer.alloc(0);
const numberOf = (message: Message | undefined, field: number): number => Number(message?.get(field)?.[0] ?? 0);

/** Field numbers are those of opentelemetry/proto/trace/v1/trace.proto. */
function spansIn(body: Buffer): ReceivedSpan[] {
  return messages(messageIn(body), 1).flatMap((resourceSpans) => {
    const [resource = new Map()] = messages(resourceSpans, 1);
    const own = attributesIn(resource, 1);
    return messages(resourceSpans, 2).flatMap((scope) => messages(scope, 2).map((span) => spanIn(span, own)));
  });
}

function spanIn(span: Message, resource: ReceivedSpan['resource']): ReceivedSpan {
  const time = (field: number) => (span.get(field)?.[0] as bigint) ?? 0n;
  return {
    traceId: bytesOf(span, 1).toString('hex'),
    spanId: bytesOf(span, 2).toString('hex'),
    parentId: bytesOf(span, 4).toString('hex'),
    name: bytesOf(span, 5).toString(),
    kind: numberOf(span, 6),
    durationMs: Number(time(8) - time(7)) / 1e6,
    attributes: attributesIn(span, 9),
    status: numberOf(messages(span, 15)[0], 3),
    resource,
  };
}

function attributesIn(message: Message, field: number): Record<string, unknown> {
  return Object.fromEntries(
    messages(message, field).map((pair) => [bytesOf(pair, 1).toString(), valueIn(messageIn(bytesOf(pair, 2)))]),
  );
}

function valueIn(value: Message): unknown {
  const [[field, [content]] = [0, []]] = [...value];
  return field === 1 ? String(content as Buffer) : Number(content as bigint);
}
