import fc from 'fast-check';
import { undocumented } from '../faults/documented-answer.js';
import { hostileRequests, type HostileRequest } from '../faults/hostile-requests.js';
import { HostileWorld } from '../faults/hostile-world.js';
import { sendRaw, type RawRequest } from '../faults/raw-http.js';
import { TestApp } from '../support/app.js';
import { blockOf, longestBlock, MAX_BLOCK_MS, WATCHED } from '../support/loop-watch.js';
import { startProduct, type Product } from '../support/product.js';
import { seedOf } from '../support/seeds.js';

const REQUESTS = Number(process.env.HOSTILE_REQUESTS ?? 2000);
const SEED = seedOf('HOSTILE_SEED');
/** After so many, the event loop is asked. */
const BATCH = 50;
const ENVIRONMENT = {
  ...{ ENVIRONMENT: 'test', SECRET_KEY: 'k'.repeat(40), BCRYPT_COST: '4', RATE_LIMIT_ENABLED: 'false' },
  ...{ LOGIN_FAILURES_BEFORE_CHALLENGE: '1000', DEMO_DATA: 'false' },
  // A job that changes a record in the same moment, such as a task with a near deadline, would be taken for the request.
  JOBS_ENABLED: 'false',
};

describe(`${REQUESTS} hostile requests (HOSTILE_SEED=${SEED})`, () => {
  let app: TestApp;
  let product: Product;
  let world: HostileWorld;
  let port: number;

  beforeAll(async () => {
    app = await TestApp.start();
    world = await HostileWorld.make(app);
    product = await startProduct({ ...WATCHED, ...ENVIRONMENT }, { database: app.database } as Product);
    port = Number(new URL(product.url).port);
    await longestBlock(product.child);
  }, 60_000);
  afterAll(async () => {
    await product?.stop();
    await app?.stop();
  });

  const withToken = ({ caller, raw }: HostileRequest): RawRequest => ({
    ...raw,
    headers: [...raw.headers.slice(0, 2), ...world.authorization(caller), ...raw.headers.slice(2)],
  });

  async function faultsOf(request: HostileRequest): Promise<string[]> {
    const { operation, plain, caller } = request;
    const writes = operation.method !== 'GET' || !plain;
    const before = writes ? await world.state() : '';
    const answer = await sendRaw(port, withToken(request));
    // Unfinished requests wait for the rest; that they are given up in time is shown elsewhere.
    if (!answer) return [];
    if (answer.status === 0) return ['The server hung up without an answer'];
    const faults = undocumented(plain ? operation : undefined, answer);
    const leaks = await world.leaks(caller, answer.text);
    if (leaks.length > 0) faults.push(`${caller} reads ${leaks.join(', ')}`);
    if (writes && answer.status >= 400 && (await world.state()) !== before) faults.push(`${answer.status}, but done`);
    if (writes && answer.status < 400 && operation.path.startsWith('/api/auth')) await world.restore();
    if (product.child.exitCode !== null) faults.push('The process died');
    return faults;
  }

  it('are answered as documented, show nothing of others, change nothing where refused, and block no other client', async () => {
    const slow: string[] = [];
    let batch: HostileRequest[] = [];
    const property = fc.asyncProperty(hostileRequests(), async (request) => {
      const faults = await faultsOf(request);
      if (faults.length > 0) throw new Error(faults.join('\n'));
      if (batch.push(request) < BATCH) return;
      slow.push(...(await blockers(batch)));
      batch = [];
    });
    const run = await fc.check(property, { numRuns: REQUESTS, seed: SEED });
    expect(describeRun(run)).toBe('');
    expect(slow).toEqual([]);
  }, 1_200_000);

  /** Those that hold the loop when each is sent alone. */
  async function blockers(batch: readonly HostileRequest[]): Promise<string[]> {
    if ((await longestBlock(product.child)) <= MAX_BLOCK_MS) return [];
    const found: string[] = [];
    for (const request of batch) {
      const block = await blockOf(product.child, () => sendRaw(port, withToken(request)));
      if (block > MAX_BLOCK_MS) found.push(`${Math.round(block)} ms: ${shown(request)}`);
    }
    return found;
  }
});

function describeRun({ failed, counterexample, errorInstance, numShrinks }: fc.RunDetails<[HostileRequest]>): string {
  if (!failed) return '';
  const smallest = counterexample ? shown(counterexample[0]) : '';
  return `HOSTILE_SEED=${SEED}, after ${numShrinks} shrinks:\n${String((errorInstance as Error)?.message)}\n${smallest}`;
}

function shown({ caller, raw: { line, headers, body } }: HostileRequest): string {
  const short = (text: string) => (text.length > 300 ? `${text.slice(0, 300)}… (${text.length})` : text);
  return [`as ${caller}: ${short(line)}`, ...headers.map(short), '', short(JSON.stringify(body.toString()))].join('\n');
}
