import fc, { type Arbitrary } from 'fast-check';
import { operations, type Operation } from '../support/operations.js';
import { anId, bodyOf, hostileText, parameterOf } from './hostile-values.js';
import { type RawRequest } from './raw-http.js';

export const CALLERS = ['anonymous', 'expired', 'revoked', 'developer', 'other', 'manager', 'auditor'] as const;
export type Caller = (typeof CALLERS)[number];

export interface HostileRequest {
  readonly caller: Caller;
  readonly operation: Operation;
  readonly raw: RawRequest;
  /** True where address and method are those of the operation. */
  readonly plain: boolean;
}

const encoded = (text: string) => encodeURIComponent(text.toWellFormed());
const latin1 = (text: string) => Buffer.from(text.replaceAll(/[\r\n\0]/g, ' ')).toString('latin1');

const queryTrick = fc.constantFrom(
  ...[
    'a=1',
    '__proto__=1',
    '__proto__[a]=1',
    'constructor=1',
    'limit[]=1',
    'limit[a]=1',
    'limit=1&limit=2',
    'q=a&q=b',
    'sort=id&sort=id',
  ],
  ...[
    '%',
    '%zz=1',
    'q=%ff',
    'q=%00',
    'q=%ed%a0%80',
    '=',
    '&&&',
    'q',
    'q=a;b',
    '+=+',
    'include_total=true',
    `q=${'a'.repeat(3000)}`,
    'cursor=AAAA',
    'limit=0',
    'limit=1e3',
  ],
);

/** Ways to write an address that some servers read in another way than others. */
const pathTricks: readonly ((path: string) => string)[] = [
  (path) => `${path}/`,
  (path) => `/${path}`,
  (path) => path.replace('/api', '/api/.'),
  (path) => path.replace('/api', '/x/../api'),
  (path) => path.replace('/api', '/%61pi'),
  (path) => path.replace('/api/', '/api%2f'),
  (path) => path.toUpperCase(),
  (path) => `http://127.0.0.1${path}`,
  (path) => `${path}/%00`,
  (path) => `${path}/%e0%a4%a`,
  (path) => `${path};a=b`,
  (path) => `${path}#part`,
  (path) => `${path}/__proto__`,
  (path) => `${path}${'/a'.repeat(2000)}`,
  (path) => `${path}\\..`,
  () => '*',
  () => '/',
  () => '/ws/notifications/?token=a',
];

const METHODS = [
  'HEAD',
  'OPTIONS',
  'TRACE',
  'PUT',
  'PATCH',
  'DELETE',
  'POST',
  'GET',
  'QUERY',
  'PROPFIND',
  'FOO',
  'get',
  'CONNECT',
];

const headerTrick: Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    ...[
      'Content-Type: text/plain',
      'Content-Type: application/xml',
      'Content-Type: multipart/form-data; boundary=a',
      'Content-Type: ',
      'Content-Type: application/json; charset=utf-16',
      'Content-Type: application/JSON;;;',
      'Content-Type: a',
    ],
    ...['Content-Encoding: gzip', 'Accept: text/html', 'Accept-Encoding: br, gzip', 'Accept: */*;q=2'],
    ...[
      'Expect: 100-continue',
      'Expect: something',
      'Expect: ',
      'Upgrade: h2c',
      'Upgrade: websocket',
      'Connection: upgrade',
      'HTTP2-Settings: AAA',
      'TE: trailers',
      'Trailer: X',
      'Keep-Alive: 9999',
    ],
    ...[
      'Origin: null',
      'Origin: https://evil.example',
      'Origin: http://localhost:3000',
      'Access-Control-Request-Method: PUT',
      'Referer: a',
      'Range: bytes=0-1',
      'If-None-Match: *',
      'If-Modified-Since: a',
    ],
    ...[
      'If-Match: "1"',
      'If-Match: W/"1"',
      'If-Match: *',
      'If-Match: a',
      `If-Match: ${'"1",'.repeat(500)}`,
      'X-HTTP-Method-Override: DELETE',
      'X-Forwarded-For: 1.2.3.4',
      'X-Original-URL: /api/auth/users',
      'Forwarded: for=1',
    ],
    ...[
      'Host: a',
      'Host: a b',
      'Host: ',
      'Cookie: refresh_token=a; device_id=b',
      'Cookie: =;;;=',
      'Cookie: __proto__=1',
      `Cookie: ${'a=b;'.repeat(800)}`,
      'Authorization: Basic YTpi',
      'Authorization: Bearer',
      'Authorization: Bearer a.b.c',
      'Authorization: bearer  x  y',
    ],
    ...[
      'X-Request-Id: a b',
      'X-Request-Id: \x80',
      `X-Long: ${'a'.repeat(7000)}`,
      `X-Long: ${'a'.repeat(17_000)}`,
      'Bad Header: 1',
      'NoColon',
      ' Folded: 1',
      'X-Ctl: a\x01b',
      'Content-Length: 5',
      'Content-Length: -1',
      'Content-Length: 99999999',
      'Content-Length: a',
      'Transfer-Encoding: chunked',
      'Transfer-Encoding: gzip',
      'Transfer-Encoding: chunked, chunked',
    ],
    'X-Captcha-Answer: 7',
  ),
  hostileText.map((text) => `X-Change-Reason: ${latin1(text)}`),
  hostileText.map((text) => `User-Agent: ${latin1(text)}`),
);

type Frame = 'length' | 'chunked' | 'short' | 'broken chunks' | 'no type' | 'none';
const frames: Arbitrary<Frame> = fc.oneof(
  { weight: 14, arbitrary: fc.constant<Frame>('length') },
  { weight: 4, arbitrary: fc.constantFrom<Frame>('chunked', 'no type', 'none') },
  { weight: 1, arbitrary: fc.constantFrom<Frame>('short', 'broken chunks') },
);

/** The body of a request and the headers that say how it comes. */
function framed(frame: Frame, text: string): { headers: string[]; body: Buffer } {
  const body = Buffer.from(text);
  const json = 'Content-Type: application/json';
  const chunk = Buffer.concat([Buffer.from(`${body.length.toString(16)}\r\n`), body, Buffer.from('\r\n0\r\n\r\n')]);
  if (frame === 'none') return { headers: [], body: Buffer.alloc(0) };
  if (frame === 'chunked')
    return { headers: [json, 'Transfer-Encoding: chunked'], body: body.length > 0 ? chunk : Buffer.from('0\r\n\r\n') };
  if (frame === 'broken chunks')
    return { headers: [json, 'Transfer-Encoding: chunked'], body: Buffer.from('zz\r\nabc') };
  const length = `Content-Length: ${body.length + (frame === 'short' ? 10 : 0)}`;
  return { headers: frame === 'no type' ? [length] : [json, length], body };
}

/** Requests from the document of the API: who calls, what, and how. `token` gives that of a caller when it is sent. */
export function hostileRequests(): Arbitrary<HostileRequest> {
  return fc.constantFrom(...operations).chain((operation) => {
    const ids = operation.parameters.filter((parameter) => parameter.in === 'path');
    const query = operation.parameters.filter((parameter) => parameter.in === 'query');
    return fc
      .record({
        caller: fc.constantFrom(...CALLERS),
        ids: fc.tuple(...ids.map(({ name }) => idFor(name))),
        query: fc.tuple(
          ...query.map(({ name, schema }) =>
            fc.option(parameterOf(schema, name), { freq: 1 }).map((value) => ({ name, value })),
          ),
        ),
        queryTrick: fc.option(queryTrick, { freq: 1 }),
        pathTrick: fc.option(fc.constantFrom(...pathTricks), { freq: 1 }),
        method: fc.option(fc.constantFrom(...METHODS), { freq: 1 }),
        headers: fc.oneof({ weight: 2, arbitrary: fc.constant<string[]>([]) }, fc.array(headerTrick, { maxLength: 2 })),
        version: fc.oneof(
          { weight: 30, arbitrary: fc.constant('HTTP/1.1') },
          fc.constantFrom('HTTP/1.0', 'HTTP/2.0', 'HTTP/1.2', ''),
        ),
        host: fc.oneof({ weight: 30, arbitrary: fc.constant(true) }, fc.constant(false)),
        frame: frames,
        body: operation.body ? bodyOf(operation.body) : fc.constantFrom('', '', '{}', '[]', '{"a":1}', '1'),
        tricks: fc.integer({ min: 0, max: 9 }),
      })
      .map((given) =>
        written(
          operation,
          ids.map(({ name }) => name),
          given,
        ),
      );
  });
}

function idFor(name: string): Arbitrary<string> {
  if (name === 'type') return fc.constantFrom('task', 'user', 'tag', 'session', 'nothing', '__proto__', 'task%00');
  return fc.oneof(
    { weight: 6, arbitrary: anId.map(String) },
    hostileText.map(encoded),
    fc.constantFrom('1.5', '01', '-1', '1e1', '%31', '99999999999999999999'),
  );
}

interface Given {
  readonly caller: Caller;
  readonly ids: readonly string[];
  readonly query: readonly { name: string; value: string | null }[];
  readonly queryTrick: string | null;
  readonly pathTrick: ((path: string) => string) | null;
  readonly method: string | null;
  readonly headers: readonly string[];
  readonly version: string;
  readonly host: boolean;
  readonly frame: Frame;
  readonly body: string;
  readonly tricks: number;
}

/** One request in ten has a trick in its address, one its method, one its query: what all have is refused for the first. */
function written(operation: Operation, names: readonly string[], given: Given): HostileRequest {
  const path = names.reduce((address, name, i) => address.replace(`{${name}}`, given.ids[i] || '0'), operation.path);
  const tricky = given.pathTrick && given.tricks === 0;
  const method = given.method && given.tricks === 1 ? given.method : operation.method;
  const pairs = given.query.flatMap(({ name, value }) => (value === null ? [] : [`${name}=${encoded(value)}`]));
  const query = [...pairs, ...(given.queryTrick && given.tricks === 2 ? [given.queryTrick] : [])].join('&');
  const address = `${tricky ? given.pathTrick(path) : path}${query ? `?${query}` : ''}`;
  const { headers, body } =
    operation.method === 'GET' && given.tricks !== 3 ? framed('none', '') : framed(given.frame, given.body);
  return {
    caller: given.caller,
    operation,
    plain: !tricky && method === operation.method,
    raw: {
      line: `${method} ${address} ${given.version}`.trimEnd(),
      headers: [...(given.host ? ['Host: 127.0.0.1'] : []), 'Connection: close', ...headers, ...given.headers],
      body,
    },
  };
}
