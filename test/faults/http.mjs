import { Agent, request } from 'node:http';

/** Longer than any answer may take: a request that is still open then was forgotten. */
const HUNG_MS = 45_000;

/** Sends JSON requests by node:http, whose errors say more of broken connections than those of `fetch`. */
export class Http {
  #agent;

  /** @param keepAlive whether connections are used again */
  constructor(keepAlive = true) {
    this.#agent = new Agent({ keepAlive, maxSockets: Infinity });
  }

  /**
   * @returns status, headers and parsed body of the answer; or `broken`, the error code of a connection that ended without
   * one, where `hung` says that nothing came for `HUNG_MS`
   */
  send(base, method, path, { body, headers = {}, patienceMs = HUNG_MS } = {}) {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const began = performance.now();
    return new Promise((resolve) => {
      const end = (answer) => {
        clearTimeout(timer);
        resolve({ ms: performance.now() - began, ...answer });
      };
      const url = new URL(path, base);
      const sent = request(url, {
        method,
        agent: this.#agent,
        headers: {
          ...(text !== undefined && { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) }),
          ...headers,
        },
      });
      const timer = setTimeout(() => {
        end({ broken: 'no answer', hung: true });
        sent.destroy();
      }, patienceMs);
      sent.on('error', (error) => end({ broken: error.code ?? error.message }));
      sent.on('response', (response) => {
        const chunks = [];
        response.on('data', (chunk) => chunks.push(chunk));
        response.on('error', (error) => end({ broken: error.code ?? error.message }));
        response.on('end', () => {
          const received = Buffer.concat(chunks).toString();
          end({ status: response.statusCode, headers: response.headers, body: parsed(received), text: received });
        });
      });
      sent.end(text);
    });
  }

  close() {
    this.#agent.destroy();
  }
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
