import { AccountProvisioningService } from '../../src/auth/registration/account-provisioning.service.js';
import { systemPrincipal } from '../../src/core/authorization/actor.js';
import { PasswordHasher } from '../../src/auth/passwords/password-hasher.service.js';
import { as } from '../support/actors.js';
import { TestApp } from '../support/app.js';
import { aUser } from '../support/factories.js';

const PASSWORD = 'correct horse battery';

describe('a new username', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await TestApp.start();
  });
  afterAll(() => app.stop());

  const hash = () => app.nest.get(PasswordHasher, { strict: false }).hash(PASSWORD);
  let n = 0;
  const signUp = async (username: string) => {
    const { status, body } = await as(app).post('/api/auth/register', {
      username,
      email: `u${++n}@example.org`,
      password: PASSWORD,
    });
    const { code, errors: [first] = [] } = body as { code?: string; errors?: { code: string; message: string }[] };
    return [status, first?.code ?? code];
  };
  const byOperator = (username: string) =>
    app.nest
      .get(AccountProvisioningService, { strict: false })
      .create(systemPrincipal('user:create'), { username, email: `u${++n}@example.org`, role: 'manager' });

  it.each([
    'system',
    'System',
    'visitor',
    'VISITOR',
    'anonymous',
    'unknown',
    'sealer',
    'admin',
    'adrnin',
    'rооt',
    'root',
  ])('is none of the product or of an authority: %s', async (name) => {
    // A mix of scripts is refused for that reason.
    expect(await signUp(name)).toEqual([422, name === 'rооt' ? 'is_of_one_script' : 'reserved']);
  });

  it('of an authority is for an administrator of the installation to give, and one of the product for no one', async () => {
    await expect(byOperator('Administrator')).resolves.toMatchObject({ username: 'Administrator' });
    await expect(byOperator('system')).rejects.toMatchObject({ status: 422 });
  });

  it.each(['mаnager', 'раypal', 'Ελένηa', 'omаr', 'аlice'])('has letters of one script: not %s', async (name) => {
    expect(await signUp(name)).toEqual([422, 'is_of_one_script']);
  });

  it.each(['мария', 'Ελένη.7', '山田たろうx', '김철수', 'मीरा-1', 'josé', 'łukasz', 'asha@site-4'])(
    'may be in any script: %s',
    async (name) => {
      expect(await signUp(name)).toEqual([201, undefined]);
    },
  );

  it.each([
    ['cocoa', 'сосоа'],
    ['marie', 'rnarie'],
    ['Ivan', 'lvan'],
    ['bob0', 'bobO'],
  ])('does not look like one that is there: %s, %s', async (there, name) => {
    const { username } = await aUser(app, 'developer', { username: there });
    expect(username).toBe(there);
    expect(await signUp(name)).toEqual([409, 'username_confusable']);
    await expect(byOperator(name)).rejects.toMatchObject({ status: 409 });
  });

  it('leaves accounts alone that have such a name already', async () => {
    await aUser(app, 'developer', { username: 'anna' });
    const { username } = await aUser(app, 'developer', { username: 'аnnа', hash: await hash() });
    const answer = await as(app).post('/api/auth/login', { username, password: PASSWORD });
    expect(answer.status).toBe(200);
  });
});
