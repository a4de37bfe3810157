// npm run test:without -- NAME [jest arguments]
// Copies the repository without the extension src/extensions/NAME to a temporary folder, and runs types and specs there.
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const [name, ...patterns] = process.argv.slice(2);
if (!name || !/^[a-z][a-z0-9-]*$/.test(name) || !existsSync(join(root, 'src/extensions', name))) {
  process.stderr.write('Usage: npm run test:without -- NAME [jest arguments], with NAME a folder of src/extensions\n');
  process.exit(2);
}

const folder = mkdtempSync(join(tmpdir(), `ctms-without-${name}-`));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(1));

for (const path of files().filter((each) => !each.startsWith(`src/extensions/${name}/`))) {
  mkdirSync(join(folder, dirname(path)), { recursive: true });
  copyFileSync(join(root, path), join(folder, path));
}
symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));

run('node', 'src/run.mjs');
run('npm', 'run', '--silent', 'types');
run('node', 'node_modules/jest/bin/jest.js', '--config', 'test/jest.config.mjs', ...patterns);

/** Files under version control, and new ones that are not ignored. */
function files() {
  const git = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
  const { status, stdout, stderr } = spawnSync('git', git, { cwd: root, encoding: 'utf8', maxBuffer: 1e8 });
  if (status !== 0) throw new Error(`git ls-files failed: ${stderr}`);
  return stdout.split('\0').filter((path) => path && existsSync(join(root, path)));
}

/** Ends this process where the program fails. */
function run(program, ...args) {
  const { status } = spawnSync(program, args, { cwd: folder, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
