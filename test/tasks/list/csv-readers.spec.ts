import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { startProduct, type Product } from '../../support/product.js';

const run = promisify(execFile);

/** Titles that have broken exports elsewhere: formulas, separators, quotes, line breaks, other scripts, leading zeros. */
const TITLES = ['=1+1', '-2+3', '@SUM(1)', 'Check ICF; sign, "file"', 'Two\nlines', 'Zürich 東京 😀', '007'];
/** Formulas behind what ends a cell where columns are separated by semicolons or tabs. */
const WITHIN = ['a;=1000+1;b', 'a\n=1000+2;b', 'a\r=1000+3;b', 'a\t=1000+4\tb', 'a\n\t=1000+5\tb', 'a;-1000+2006;b'];
/** A cell that a spreadsheet would compute begins with an apostrophe. */
const CELLS = TITLES.map((title) => (/^[=+\-@]/.test(title) ? `'${title}` : title));

const found = (program: string) =>
  (process.env.PATH ?? '').split(delimiter).some((dir) => existsSync(join(dir, program)));

const READ = `import csv, json, sys
with open(sys.argv[1], newline='', encoding='utf-8-sig') as file:
    print(json.dumps([row['title'] for row in csv.DictReader(file)]))`;

/** The choices of the import dialogue: comma, double quote, UTF-8, from the first line. */
const IN_UTF8 = '--infilter=CSV:44,34,76,1';
/** Numbers of LibreOffice's filter: comma, double quote, UTF-8, from the first line, every cell as it is formatted. */
const AS_CSV = 'csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false';

describe('the CSV export of tasks', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ctms-csv-'));
  const file = join(folder, 'tasks.csv');
  let product: Product;

  beforeAll(async () => {
    product = await startProduct();
    const send = (path: string, body: object, access = '') =>
      fetch(`${product.url}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...(access && { authorization: `Bearer ${access}` }) },
        body: JSON.stringify(body),
      });
    const login = await send('/api/auth/login', { username: 'manager', password: 'trial-demo-2026' });
    const { access } = (await login.json()) as { access: string };
    const task = { assigned_to: 2, estimated_hours: '1.00', deadline: '2027-01-01T00:00:00Z' };
    for (const title of [...WITHIN, ...TITLES])
      expect((await send('/api/tasks', { ...task, title }, access)).status).toBe(201);
    const csv = await fetch(`${product.url}/api/tasks/export.csv?bom=true`, {
      headers: { authorization: `Bearer ${access}` },
    });
    writeFileSync(file, Buffer.from(await csv.arrayBuffer()));
  }, 90_000);
  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true });
    await product.stop();
  });

  const titlesIn = async (path: string) => JSON.parse((await run('python3', ['-c', READ, path])).stdout) as string[];

  // `npm test` needs Node alone; the gate installs both.
  (found('python3') ? it : it.skip)('is read by Python cell by cell', async () => {
    expect(await titlesIn(file)).toEqual(expect.arrayContaining(CELLS));
  });

  (found('soffice') ? it : it.skip).each([
    ['semicolons', 59],
    ['tabs', 9],
    ['commas', 44],
  ])(
    'computes nothing where LibreOffice separates columns by %s',
    async (name, code) => {
      const profile = `-env:UserInstallation=file://${folder}/profile`;
      const out = join(folder, name);
      const filter = `--infilter=CSV:${code},34,76,1`;
      await run('soffice', [profile, '--headless', filter, '--convert-to', 'ods', '--outdir', out, file]);
      await run('soffice', [profile, '--headless', '--convert-to', AS_CSV, '--outdir', out, join(out, 'tasks.ods')]);
      const opened = readFileSync(join(out, 'tasks.csv'), 'utf8');
      expect(opened).toContain('1000');
      expect(opened.match(/\b100[1-6]\b/g)).toBeNull();
    },
    120_000,
  );

  (found('python3') && found('soffice') ? it : it.skip)(
    'is opened by LibreOffice without computing a formula or losing a letter',
    async () => {
      const profile = `-env:UserInstallation=file://${folder}/profile`;
      const out = join(folder, 'out');
      await run('soffice', [profile, '--headless', IN_UTF8, '--convert-to', 'ods', '--outdir', out, file]);
      await run('soffice', [profile, '--headless', '--convert-to', AS_CSV, '--outdir', out, join(out, 'tasks.ods')]);
      const titles = await titlesIn(join(out, 'tasks.csv'));
      expect(readFileSync(join(out, 'tasks.csv'), 'utf8')).not.toContain('Err:');
      // A spreadsheet reads digits as a number, unless the import dialogue says otherwise.
      expect(titles.slice(-CELLS.length)).toEqual(CELLS.map((cell) => (cell === '007' ? '7' : cell)));
    },
    120_000,
  );
});
