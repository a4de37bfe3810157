import { Secret, TOTP } from 'otpauth';
import { type TestApp } from './app.js';
import { aMember, Device, PASSWORD } from './device.js';

export const SECOND_FACTOR = '/api/auth/second-factor';

const STEP_MS = 30_000;

/** An authenticator that knows the secret of one account. */
export class SecondFactorOf {
  private constructor(
    private readonly device: Device,
    readonly secret: string,
    readonly uri: string,
  ) {}

  /** Begins on a device that is signed in. */
  static async begin(device: Device, password = PASSWORD): Promise<SecondFactorOf> {
    const { status, body } = await device.post(SECOND_FACTOR, { current_password: password });
    expect(status).toBe(200);
    return new SecondFactorOf(device, body.secret as string, body.uri as string);
  }

  /** The code of now, or of some steps from now. */
  code(steps = 0): string {
    const timestamp = this.device.app.clock.now().getTime() + steps * STEP_MS;
    return TOTP.generate({ secret: Secret.fromBase32(this.secret), timestamp });
  }

  /** A code that none of the accepted steps has. */
  wrongCode(): string {
    const right = [-2, -1, 0, 1, 2].map((steps) => this.code(steps));
    return ['000000', '111111', '222222', '333333', '444444', '555555'].find((code) => !right.includes(code)) as string;
  }

  /** Confirms, and goes on with the fresh tokens. @returns the recovery codes */
  async confirm(): Promise<string[]> {
    const answer = await this.device.post(`${SECOND_FACTOR}/confirm`, { code: this.code() });
    expect(answer.status).toBe(200);
    this.device.access = answer.headers['x-new-access-token'] as string;
    // The code of this step is used up.
    this.device.app.clock.advance(STEP_MS / 1000);
    return answer.body.recovery_codes as string[];
  }
}

let names = 0;

export interface Owner {
  readonly device: Device;
  readonly username: string;
  readonly userId: number;
  readonly email: string;
}

/** A signed-in user. */
export async function anOwner(app: TestApp): Promise<Owner> {
  const username = `factor${++names}`;
  const userId = await aMember(app, username);
  const device = new Device(app);
  expect((await device.login(username)).status).toBe(200);
  return { device, username, userId, email: `${username}@mail.test` };
}

/** The same with a second factor. */
export async function aCautiousOwner(app: TestApp): Promise<Owner & { factor: SecondFactorOf; codes: string[] }> {
  const owner = await anOwner(app);
  const factor = await SecondFactorOf.begin(owner.device);
  return { ...owner, factor, codes: await factor.confirm() };
}
