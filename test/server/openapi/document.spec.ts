import { parse } from 'yaml';
import { loadConfig } from '../../../src/core/config/load-config.js';
import { openApiDocument } from '../../../src/server/openapi/document.js';
import { as } from '../../support/actors.js';
import { TestApp } from '../../support/app.js';
import { product } from '../../support/openapi.js';

describe('The OpenAPI document', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await TestApp.start();
  });
  afterAll(() => app.stop());

  it('is built in pieces, between which other requests are answered', async () => {
    let turns = 0;
    let building = true;
    const count = () => {
      turns++;
      if (building) setImmediate(count);
    };
    setImmediate(count);
    const { paths } = await openApiDocument(app.nest, loadConfig({})).finally(() => (building = false));
    expect(turns).toBeGreaterThan(Object.keys(paths).length);
  });

  it('has the same paths in Swagger UI and in openapi.json', async () => {
    const { text: script } = await as(app).get('/docs/swagger-ui-init.js');
    const { paths } = (await as(app).get('/openapi.json')).body as { paths: object };
    expect(Object.keys(paths)).toEqual(expect.arrayContaining(Object.keys(product.paths)));
    expect(Object.keys(paths).filter((path) => !script.includes(JSON.stringify(path)))).toEqual([]);
  });

  it('is the same as YAML', async () => {
    const { headers, text } = await as(app).get('/openapi.yaml');
    expect(headers['content-type']).toBe('text/yaml; charset=utf-8');
    expect(parse(text)).toEqual((await as(app).get('/openapi.json')).body);
  });
});
