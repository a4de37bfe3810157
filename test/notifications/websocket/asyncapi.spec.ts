import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { projectRoot } from '../../../src/core/config/project-root.js';
import { CLOSE } from '../../../src/notifications/websocket/notification-connection.js';
import { as } from '../../support/actors.js';
import { TestApp } from '../../support/app.js';
import { assertFrameDocumented, asyncApi, payloads } from '../../support/asyncapi.js';

const SCHEMA = createRequire(__filename).resolve('@asyncapi/specs/schemas/3.0.0.json');

function compile(schema: object) {
  // The schema brings draft 07 itself.
  const ajv = new Ajv({ strict: false, allErrors: true, meta: false, validateSchema: false });
  // It has been made for ES modules and is loaded as none here.
  (addFormats as unknown as (ajv: Ajv) => void)(ajv);
  return ajv.compile(schema);
}

/** Every `$ref` of a document. */
const references = (text: string) =>
  [...text.matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, path = '']) => path.split('/'));

describe('the AsyncAPI document', () => {
  const validate = compile(JSON.parse(readFileSync(SCHEMA, 'utf8')) as object);

  it('is one of AsyncAPI 3, by its schema', () => {
    validate(asyncApi);
    expect(validate.errors).toBeNull();
    expect(validate({ ...asyncApi, channels: { live: { address: 7 } } })).toBe(false);
  });

  it('refers to nothing that is not there', () => {
    const paths = references(JSON.stringify(asyncApi));
    expect(paths.length).toBeGreaterThan(20);
    for (const path of paths) {
      const found = path.reduce<unknown>((node, key) => (node as Record<string, unknown> | undefined)?.[key], asyncApi);
      expect([path.join('/'), typeof found]).toEqual([path.join('/'), 'object']);
    }
  });

  it('has an example of each message that fits it, and each message in an operation', () => {
    for (const [name, { examples }] of Object.entries(asyncApi.components.messages))
      expect([name, examples.map(({ payload }) => payloads.get(name)?.(payload))]).toEqual([name, [true]]);
    const used = new Set(references(JSON.stringify(asyncApi.operations)).map((path) => path.at(-1)));
    for (const name of Object.keys(asyncApi.channels.live.messages)) expect(used).toContain(name);
  });

  it('refuses frames that it does not describe', () => {
    expect(() => assertFrameDocumented('{"type":"task","change":"hidden","task_id":1}')).not.toThrow();
    for (const frame of [
      '{"type":"task","change":"hidden","task_id":1,"version":2}',
      '{"type":"task","change":"updated","task_id":1}',
      '{"type":"subscribed","topics":["users"]}',
      '{"type":"more"}',
    ])
      expect(() => assertFrameDocumented(frame)).toThrow(frame);
  });

  it('is served at /asyncapi.json, with a tag, and linked from the OpenAPI document', async () => {
    const app = await TestApp.start();
    const { status, body, headers } = await as(app).get('/asyncapi.json');
    expect([status, body]).toEqual([200, JSON.parse(JSON.stringify(asyncApi))]);
    const again = await as(app).get('/asyncapi.json');
    expect((await as(app).get('/asyncapi.json', { 'If-None-Match': again.headers.etag ?? '' })).status).toBe(304);
    expect(headers['content-type']).toMatch(/^application\/json/);
    const { info } = (await as(app).get('/openapi.json')).body as { info: { description: string } };
    expect(info.description).toContain('(/asyncapi.json)');
    await app.stop();
  });
});

describe('docs/live.md', () => {
  /** The library closes with these: a malformed frame, text that is not UTF-8, a frame that is too large. */
  const OF_THE_LIBRARY = [1002, 1007, 1009];

  it('lists each close code', () => {
    const text = readFileSync(join(projectRoot(), 'docs/live.md'), 'utf8');
    const listed = [...text.matchAll(/^\| (\d{4}) \|/gm)].map(([, code]) => Number(code));
    expect(listed.sort()).toEqual([...Object.values(CLOSE), ...OF_THE_LIBRARY].sort());
  });
});
