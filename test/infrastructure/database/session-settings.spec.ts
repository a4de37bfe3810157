import { Database } from '../../../src/infrastructure/database/database.js';
import { sql, TestApp } from '../../support/app.js';

describe('Connections of the product', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await TestApp.start();
  });
  afterAll(() => app.stop());

  const setting = async (name: string) =>
    (await app.nest.get(Database).rows<{ value: string }>(sql`SELECT current_setting(${name}) AS value`))[0]?.value;

  it('plan for data in memory and compile no statement, whatever the server is set to', async () => {
    expect([await setting('random_page_cost'), await setting('jit')]).toEqual(['1.1', 'off']);
  });

  it('count in UTC', async () => expect(await setting('TimeZone')).toBe('UTC'));
});
