import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { InFlightResponses } from './in-flight-responses.js';

describe('responses in flight', () => {
  const pending: ServerResponse[] = [];
  let server: Server;
  let inFlight: InFlightResponses;

  beforeAll(async () => {
    server = createServer((_request, response) => void pending.push(response));
    inFlight = new InFlightResponses(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterAll(() => server.close());

  /** Sends three requests in a row, and waits until they have arrived. */
  async function threeInARow() {
    const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
    client.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(3));
    while (pending.length < 3) await once(server, 'request');
    return client.resume();
  }

  it('are counted until they are out', async () => {
    const client = await threeInARow();
    expect(inFlight.count).toBe(3);
    for (const response of pending.splice(0)) response.end('x');
    await inFlight.drained(5000);
    expect(inFlight.count).toBe(0);
    client.destroy();
  });

  it('are not counted once the client has gone, also where others were before them', async () => {
    const client = await threeInARow();
    expect(inFlight.count).toBe(3);
    client.destroy();
    await inFlight.drained(5000);
    expect(inFlight.count).toBe(0);
    for (const response of pending.splice(0)) response.end('x');
    expect(inFlight.count).toBe(0);
  });
});
