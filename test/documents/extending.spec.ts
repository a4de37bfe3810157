import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { parseFields } from '../../src/cli/extension-template/extension-fields.js';
import { extensionFiles } from '../../src/cli/extension-template/extension-files.js';
import { namesOf } from '../../src/cli/extension-template/extension-names.js';
import { projectRoot } from '../../src/core/config/project-root.js';

const ROOT = projectRoot();
const FOLDER = join(ROOT, 'src/extensions/visits');
const DOCUMENT = readFileSync(join(ROOT, 'docs/extending.md'), 'utf8');

/** The files that the document's own command generates. */
function generated(): [string, string][] {
  const [command = ''] = /^npm run generate:extension -- visits .*$/m.exec(DOCUMENT) ?? [];
  const fields = [...command.matchAll(/--field "([^"]+)"/g)].map(([, field = '']) => field);
  const names = namesOf('visits');
  return [...extensionFiles(names, parseFields(names.type, fields), 1_770_000_000_000)];
}

/** Each block of TypeScript that has the name of its file above it. */
const blocks = [...DOCUMENT.matchAll(/^`([\w.-]+\.ts)`\n\n```ts\n([\s\S]*?)^```$/gm)].map(
  ([, name = '', text = '']) => [name, text] as const,
);

/** The files of the extension, by the paths that a reader gives them. */
const files = new Map(
  [...generated(), ...blocks]
    .filter(([name]) => name.endsWith('.ts'))
    .map(([name, text]) => [join(FOLDER, name), text]),
);

/** Compiles the files as an overlay of the product's sources, without writing them. */
function complaints(): string[] {
  const read = ts.readConfigFile(join(ROOT, 'tsconfig.json'), (path) => ts.sys.readFile(path));
  const { options } = ts.parseJsonConfigFileContent(read.config, ts.sys, ROOT);
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile, getSourceFile } = host;
  host.directoryExists = (path) => path === FOLDER || ts.sys.directoryExists(path);
  host.fileExists = (path) => files.has(path) || fileExists(path);
  host.readFile = (path) => files.get(path) ?? readFile(path);
  host.getSourceFile = (path, version, ...more) => {
    const text = files.get(path);
    return text === undefined ? getSourceFile(path, version, ...more) : ts.createSourceFile(path, text, version, true);
  };
  const program = ts.createProgram([...files.keys()], { ...options, noEmit: true, skipLibCheck: true }, host);
  return [...files.keys()].flatMap((path) => {
    const source = program.getSourceFile(path);
    const found = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
    return found.map(({ messageText }) => `${path}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`);
  });
}

describe('docs/extending.md', () => {
  it('has the files of an extension that compile', () => {
    expect([blocks.length, files.size]).toEqual([9, 20]);
    expect(complaints()).toEqual([]);
  }, 120_000);

  it('names files of the product that are there', () => {
    const named = [...DOCUMENT.matchAll(/\b(?:src|test|docs)\/[\w./-]+\.(?:ts|json|md)\b/g)].map(([path]) => path);
    expect(named.filter((path) => !path.includes('extensions/visits') && !existsSync(join(ROOT, path)))).toEqual([]);
  });

  it('names methods that are there', () => {
    const calls = [...DOCUMENT.matchAll(/`(?:await )?(?:new )?(tx|events|jobs|bus|mails|unitOfWork)\.(\w+)/g)];
    const classes: Record<string, string> = {
      tx: 'core/persistence/audited-transaction.ts',
      events: 'core/persistence/domain-events.ts',
      jobs: 'infrastructure/jobs/job-queue.service.ts',
      bus: 'infrastructure/database/pg-notify.ts',
      mails: 'infrastructure/mail/mail-outbox.service.ts',
      unitOfWork: 'core/persistence/unit-of-work.ts',
    };
    expect(calls.length).toBeGreaterThan(10);
    const missing = calls.filter(([, object = '', method = '']) => {
      const source = readFileSync(join(ROOT, 'src', classes[object] ?? ''), 'utf8');
      return !new RegExp(`^  (?:async )?${method}[<(]`, 'm').test(source);
    });
    expect(missing.map(([call]) => call)).toEqual([]);
  });
});
