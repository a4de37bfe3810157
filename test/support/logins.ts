import { type Response } from 'supertest';
import { type TestApp } from './app.js';
import { aMember, Device, PASSWORD } from './device.js';

export const WRONG = 'wrong horse battery';
/** Behind a proxy on this machine, with the default limit. */
export const BEHIND_PROXY = {
  TRUSTED_PROXIES: '127.0.0.1,::1',
  LOGIN_FAILURES_BEFORE_CHALLENGE: '',
  LOGIN_FAILURES_PER_DAY: '',
};

let names = 0;
let networks = 0;

/** An unused address. */
export const anAddress = () => `198.18.${networks >> 8}.${networks++ & 255}`;

export interface Way {
  readonly from?: string;
  readonly answer?: string;
  readonly device?: Device;
  readonly on?: TestApp;
}

/** The sum that a refusal asks for. */
export function solved({ status, body }: Response): string {
  expect([status, body.code]).toEqual([403, 'challenge_required']);
  expect(body.detail).toContain(body.captcha);
  const [, a, b] = /^(\d) \+ (\d)$/.exec(body.captcha as string) ?? [];
  return String(Number(a) + Number(b));
}

/** Logins by any client, to the application that a spec has started. */
export function loginsTo(app: () => TestApp) {
  const login = (username: string, password = PASSWORD, way: Way = {}): Promise<Response> => {
    const device = way.device ?? new Device(way.on ?? app());
    device.headers = {
      ...(way.from && { 'X-Forwarded-For': way.from }),
      ...(way.answer && { 'X-Captcha-Answer': way.answer }),
    };
    return device.login(username, password);
  };
  return {
    login,
    /** A user whose password is `PASSWORD`. */
    async aUser(): Promise<string> {
      const username = `gate${++names}`;
      await aMember(app(), username);
      return username;
    },
    async failures(count: number, username: string, way: Way = {}): Promise<void> {
      for (let n = 0; n < count; n++) expect((await login(username, WRONG, way)).status).toBe(401);
    },
    async aKnownDevice(username: string, from = anAddress()): Promise<Device> {
      const device = new Device(app());
      expect((await login(username, PASSWORD, { device, from })).status).toBe(200);
      return device;
    },
  };
}
