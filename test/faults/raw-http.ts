import { connect } from 'node:net';

/** A request as bytes: nothing is corrected, as a client library would do. */
export interface RawRequest {
  /** With the method and, mostly, ` HTTP/1.1`. */
  readonly line: string;
  /** In latin1, as they are sent. */
  readonly headers: readonly string[];
  readonly body: Buffer;
}

export interface RawAnswer {
  /** 0 where the server hung up without an answer. */
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

const NOTHING: RawAnswer = { status: 0, headers: {}, text: '' };
/** Silence after which an exchange is over: a body that is shorter than announced never ends by itself. */
const PATIENCE_MS = 1500;

/**
 * Sends bytes on a connection of its own.
 *
 * @returns undefined where the server went on waiting for the rest of the request
 */
export function sendRaw(port: number, { line, headers, body }: RawRequest): Promise<RawAnswer | undefined> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    const socket = connect(port, '127.0.0.1');
    const end = (complete: boolean) => {
      clearTimeout(timer);
      socket.destroy();
      const received = Buffer.concat(chunks);
      const answer = received.length > 0 ? parsed(received) : NOTHING;
      // Without a status it has sent nothing yet, or only `100 Continue`.
      resolve(answer.status === 0 && !complete ? undefined : answer);
    };
    const timer = setTimeout(() => end(false), PATIENCE_MS);
    socket.on('data', (chunk) => {
      chunks.push(chunk);
      // A long list takes its time on a busy machine; cut off, it would be taken for broken JSON.
      timer.refresh();
    });
    socket.on('error', () => undefined).on('close', () => end(true));
    socket.write(Buffer.concat([Buffer.from(`${[line, ...headers].join('\r\n')}\r\n\r\n`, 'latin1'), body]));
  });
}

/** Reads the last answer: an interim one, such as 100, may come before it. */
function parsed(received: Buffer): RawAnswer {
  const text = received.toString('latin1');
  const [head = '', ...rest] = text.split('\r\n\r\n');
  const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1] ?? 0);
  if (status >= 100 && status < 200 && rest.length > 0) return parsed(received.subarray(head.length + 4));
  const lines = head.split('\r\n').slice(1);
  const headers = Object.fromEntries(
    lines.map((line) => [line.split(':', 1)[0]?.toLowerCase() ?? '', line.slice(line.indexOf(':') + 1).trim()]),
  );
  const body = received.subarray(head.length + 4);
  const whole = headers['transfer-encoding'] === 'chunked' ? unchunked(body) : body;
  return { status, headers, text: whole.toString('utf8') };
}

function unchunked(body: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at < body.length;) {
    const end = body.indexOf('\r\n', at);
    const size = Number.parseInt(body.toString('latin1', at, end), 16);
    if (!size) break;
    parts.push(body.subarray(end + 2, end + 2 + size));
    at = end + 2 + size + 2;
  }
  return Buffer.concat(parts);
}
