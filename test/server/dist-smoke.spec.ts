import { startProduct } from '../support/product.js';

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
});
