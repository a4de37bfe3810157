import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROLES, type Role } from '../../src/core/authorization/actor.js';
import { extensionFolders } from '../../src/core/config/extension-folders.js';
import { policyDocument } from '../../src/core/authorization/policy-table.document.js';
import { PolicyTable, type RouteRule } from '../../src/core/authorization/policy-table.service.js';
import { anActor, as } from '../support/actors.js';
import { TestApp } from '../support/app.js';
import { isOfProduct } from '../support/openapi.js';

const HOURS = { within_hours: '2026-03-02T12:00:00Z', outside_hours: '2026-03-02T00:00:00Z' } as const;

describe('GET /api/policy', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await TestApp.start();
  });
  afterAll(() => app.stop());

  /** Calls an operation on a record that is not there, so that only its policy can deny it. */
  async function call(operation: string, role?: Role) {
    const [method = '', path = ''] = operation.split(' ');
    const address = path.replace('{type}', 'task').replace(/\{\w+\}/g, '2000000000');
    const verb = method.toLowerCase() as 'get' | 'post' | 'put' | 'patch' | 'delete';
    const who = role ? await anActor(app, role) : app;
    return verb === 'get' || verb === 'delete' ? as(who)[verb](address) : as(who)[verb](address, {});
  }

  it('lists every operation of the documents, and is what docs/permissions.md and permissions.md of each extension show', async () => {
    const { body } = await as(await anActor(app, 'developer')).get('/api/policy');
    const { paths } = (await as(app).get('/openapi.json')).body as { paths: Record<string, object> };
    const documented = Object.entries(paths).flatMap(([path, methods]) =>
      path.startsWith('/api/') ? Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`) : [],
    );
    expect((body.rules as RouteRule[]).map(({ operation }) => operation).sort()).toEqual(documented.sort());
    const rules = app.nest.get(PolicyTable, { strict: false }).routes();
    const isOurs = ({ operation }: RouteRule) => {
      const [method = '', path = ''] = operation.split(' ');
      return isOfProduct(path, method);
    };
    // The document is of the product alone, which nothing narrows.
    const ours = rules.filter(isOurs).map((rule) => ({ ...rule, narrowed_by: [] }));
    expect(readFileSync(join(__dirname, '../../docs/permissions.md'), 'utf8')).toBe(policyDocument(ours));
    const extensions = extensionFolders().map((folder) => readFileSync(join(folder, 'permissions.md'), 'utf8'));
    const rows = extensions.flatMap((text) => text.match(/^(?:\| `|- ).*$/gm) ?? []);
    const own = rules.filter((rule) => !isOurs(rule));
    const others = policyDocument(own, rules.filter(isOurs)).match(/^(?:\| `|- ).*$/gm) ?? [];
    expect(rows.sort()).toEqual(others.sort());
  });

  it('says of every operation, role and time of day what a call is answered', async () => {
    const rules = app.nest.get(PolicyTable, { strict: false }).routes();
    const wrong: string[] = [];
    for (const [hours, instant] of Object.entries(HOURS)) {
      app.clock.set(instant);
      for (const { operation, rule, roles } of rules) {
        if (rule === null) continue;
        if ((await call(operation)).status !== 401) wrong.push(`${operation} lets in anyone`);
        for (const role of ROLES) {
          const coverage = roles.find((row) => row.role === role)?.[hours as keyof typeof HOURS];
          const { status } = await call(operation, role);
          if ((status === 403) !== (coverage === 'none')) wrong.push(`${operation} ${role} ${hours}: ${status}`);
        }
      }
    }
    expect(wrong).toEqual([]);
  }, 120_000);
});
