import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { startProduct, type Product } from '../../support/product.js';

const PASSWORD = 'trial-demo-2026';
const HOUR = 3_600_000;
const SHIFTED = pathToFileURL(join(__dirname, '../../support/shifted-clock.mjs')).href;

describe('Replicas whose clocks differ by an hour', () => {
  let right: Product;
  let behind: Product;

  beforeAll(async () => {
    right = await startProduct();
    behind = await startProduct({ NODE_OPTIONS: `--import ${SHIFTED}`, CLOCK_SHIFT_MS: String(-HOUR) }, right);
  }, 180_000);
  afterAll(async () => {
    await behind.stop();
    await right.stop();
  });

  async function ask<T>(product: Product, method: string, path: string, token?: string, body?: object) {
    const answer = await fetch(product.url + path, {
      method,
      headers: {
        ...(token && { Authorization: `Bearer ${token}` }),
        ...(body && { 'Content-Type': 'application/json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    return { status: answer.status, body: (await answer.json()) as T };
  }
  const signIn = async (product: Product, username: string) =>
    (await ask<{ access: string }>(product, 'POST', '/api/auth/login', undefined, { username, password: PASSWORD }))
      .body.access;
  const status = async (product: Product, token: string) =>
    (await ask(product, 'GET', '/api/auth/users/me', token)).status;

  it('take each other’s tokens, and end the session that was used least recently whichever opened it', async () => {
    const oldest = await signIn(right, 'auditor');
    const second = await signIn(right, 'auditor');
    const onOther = await signIn(behind, 'auditor');
    expect([await status(right, onOther), await status(behind, second)]).toEqual([200, 200]);
    const fourth = await signIn(right, 'auditor');
    expect(await status(right, oldest)).toBe(401);
    for (const token of [second, onOther, fourth]) {
      expect([await status(right, token), await status(behind, token)]).toEqual([200, 200]);
    }
  }, 60_000);

  it('never date a change before what it changes', async () => {
    const token = await signIn(right, 'manager');
    for (const [creating, changing] of [
      [right, behind],
      [behind, right],
    ] as const) {
      const began = Date.now();
      const draft = { title: 'Dated', estimated_hours: 1, deadline: '2100-01-01T00:00:00Z', assigned_to: 2 };
      const { body: made } = await ask<Record<string, string>>(creating, 'POST', '/api/tasks', token, draft);
      const path = `/api/tasks/${made.id}`;
      const patch = { status: 'in_progress' };
      const { body: changed } = await ask<Record<string, string>>(changing, 'PATCH', path, token, patch);
      const { body: history } = await ask<{ timestamp: string }[]>(changing, 'GET', `${path}/history`, token);
      const times = [made.created_at, changed.updated_at].map((time) => Date.parse(time ?? ''));
      expect(times).toEqual([...times].sort((a, b) => a - b));
      for (const time of [...times, ...history.map(({ timestamp }) => Date.parse(timestamp))]) {
        expect(Math.abs(time - began)).toBeLessThan(60_000);
      }
    }
  }, 60_000);

  it('are compared: the wrong one warns at its start and in its metrics', async () => {
    expect(behind.output()).toMatch(/The clock of this host is (?:3599|3600)\.\d s behind that of the database/);
    expect(right.output()).not.toContain('The clock of this host');
    const difference = async ({ url }: Product) =>
      Number(/^ctms_clock_difference_seconds (.*)$/m.exec(await (await fetch(`${url}/metrics`)).text())?.[1]);
    expect(Math.abs((await difference(behind)) + 3600)).toBeLessThan(1);
    expect(Math.abs(await difference(right))).toBeLessThan(1);
  });
});
