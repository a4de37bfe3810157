import { startProduct } from '../support/product.js';
import { waitFor } from '../support/wait-for.js';

describe('the built product', () => {
  it('starts with its demo, signs in, serves and stops in order', async () => {
    const product = await startProduct();
    const signIn = await fetch(`${product.url}/api/auth/login`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ username: 'auditor', password: 'trial-demo-2026' }),
    });
    const { access } = (await signIn.json()) as { access: string };
    const tasks = await fetch(`${product.url}/api/tasks/`, { headers: { Authorization: `Bearer ${access}` } });
    expect(tasks.status).toBe(200);
    expect(((await tasks.json()) as unknown[]).length).toBeGreaterThan(5);
    expect((await fetch(`${product.url}/redoc/redoc.standalone.js`)).status).toBe(200);
    expect((await fetch(`${product.url}/health/ready`)).status).toBe(200);
    const metrics = await (await fetch(`${product.url}/metrics`)).text();
    for (const name of ['process_cpu_seconds_total', 'nodejs_gc_duration_seconds', 'ctms_database_connections'])
      expect(metrics).toContain(`# TYPE ${name} `);
    expect(await product.stop()).toBe(0);
  });

  it.each(['1', '2'])('prints how to sign in to its demo, with %s workers', async (WORKERS) => {
    const product = await startProduct({ WORKERS });
    const printed = waitFor(() => product.output().includes('Demo accounts: '));
    await printed.finally(() => product.stop());
    expect(product.output().match(/Demo accounts: .*/g)).toEqual([
      'Demo accounts: manager, developer, auditor; the password of each is trial-demo-2026',
    ]);
    expect(product.output()).toContain(`curl -s ${product.url}/api/auth/login -H 'Content-Type: application/json'`);
  });

  it('prints no accounts without demo data', async () => {
    const product = await startProduct({ DEMO_DATA: 'false' });
    expect((await fetch(`${product.url}/health/ready`)).status).toBe(200);
    expect(await product.stop()).toBe(0);
    expect(product.output()).not.toContain('trial-demo-2026');
  });
});
