import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isDeepStrictEqual, parseArgs } from 'node:util';
import { parseCliArguments } from './arguments.js';

const USAGE = `Usage: npm run openapi writes test/openapi.json, and openapi.json of each extension with what it adds
       npm run openapi -- FILE writes the whole document
       npm run openapi -- --root FOLDER writes below another folder`;

interface Options {
  readonly file: string | undefined;
  readonly root: string | undefined;
}

function options(): Options {
  const { positionals, values } = parseArgs({ allowPositionals: true, options: { root: { type: 'string' } } });
  const [file, ...rest] = positionals;
  if (rest.length > 0 || (file !== undefined && values.root !== undefined)) throw new Error(USAGE);
  return { file, root: values.root };
}

function writeJson(file: string, value: object): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(value, null, 2)}\n`);
}

async function write({ file, root }: Options): Promise<void> {
  const { partBeyond, withParts } = await import('../server/openapi/document-parts.js');
  const { openApiDocument } = await import('../server/openapi/document.js');
  const { describeCompositions, documentRoot, extensionFile } = await import('./compositions.js');
  const { product, extensions, whole } = await describeCompositions(openApiDocument);
  if (file !== undefined) return writeJson(file, whole);
  const parts = extensions.map(({ name, described }) => ({ name, part: partBeyond(product, described) }));
  const sum = withParts(
    product,
    parts.map(({ part }) => part),
  );
  if (!isDeepStrictEqual(sum, whole)) throw new Error('Two extensions have the same path, schema or tag');
  writeJson(join(documentRoot(root), 'test', 'openapi.json'), product);
  for (const { name, part } of parts) writeJson(extensionFile(documentRoot(root), name, 'openapi.json'), part);
}

const given = parseCliArguments(USAGE, options);
if (given) await write(given);
