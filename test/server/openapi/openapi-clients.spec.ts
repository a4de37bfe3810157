import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { validate } from '@readme/openapi-parser';
import { createConfig, lintFromString } from '@redocly/openapi-core';
import { FetchingJSONSchemaStore, InputData, JSONSchemaInput, quicktype } from 'quicktype-core';
import { RE2JS } from 're2js';
import { document } from '../../support/openapi.js';

const TEXT = `${JSON.stringify(document, null, 2)}\n`;
const FILE = join(mkdtempSync(join(tmpdir(), 'ctms-openapi-')), 'openapi.json');
writeFileSync(FILE, TEXT);

/** The parts of a Postman collection that are compared. */
interface PostmanRequest {
  readonly request: {
    readonly method: string;
    readonly url: { readonly path: readonly string[] };
    readonly body?: { readonly raw?: string; readonly options?: { readonly raw?: { readonly language?: string } } };
  };
}
interface PostmanFolder {
  readonly item: readonly (PostmanFolder | PostmanRequest)[];
}

/** True where the compiler is installed. */
function has(command: string): boolean {
  try {
    execFileSync(command, ['--version'], { stdio: 'pipe' });
    return true;
  } catch {
    return false;
  }
}
const whereInstalled = (command: string) => (has(command) ? it : it.skip);

describe('the OpenAPI document, for validators', () => {
  it('is accepted by @readme/openapi-parser', async () => {
    const result = await validate(structuredClone(document) as never);
    expect(result).toMatchObject({ valid: true, warnings: [] });
  }, 180_000);

  it('is accepted by @redocly/openapi-core, by its recommended rules and some more', async () => {
    const rules = {
      struct: 'error',
      'no-unresolved-refs': 'error',
      'no-invalid-media-type-examples': 'error',
      'no-invalid-schema-examples': 'error',
      'no-invalid-parameter-examples': 'error',
      'no-schema-type-mismatch': 'error',
      'no-enum-type-mismatch': 'error',
      'no-ambiguous-paths': 'off',
      'operation-operationId-unique': 'error',
      'operation-operationId-url-safe': 'error',
      'operation-parameters-unique': 'error',
      'path-parameters-defined': 'error',
      'security-defined': 'error',
      'tag-description': 'error',
    } as const;
    const config = await createConfig({ extends: ['recommended'], rules });
    const problems = await lintFromString({ source: TEXT, absoluteRef: FILE, config });
    const findings = problems.map(({ ruleId, message, location }) => [ruleId, message, location[0]?.pointer]);
    expect(findings).toEqual([]);
  }, 180_000);
});

describe('patterns of the OpenAPI document', () => {
  const patterns = [
    ...new Set([...TEXT.matchAll(/"pattern": ("(?:[^"\\]|\\.)*")/g)].map(([, json]) => String(JSON.parse(json ?? '')))),
  ];
  const texts = [
    '8',
    '8.25',
    '1234.5',
    '8.',
    '12345',
    '٣',
    '８',
    '3\n4',
    'task:7',
    'task:07',
    'task:٧',
    'a_b1:123456789',
  ];
  const fields = [
    'reason',
    'entity_name',
    'x.before',
    '.before',
    'größe.after',
    '😀.after',
    '\n.before',
    'reasons',
    'x.befor',
  ];
  const samples = [...texts, ...fields, '', ' ', 'ñ'];
  const expected = patterns.map((pattern) => samples.map((sample) => new RegExp(pattern).test(sample)));

  it('have no shorthand that engines read differently', () => {
    expect(patterns.length).toBeGreaterThan(2);
    expect(patterns.filter((pattern) => /\\[A-Za-z]|\(\?[^:]|(?<!\\)\.(?![^[]*\])/.test(pattern))).toEqual([]);
  });

  it('mean the same in RE2 as in ECMAScript', () => {
    const found = patterns.map((pattern) => samples.map((sample) => RE2JS.compile(pattern).matcher(sample).find()));
    expect(found).toEqual(expected);
  });

  whereInstalled('python3')('mean the same in Python', () => {
    const script =
      'import json,re,sys;p,s=json.load(sys.stdin);print(json.dumps([[re.search(x,y) is not None for y in s] for x in p]))';
    const input = JSON.stringify([patterns, samples]);
    const found: unknown = JSON.parse(execFileSync('python3', ['-c', script], { input, encoding: 'utf8' }));
    expect(found).toEqual(expected);
  });

  whereInstalled('javac')(
    'mean the same in Java',
    () => {
      inFolder((folder) => {
        const list = (values: readonly string[]) => values.map((value) => JSON.stringify(value)).join(', ');
        const file = join(folder, 'Patterns.java');
        writeFileSync(
          file,
          `import java.util.regex.Pattern;
        class Patterns {
          public static void main(String[] arguments) {
            for (String pattern : new String[] { ${list(patterns)} })
              for (String sample : new String[] { ${list(samples)} })
                System.out.println(Pattern.compile(pattern).matcher(sample).find());
          }
        }`,
        );
        const found = execFileSync('java', ['-Dfile.encoding=UTF-8', file], { encoding: 'utf8' }).trim().split('\n');
        expect(found).toEqual(expected.flat().map(String));
      });
    },
    300_000,
  );
});

describe('the import into Postman', () => {
  it('has every operation, with an example of each body, and warns of nothing', () => {
    inFolder((folder) => {
      const target = join(folder, 'collection.json');
      const script = [join(__dirname, 'convert-to-postman.mjs'), FILE, target];
      const flags = ['--disable-warning=ExperimentalWarning'];
      const { status, stdout, stderr } = spawnSync(process.execPath, [...flags, ...script], { encoding: 'utf8' });
      expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' });
      const requests = requestsIn(JSON.parse(readFileSync(target, 'utf8')) as PostmanFolder);
      const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
        Object.entries(methods).map(([method, { requestBody }]) => [
          `${method.toUpperCase()} ${path}`,
          requestBody !== undefined,
        ]),
      );
      const found = requests.map(({ request: { method, url, body } }) => [
        `${method} /${url.path.join('/').replaceAll(/:(\w+)/g, '{$1}')}`,
        body?.raw !== undefined,
      ]);
      expect(found.sort()).toEqual(operations.sort());
      const bodies = requests.flatMap(({ request: { body } }) =>
        body?.options?.raw?.language === 'json' ? (body.raw ?? []) : [],
      );
      const withJson = Object.values(document.paths)
        .flatMap((methods) => Object.values(methods))
        .filter(({ requestBody }) => requestBody?.content['application/json']);
      expect(bodies).toHaveLength(withJson.length);
      expect(bodies.filter((raw) => typeof JSON.parse(raw) !== 'object')).toEqual([]);
    });
  }, 180_000);
});

describe('code generated from the OpenAPI document', () => {
  it('compiles for TypeScript, operations included, without a warning', () => {
    inFolder((folder) => {
      const types = join(folder, 'api.ts');
      expect(run('openapi-typescript/bin/cli.js', [FILE, '--output', types])).not.toMatch(/warn|deprecat|⚠/i);
      const use = join(folder, 'use.ts');
      writeFileSync(
        use,
        `import type { components, operations } from './api.js';
        type Answer = operations['tasks_read']['responses'][200]['content']['application/json'];
        export const status = (task: Answer): components['schemas']['TaskView']['status'] => task.status;\n`,
      );
      run('typescript/bin/tsc', [
        '--ignoreConfig',
        '--noEmit',
        '--strict',
        '--module',
        'nodenext',
        '--target',
        'es2023',
        types,
        use,
      ]);
    });
  }, 300_000);

  whereInstalled('python3')(
    'compiles for Python',
    async () => {
      const code = await typesFor('python', {});
      expect(code).toContain('class TaskView');
      inFolder((folder) => {
        const file = join(folder, 'api.py');
        writeFileSync(file, code);
        execFileSync('python3', ['-m', 'py_compile', file], { stdio: 'pipe' });
      });
    },
    300_000,
  );

  whereInstalled('javac')(
    'compiles for Java',
    async () => {
      const code = await typesFor('java', { 'just-types': 'true', package: 'api' });
      expect(code).toContain('class TaskView');
      inFolder((folder) => {
        const files = code
          .split(/^\/\/ (?=\w+\.java$)/m)
          .slice(1)
          .map((part) => {
            const [name = '', ...lines] = part.split('\n');
            writeFileSync(join(folder, name), lines.join('\n'));
            return join(folder, name);
          });
        expect(files.length).toBeGreaterThan(40);
        execFileSync('javac', ['-encoding', 'UTF-8', '-d', folder, ...files], { stdio: 'pipe' });
      });
    },
    300_000,
  );
});

/** The schemas as types of a language; several files come one after the other, each after its name. */
async function typesFor(lang: 'python' | 'java', rendererOptions: Record<string, string>): Promise<string> {
  const input = new JSONSchemaInput(new FetchingJSONSchemaStore());
  const { schemas } = document.components;
  const definitions = JSON.stringify(schemas).replaceAll('#/components/schemas/', '#/definitions/');
  const properties = Object.fromEntries(Object.keys(schemas).map((name) => [name, { $ref: `#/definitions/${name}` }]));
  const whole = { type: 'object', properties, definitions: JSON.parse(definitions) as object };
  await input.addSource({ name: 'Api', schema: JSON.stringify(whole) });
  const inputData = new InputData();
  inputData.addInput(input);
  const { lines } = await quicktype({ inputData, lang, rendererOptions });
  return lines.join('\n');
}

const requestsIn = ({ item }: PostmanFolder): PostmanRequest[] =>
  item.flatMap((one) => ('item' in one ? requestsIn(one) : one));

function inFolder(work: (folder: string) => void): void {
  const folder = mkdtempSync(join(tmpdir(), 'ctms-client-'));
  try {
    work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** @returns what the tool printed. @throws with that */
function run(script: string, parameters: readonly string[]): string {
  const command = [join(__dirname, '../../../node_modules', script), ...parameters];
  const { status, stdout, stderr } = spawnSync(process.execPath, command, { encoding: 'utf8' });
  if (status !== 0) throw new Error(stdout + stderr);
  return stdout + stderr;
}
