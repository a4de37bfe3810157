import { type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type Socket } from 'node:net';

const NOT_PASSED_ON = new Set(['upgrade', 'http2-settings']);

type Upgrade = (request: IncomingMessage, socket: Socket, head: Buffer) => void;

/** Admission of upgrades, which Node does not emit as requests, by the load of the process. */
export interface UpgradeAdmission {
  /** Calls `run` at once or in its turn, or answers 503. */
  admit(request: IncomingMessage, socket: Socket, run: () => void): void;
  /** Ends the count of an upgrade as a request in flight; an HTTP answer to it ends it, too. */
  completed(request: IncomingMessage): void;
}

/**
 * Restricts upgrades to WebSocket at one path, and by admission. Any other `Upgrade`, such as that of Java's client for HTTP/2, is ignored
 * (RFC 9110 §7.8), and the request is handled as usual.
 */
export function restrictUpgrades(server: Server, path: string, admission: UpgradeAdmission): void {
  const [upgrade] = server.listeners('upgrade') as Upgrade[];
  server.removeAllListeners('upgrade');
  server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
    afterAnswers(socket, () => {
      if (isWebSocket(request) && pathOf(request) === path)
        admission.admit(request, socket, () => upgrade?.call(server, request, socket, head));
      else replayAsPlainRequest(server, request, socket, head);
    });
  });
}

const isWebSocket = ({ headers }: IncomingMessage): boolean => headers.upgrade?.toLowerCase() === 'websocket';
const pathOf = ({ url = '' }: IncomingMessage): string => (url.split('?', 1)[0] ?? '').replace(/\/$/, '');

/**
 * Waits for the responses to earlier pipelined requests, which Node sends on the connection before the upgrade. Node has
 * taken its listeners off the connection: without one, a reset would end the process.
 */
function afterAnswers(socket: Socket, next: () => void): void {
  const lost = () => socket.destroy();
  socket.on('error', lost);
  whenAnswered(socket, () => {
    socket.off('error', lost);
    next();
  });
}

function whenAnswered(socket: Socket, next: () => void): void {
  const { _httpMessage: answering } = socket as Socket & { _httpMessage?: ServerResponse | null };
  if (answering) answering.once('close', () => setImmediate(whenAnswered, socket, next));
  else if (!socket.destroyed) next();
}

/** Puts the received bytes back without the `Upgrade` header and emits the connection again, since Node has released it. */
function replayAsPlainRequest(server: Server, request: IncomingMessage, socket: Socket, head: Buffer): void {
  const { method, url, httpVersion, rawHeaders } = request;
  const lines = [`${method} ${url} HTTP/${httpVersion}`];
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const [name = '', value = ''] = rawHeaders.slice(i, i + 2);
    if (NOT_PASSED_ON.has(name.toLowerCase())) continue;
    lines.push(`${name}: ${name.toLowerCase() === 'connection' ? withoutWish(value) : value}`);
  }
  socket.unshift(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), head]));
  server.emit('connection', socket);
}

const withoutWish = (connection: string): string =>
  connection
    .split(',')
    .map((word) => word.trim())
    .filter((word) => !NOT_PASSED_ON.has(word.toLowerCase()))
    .join(', ') || 'keep-alive';
