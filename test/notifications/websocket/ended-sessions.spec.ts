import { NotificationGateway } from '../../../src/notifications/websocket/notification.gateway.js';
import { type TestApp } from '../../support/app.js';
import { startWithMailbox } from '../../support/app-with-mailbox.js';
import { aMember, Device, liveSessions, PASSWORD } from '../../support/device.js';
import { listening, LiveClient } from '../../support/live.js';
import { type Mailbox, tokenIn } from '../../support/mailbox.js';

const NEXT = 'another fine phrase';
/** Longer than the previous refresh token is accepted for a second tab. */
const GRACE_SECONDS = 11;

interface Open {
  readonly id: number;
  readonly username: string;
  /** The device whose session ends. */
  readonly ending: Device;
  /** Another one of the same user. */
  readonly other: Device;
}

describe('a socket whose session ends', () => {
  let app: TestApp;
  let mailbox: Mailbox;
  let url: string;
  let users = 0;

  beforeAll(async () => {
    ({ app, mailbox } = await startWithMailbox());
    url = await listening(app);
    // It would close them as well, some seconds later.
    app.nest.get(NotificationGateway).sweep = async () => undefined;
  });
  afterEach(() => app.clock.reset());
  afterAll(() => app.stop());

  async function signedIn(): Promise<Open> {
    const username = `ending${++users}`;
    const id = await aMember(app, username);
    const [ending, other] = [new Device(app), new Device(app)];
    await ending.login(username);
    await other.login(username);
    return { id, username, ending, other };
  }
  const socketOf = async (device: Device): Promise<LiveClient> => {
    const client = new LiveClient(`${url}?token=${device.access}`);
    await client.opened;
    return client;
  };

  async function reset({ username }: Open): Promise<number> {
    const email = `${username}@mail.test`;
    await new Device(app).post('/api/auth/password/forgot', { email });
    const [mail] = await mailbox.to(email, 1, 'Choose a new password');
    return (await new Device(app).post('/api/auth/password/reset', { token: tokenIn(mail!), new_password: NEXT }))
      .status;
  }

  async function reuseRefreshToken({ ending }: Open): Promise<number> {
    const stolen = ending.cookies.get('refresh_token');
    await ending.refresh();
    app.clock.advance(GRACE_SECONDS);
    return (await ending.refresh(stolen)).status;
  }

  it.each<[string, (open: Open) => Promise<number>, number]>([
    [
      'it is ended on another device',
      async ({ id, other }) => {
        const [first] = await liveSessions(app, id);
        return (await other.delete(`/api/auth/sessions/${first?.id}`)).status;
      },
      204,
    ],
    [
      'the password is changed on another device',
      async ({ other }) => {
        const body = { old_password: PASSWORD, new_password: NEXT };
        return (await other.post('/api/auth/password/change', body)).status;
      },
      200,
    ],
    ['the password is reset', reset, 200],
    [
      'the user signs in on more devices than allowed',
      async ({ username }) => {
        // The third one ends the session with the socket: opening that was a use.
        for (let i = 0; i < 2; i++) await new Device(app).login(username);
        return (await new Device(app).login(username)).status;
      },
      200,
    ],
    ['its refresh token is used twice', reuseRefreshToken, 401],
  ])('is closed where %s', async (_, end, status) => {
    const open = await signedIn();
    const client = await socketOf(open.ending);
    expect(await end(open)).toBe(status);
    expect((await client.closed).code).toBe(4001);
  });

  it('leaves those of other sessions open', async () => {
    const open = await signedIn();
    const [ending, other] = [await socketOf(open.ending), await socketOf(open.other)];
    const [first] = await liveSessions(app, open.id);
    expect((await open.other.delete(`/api/auth/sessions/${first?.id}`)).status).toBe(204);
    await ending.closed;
    other.say({ action: 'mark_all_read' });
    expect(await other.answered()).toEqual({ type: 'all_read_confirmation' });
    other.socket.close();
  });
});
