import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { projectRoot } from '../../src/core/config/project-root.js';
import { DUMP } from '../support/legacy.js';
import { newDatabase } from '../support/database.js';
import { startProduct, type Product } from '../support/product.js';
import { commandBlocks, documents, wrongReason, type Block } from './command-blocks.js';
import { Shell } from './shell.js';

const INSTALLED = ['package.json', 'dist', 'migrations', 'bench', 'src/run.mjs', 'src/node-version.mjs'];
const TOOLS = ['psql', 'jq', 'unzip', 'zcat', 'curl', 'openssl'];
/** Kept equal in the server and in the commands, as an installation's `.env` does. */
const SECRETS = {
  SECRET_KEY: 'q7Zr-2mKx9Wd_Ls4Tn8Vb1Yc6Hf3Jg5P',
  AUDIT_SIGNING_KEY: Buffer.alloc(32, 9).toString('base64'),
};

/** Files that a document assumes to be there. */
const GIVEN: Record<string, Record<string, string | Buffer>> = {
  'docs/migrating.md': { 'dump.json': JSON.stringify(DUMP), 'dump.json.gz': gzipSync(JSON.stringify(DUMP)) },
};

/** The product as a reader has it after installing: built, in a folder of its own, without sources to build again. */
function installation(): string {
  const folder = mkdtempSync(join(tmpdir(), 'ctms-document-'));
  chmodSync(folder, 0o755);
  mkdirSync(join(folder, 'src'));
  for (const path of INSTALLED) cpSync(join(projectRoot(), path), join(folder, path), { recursive: true });
  symlinkSync(join(projectRoot(), 'node_modules'), join(folder, 'node_modules'));
  return folder;
}

/** Documents that start from an installation without data. */
const EMPTY = ['docs/migrating.md'];

const isInstalled = (tool: string): boolean => {
  try {
    return execFileSync('bash', ['-c', `command -v ${tool}`], { stdio: 'pipe' }).length > 0;
  } catch {
    return false;
  }
};
const missing = TOOLS.filter((tool) => !isInstalled(tool));
const lacksTool = ({ text }: Block) => missing.some((tool) => new RegExp(`\\b${tool}\\b`).test(text));

/** Numbers, times, hashes and keys differ from run to run: each stands for any of its kind. `…` stands for any text. */
const kinds = (line: string): string =>
  line
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>')
    .replaceAll(/[\w./-]+\+[\da-f]{8}\+[A-Za-z\d+/]{40,}=*/g, '<key>')
    .replaceAll(/(?<![A-Za-z\d+/])[A-Za-z\d+/]{43}=/g, '<hash>')
    .replaceAll(
      /\b(?:January|February|March|April|May|June|July|August|September|October|November|December)\b/g,
      '<month>',
    )
    .replaceAll(/\d+/g, '<n>')
    .trim();

const escaped = (text: string) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
const pattern = (shown: string): RegExp => new RegExp(`^${escaped(kinds(shown)).replaceAll('…', '[^]*?')}$`);

/** The commands of a block, each with the output that the document shows; of a script there is one, which shows nothing. */
function steps({ language, text }: Block): { command: string; shown: string | undefined }[] {
  if (language !== 'console') return [{ command: text, shown: undefined }];
  return text
    .split(/^\$ /m)
    .slice(1)
    .map((part) => {
      const [command = '', ...lines] = part.trimEnd().split('\n');
      return { command, shown: lines.join('\n') };
    });
}

/** Starts what a document speaks of: the installation of a reader, with the demo data that `npm start` makes. */
async function start(folder: string, env: Record<string, string>): Promise<Product> {
  const database = await newDatabase();
  const owner = { DATABASE_URL: database.url, DATABASE_OWNER_URL: database.ownerUrl };
  return startProduct({ ...SECRETS, ...owner, ...env, DATA_DIR: join(folder, '.data') }, { database });
}

/** One installation for all documents but those that want an empty one; each has a shell of its own. */
let shared: Product;
let home: string;
beforeAll(async () => {
  home = installation();
  shared = await start(home, {});
}, 60_000);
afterAll(async () => {
  await shared.stop();
  await shared.database.drop();
  rmSync(home, { recursive: true, force: true });
});

describe.each(documents().filter((name) => commandBlocks(name).some(({ isApplicable }) => isApplicable)))(
  '%s',
  (document) => {
    const blocks = commandBlocks(document);
    const running = blocks.filter(({ reason, isApplicable }) => reason === undefined && isApplicable);
    let product: Product;
    let shell: Shell;
    let folder: string;

    beforeAll(async () => {
      if (running.length === 0) return;
      folder = EMPTY.includes(document) ? installation() : home;
      for (const [name, content] of Object.entries(GIVEN[document] ?? {})) writeFileSync(join(folder, name), content);
      product = EMPTY.includes(document) ? await start(folder, { DEMO_DATA: 'false' }) : shared;
      const { url, ownerUrl } = product.database;
      const own = {
        DATABASE_URL: url,
        DATABASE_OWNER_URL: ownerUrl,
        TMPDIR: folder,
        PATH: process.env.PATH,
        HOME: folder,
      };
      shell = new Shell(folder, { ...own, ...SECRETS, ENVIRONMENT: 'development' });
    }, 60_000);
    afterAll(async () => {
      if (running.length === 0) return;
      await shell.close();
      if (product === shared) return;
      await product.stop();
      await product.database.drop();
      rmSync(folder, { recursive: true, force: true });
    });

    /** Documents say port 8000, the default, and a folder that is the reader's; here several products run at once, each on a port of its own. */
    const here = (text: string) =>
      text
        .replaceAll('localhost:8000', `localhost:${new URL(product.url).port}`)
        .replaceAll('/tmp/rehearsal', join(folder, 'rehearsal'));

    const excused = blocks.filter(({ reason, isApplicable }) => reason !== undefined && isApplicable);
    if (excused.length > 0)
      it.each(excused.map((block) => [block.line, block] as const))(
        'says rightly why the block at line %i is not run',
        (_, block) => expect(wrongReason(block)).toBeUndefined(),
      );

    if (running.length > 0)
      it.each(running.map((block) => [block.line, block] as const))(
        'has commands at line %i that do what it says',
        async (_, block) => {
          expect([block.text, block.language]).toEqual([block.text, expect.stringMatching(/^(sh|bash|console)$/)]);
          if (lacksTool(block)) return;
          for (const { command, shown } of steps(block)) {
            const { output, failed } = await shell.run(here(command));
            // curl is content with a refusal: the problem in its output is not.
            expect(output).not.toMatch(/"status":[45]\d\d,/);
            if (shown === undefined) expect({ failed, output }).toEqual({ failed: [], output });
            else
              expect(output.trimEnd().split('\n').map(kinds).join('\n')).toMatch(
                pattern(shown.split('\n').map(kinds).join('\n')),
              );
          }
        },
        300_000,
      );
  },
);
