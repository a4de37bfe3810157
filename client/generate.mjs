// Generates the types of the client, and the routes that take no idempotency key, from test/openapi.json.
// Usage: node client/generate.mjs [FOLDER], default client/src
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import openapiTS, { astToString } from 'openapi-typescript';

const DOCUMENT = new URL('../test/openapi.json', import.meta.url);
const [folder = fileURLToPath(new URL('src', import.meta.url))] = process.argv.slice(2);
const HEADER = '// Generated from test/openapi.json by `npm run openapi`.\n';
const CHANGES = ['post', 'put', 'patch', 'delete'];

const files = await generate(JSON.parse(readFileSync(DOCUMENT, 'utf8')));
for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);

/** @returns the generated files by name */
async function generate(document) {
  return {
    'schema.ts': HEADER + astToString(await openapiTS(structuredClone(document), { silent: true })),
    'keyless-routes.ts': keylessRoutes(document),
  };
}

function keylessRoutes({ paths }) {
  const routes = Object.entries(paths).flatMap(([path, item]) =>
    CHANGES.filter((method) => item[method] && !takesKey(item[method])).map(
      (method) => `${method.toUpperCase()} ${path}`,
    ),
  );
  const lines = routes.sort().map((route) => `  '${route}',`);
  return `${HEADER}\n/** Routes that answer 422 to an \`Idempotency-Key\`. */\nexport const KEYLESS_ROUTES: ReadonlySet<string> = new Set([\n${lines.join('\n')}\n]);\n`;
}

function takesKey({ parameters = [] }) {
  return parameters.some(({ $ref }) => $ref === '#/components/parameters/IdempotencyKey');
}
