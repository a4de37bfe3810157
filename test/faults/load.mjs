// A load in a process of its own: reads from standard input what to send, and prints what came of it. Each connection sends
// its next request when it has the answer, also when it was refused.
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** Connections that are opened at once are refused by the kernel where there are too many. */
const OPENED_AT_ONCE = 50;
const OPENING_PAUSE_MS = 20;

let text = '';
for await (const data of process.stdin) text += data;
const { port, path, token, connections, seconds, warmUpSeconds = 0 } = JSON.parse(text);
const request = Buffer.from(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${token}\r\n\r\n`);

const accepted = [];
const refused = [];
const faults = new Map();
const fault = (what) => faults.set(what, (faults.get(what) ?? 0) + 1);
let [from, until] = [Infinity, Infinity];

/** One connection: sends, reads the answer to its end, and sends again. */
function converse() {
  const socket = connect(port, '127.0.0.1');
  socket.setNoDelay(true);
  let [received, sentAt] = [Buffer.alloc(0), 0];
  const send = () => {
    sentAt = performance.now();
    if (sentAt < until) socket.write(request);
    else socket.end();
  };
  socket.once('connect', send);
  socket.on('error', (error) => fault(error.code));
  socket.on('close', () => performance.now() < until && fault('the server closed a connection'));
  socket.on('data', (data) => {
    received = received.length === 0 ? data : Buffer.concat([received, data]);
    const head = received.indexOf('\r\n\r\n');
    if (head < 0) return;
    const headers = received.toString('latin1', 0, head);
    const length = Number(/^content-length: (\d+)/im.exec(headers)?.[1]);
    if (Number.isNaN(length)) return void fault('an answer without Content-Length');
    if (received.length < head + 4 + length) return;
    received = received.subarray(head + 4 + length);
    count(headers, sentAt);
    send();
  });
  return socket;
}

function count(headers, sentAt) {
  const now = performance.now();
  if (sentAt < from || now > until) return;
  const status = Number(headers.slice(9, 12));
  const ms = now - sentAt;
  if (status === 200) accepted.push(ms);
  else if ((status === 503 || status === 429) && headers.match(/^retry-after: [1-9]/im)) refused.push(ms);
  else fault(`${status} without Retry-After`);
}

const sockets = [];
for (let i = 0; i < connections; i++) {
  sockets.push(converse());
  if (i % OPENED_AT_ONCE === OPENED_AT_ONCE - 1) await sleep(OPENING_PAUSE_MS);
}
from = performance.now() + warmUpSeconds * 1000;
until = from + seconds * 1000;
await sleep(until - performance.now());
const unanswered = sockets.filter(({ destroyed, bytesRead }) => !destroyed && bytesRead === 0).length;
for (const socket of sockets) socket.destroy();

const quantile = (values, q) =>
  values.sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * q))] ?? 0;
const result = {
  perSecond: accepted.length / seconds,
  refusedPerSecond: refused.length / seconds,
  p50: quantile(accepted, 0.5),
  p99: quantile(accepted, 0.99),
  refusedP99: quantile(refused, 0.99),
  unanswered,
  faults: Object.fromEntries(faults),
};
process.stdout.write(JSON.stringify(result));
