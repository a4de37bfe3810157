import { JwtService } from '@nestjs/jwt';
import { AccessTokensService } from '../../../src/auth/access-tokens/access-tokens.service.js';
import request from 'supertest';
import { as } from '../../support/actors.js';
import { TestApp } from '../../support/app.js';
import { aMember, Device, liveSessions, PASSWORD } from '../../support/device.js';

const ME = '/api/auth/users/me';
const SECRET = 'k'.repeat(40);
let app: TestApp;
let device: Device;
let userId: number;

beforeAll(async () => {
  app = await TestApp.start();
  userId = await aMember(app, 'tokens');
});
beforeEach(async () => {
  device = new Device(app);
  await device.login('tokens');
});
afterEach(() => app.clock.reset());
afterAll(() => app.stop());

const claimsOf = (token: string) =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>;

/** The device's own claims, changed, and signed with the product's key. */
function forged(change: object, algorithm: 'HS256' | 'HS384' | 'HS512' = 'HS256', secret = SECRET): string {
  const claims = Object.entries({ ...claimsOf(device.access), ...change }).filter(([, value]) => value !== undefined);
  return new JwtService({ secret }).sign(Object.fromEntries(claims), { algorithm });
}

function unsigned(): string {
  const header = Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url');
  return `${header}.${device.access.split('.')[1]}.`;
}

describe('a request for which no fresh token can be had', () => {
  it('is answered all the same', async () => {
    const old = device.access;
    app.clock.advance(19 * 60);
    const query = jest
      .spyOn(app.nest.get(AccessTokensService, { strict: false }), 'issue')
      .mockRejectedValue(new Error('Busy'));
    const answer = await device.get(ME, old);
    query.mockRestore();
    expect([answer.status, answer.headers['x-new-access-token']]).toEqual([200, undefined]);
    expect((await device.get(ME, old)).headers['x-new-access-token']).toBeDefined();
  });
});

describe('an access token', () => {
  it('is believed when only its time is changed within reason', async () => {
    expect((await device.get(ME, forged({}))).status).toBe(200);
  });

  it.each<[string, () => string]>([
    ['without exp', () => forged({ exp: undefined })],
    ['without sub', () => forged({ sub: undefined })],
    ['without sid', () => forged({ sid: undefined })],
    ['without type', () => forged({ type: undefined })],
    ['for another audience', () => forged({ aud: 'another-api' })],
    ['for no audience', () => forged({ aud: undefined })],
    ['of another installation', () => forged({ iss: 'Another' })],
    ['of type refresh', () => forged({ type: 'refresh' })],
    ['with a sid beyond int4', () => forged({ sid: 3e9 })],
    ['with a sid that is text', () => forged({ sid: '1' })],
    ['with a sub that is no number', () => forged({ sub: 'x' })],
    ['of another user', () => forged({ sub: String(userId + 1) })],
    ['of a session that is not there', () => forged({ sid: 2_000_000_000 })],
    ['expired', () => forged({ exp: 1_700_000_000 })],
    ['by HS512', () => forged({}, 'HS512')],
    ['by HS384', () => forged({}, 'HS384')],
    ['by none', unsigned],
    ['by another key', () => forged({}, 'HS256', 'j'.repeat(40))],
    ['cut', () => device.access.slice(0, -3)],
    ['garbage', () => 'garbage'],
    ['three dots', () => '..'],
    ['of 5,000 characters', () => 'x'.repeat(5000)],
  ])('%s is 401, with a challenge', async (_, token) => {
    const { status, headers, body } = await device.get(ME, token());
    expect([status, headers['www-authenticate'], body.code]).toEqual([
      401,
      'Bearer error="invalid_token"',
      'invalid_token',
    ]);
    expect(headers['content-type']).toContain('application/problem+json');
  });

  it.each(['Token ', 'JWT ', 'Basic ', '', 'Bearer', 'Bearer:'])(
    'after "%s" is 401, and the answer names the form',
    async (scheme) => {
      const call = request(app.server).get(ME).set('Authorization', `${scheme}${device.access}`);
      const { status, headers, body } = await call;
      expect([status, headers['www-authenticate'], body.code]).toEqual([401, 'Bearer', 'unauthenticated']);
      expect(body.detail).toMatch(/"Bearer" and the token/);
    },
  );

  it('of an earlier release, which names neither issuer nor audience, is believed for a while after the start', async () => {
    const old = () => forged({ iss: undefined, aud: undefined, iat: Math.floor(app.clock.now().getTime() / 1000) });
    expect((await device.get(ME, old())).status).toBe(200);
    app.clock.advance(21 * 60);
    const exp = Math.floor(app.clock.now().getTime() / 1000) + 600;
    const late = forged({ iss: undefined, aud: undefined, exp, iat: exp - 600 });
    expect((await device.get(ME, late)).status).toBe(401);
  });

  it('is asked for where there is none', async () => {
    const { status, headers } = await as(app).get(ME);
    expect([status, headers['www-authenticate']]).toEqual([401, 'Bearer']);
    for (const Authorization of ['Basic eDp5', 'Bearer', 'Bearer ', device.access]) {
      const answer = await as(app).get(ME, { Authorization });
      expect([answer.status, answer.headers['www-authenticate']]).toEqual([401, expect.stringContaining('Bearer')]);
    }
  });

  it('ends after twenty minutes', async () => {
    app.clock.advance(19 * 60);
    expect((await device.get(ME)).status).toBe(200);
    app.clock.advance(61);
    expect((await device.get(ME)).status).toBe(401);
  });

  it('is ignored, stale or broken, where anyone may call', async () => {
    for (const stale of ['garbage', forged({ exp: 1_700_000_000 })]) {
      const other = new Device(app);
      other.access = stale;
      expect((await other.get('/health')).status).toBe(200);
      expect((await other.post('/api/auth/verify-email', { token: 'x' })).status).toBe(400);
      const body = { username: `stale${stale.length}`, email: `stale${stale.length}@mail.test`, password: PASSWORD };
      expect((await other.post('/api/auth/register', body)).status).toBe(201);
      expect((await other.login('tokens')).status).toBe(200);
      other.access = stale;
      expect((await other.refresh()).status).toBe(200);
    }
    expect((await liveSessions(app, userId)).length).toBeLessThanOrEqual(3);
  });
});

describe('X-New-Access-Token', () => {
  const renewed = async (path: string) => (await device.get(path)).headers['x-new-access-token'] as string | undefined;

  it('comes in the last two minutes only', async () => {
    app.clock.hold();
    expect((await device.login('tokens')).status).toBe(200);
    expect(await renewed(ME)).toBeUndefined();
    app.clock.advance(17 * 60 + 50);
    expect(await renewed(ME)).toBeUndefined();
    app.clock.advance(20);
    const fresh = (await renewed(ME)) as string;
    expect(fresh.split('.')).toHaveLength(3);
    app.clock.advance(5 * 60);
    expect((await device.get(ME)).status).toBe(401);
    expect((await device.get(ME, fresh)).status).toBe(200);
    app.clock.advance(-5 * 60);
    expect(await renewed('/api/tasks')).toBeDefined();
  });

  it('comes with success only, and is exposed to scripts', async () => {
    app.clock.advance(19 * 60);
    expect(await renewed('/api/tasks/999999')).toBeUndefined();
    expect(await renewed('/api/tasks?limit=0')).toBeUndefined();
    expect(await renewed('/api/audit/entries')).toBeUndefined();
    expect(await renewed(ME)).toBeDefined();
  });

  it('does not come with an answer that ends the session', async () => {
    app.clock.advance(19 * 60);
    const { status, headers } = await device.post('/api/auth/logout');
    expect([status, headers['x-new-access-token']]).toEqual([200, undefined]);
  });
});

describe('SESSION_LIMIT_POLICY=refuse', () => {
  it('refuses a fourth device and lists the three, but not a known one', async () => {
    const strict = await TestApp.start({ SESSION_LIMIT_POLICY: 'refuse' }, app);
    const id = await aMember(strict, 'strict');
    const devices = [new Device(strict), new Device(strict), new Device(strict)];
    for (const one of devices) expect((await one.login('strict')).status).toBe(200);
    const { status, body } = await new Device(strict).login('strict');
    expect([status, body.code, body.active_devices.length]).toEqual([400, 'session_limit', 3]);
    expect(body.active_devices[0]).toMatchObject({
      device: 'Firefox on Linux',
      last_used_at: expect.any(String) as string,
    });
    expect((await devices[1]?.login('strict'))?.status).toBe(200);
    expect(await liveSessions(strict, id)).toHaveLength(3);
    await strict.stop();
  });
});
