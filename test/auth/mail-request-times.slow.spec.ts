import { as } from '../support/actors.js';
import { type TestApp } from '../support/app.js';
import { startWithMailbox } from '../support/app-with-mailbox.js';
import { aMember } from '../support/device.js';

let app: TestApp;
/** Belongs to the names of one try: a slow spec may be tried again. */
let attempt = 0;

beforeEach(() => void attempt++);
beforeAll(async () => {
  ({ app } = await startWithMailbox());
});
afterAll(() => app.stop());

describe('whether an address is known', () => {
  it.each([
    ['forgot', '/api/auth/password/forgot'],
    ['resend', '/api/auth/verify-email/resend/'],
  ])('is not told by the time of an answer to %s', async (name, path) => {
    const username = `timed-${name}-${attempt}`;
    await aMember(app, username);
    const times = { known: [] as number[], unknown: [] as number[] };
    const measure = async (which: 'known' | 'unknown', email: string) => {
      const start = performance.now();
      const { status } = await as(app).post(path, { email });
      times[which].push(performance.now() - start);
      expect(status).toBe(202);
    };
    for (let n = 0; n < 20; n++) {
      const pair = [() => measure('known', `${username}@mail.test`), () => measure('unknown', `nobody-${n}@mail.test`)];
      // The job of the one before may still be under way: each kind comes first as often as the other.
      for (const one of n % 2 ? pair : pair.reverse()) await one();
    }
    // Other work of the machine only adds to a time.
    const ratio = Math.min(...times.known) / Math.min(...times.unknown);
    expect(ratio).toBeGreaterThan(0.5);
    expect(ratio).toBeLessThan(2);
  });
});
