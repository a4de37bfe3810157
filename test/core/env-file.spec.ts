import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ENVIRONMENT = join(__dirname, '../../dist/core/config/environment.js');
const SCRIPT = `const { configFromEnvironment } = await import(${JSON.stringify(ENVIRONMENT)});
const { smtp, port } = await configFromEnvironment();
process.stdout.write(JSON.stringify([smtp, port]));`;

describe('The file .env', () => {
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'ctms-env-'));
    writeFileSync(join(folder, 'package.json'), '{"name":"ctms"}');
    writeFileSync(join(folder, 'print.mjs'), SCRIPT);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** What the product takes from it, in a process of its own. */
  function read(text: string, set: Record<string, string> = {}): unknown {
    writeFileSync(join(folder, '.env'), text);
    const { PATH = '' } = process.env;
    const env = { PATH, DATA_DIR: join(folder, 'data'), ...set };
    return JSON.parse(execFileSync(process.execPath, [join(folder, 'print.mjs')], { env, encoding: 'utf8' }));
  }

  it.each([
    ['a value of a blank', 'SMTP_USER= \nSMTP_HOST=mail.example.org\nPORT=8123\n'],
    [
      'lines that end as those of Windows, and a byte order mark',
      '\ufeffSMTP_HOST=mail.example.org\r\nSMTP_USER= \r\nPORT=8123\r\n',
    ],
    ['a line without an equals sign', 'a note\nSMTP_HOST=mail.example.org\nexport  PORT=8123\n'],
    [
      'lines within quotes',
      "FRONTEND_URL='https://app.example.org'\nAPP_NAME='one\n# two'\nSMTP_HOST=mail.example.org\nPORT=8123\n",
    ],
    ['tabs, quotes and comments', "# mail\nSMTP_HOST=\tmail.example.org # ours\nPORT='8123'\n"],
  ])('is read to its end past %s', (_what, text) => {
    expect(read(text)).toEqual([expect.objectContaining({ host: 'mail.example.org' }), 8123]);
  });

  it('yields to variables that are set', () => {
    expect(read('PORT=8123\nSMTP_HOST=mail.example.org\n', { PORT: '8124' })).toEqual([
      expect.objectContaining({ host: 'mail.example.org' }),
      8124,
    ]);
  });
});
