import { randomBytes } from 'node:crypto';
import { accountsWithPublicPassword, seedDemoData } from '../../src/server/demo-data.js';
import { as } from '../support/actors.js';
import { sql, TestApp } from '../support/app.js';

const DEMO = 'trial-demo-2026';
const PRODUCTION = {
  ENVIRONMENT: 'production',
  SECRET_KEY: randomBytes(48).toString('base64'),
  DATABASE_URL: 'postgres://given.example/to-the-app',
  BCRYPT_COST: '12',
};

describe('demo accounts in a database of development that was moved to production', () => {
  it('cannot sign in, and are named as long as they have the public password', async () => {
    const development = await TestApp.start({});
    await seedDemoData(development.nest);
    const login = (app: TestApp) => as(app).post('/api/auth/login', { username: 'manager', password: DEMO });
    expect((await login(development)).status).toBe(200);
    const production = await TestApp.start(PRODUCTION, development);
    expect((await login(production)).body.code).toBe('wrong_credentials');
    const named = () => accountsWithPublicPassword(production.nest);
    expect((await named()).sort()).toEqual(['auditor', 'developer', 'manager']);
    await production.rows(sql`UPDATE users SET hashed_password = '!' WHERE username <> 'manager'`);
    expect(await named()).toEqual(['manager']);
    await production.stop();
    await development.stop();
  });
});
