// Starts a module of dist in this process and, in a source tree, first installs packages and builds where that is
// missing or out of date. Runs before anything is installed, so it depends on nothing but Node. Its own messages and
// npm's go to stderr: stdout belongs to the command.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { unsupportedNode } from './node-version.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const at = (...parts) => join(root, ...parts);
const stamp = at('dist', '.built');
const lockFile = at('.data', 'build.lock');

/** Clears what `counting` shows on the line where the next text is written. */
let clearLine = '';

function fail(message, code = 1) {
  process.stderr.write(`${clearLine}${message}\n`);
  process.exit(code);
}

const versionError = unsupportedNode(process.version);
if (versionError) fail(versionError);

const modified = (path) => fs.statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;

// Documents of extensions, which the build has no part of.
const NOT_BUILT = /^openapi\.json$|\.md$|^\.env\.example$/;

// Folders count as well as files: only they show what was deleted or moved.
function newest(folder) {
  let latest = modified(folder);
  for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
    if (NOT_BUILT.test(entry.name)) continue;
    const path = join(folder, entry.name);
    latest = Math.max(latest, entry.isDirectory() ? newest(path) : modified(path));
  }
  return latest;
}

function newestSource() {
  const settings = fs.readdirSync(root).filter((name) => /^(nest-cli|tsconfig.*|package-lock)\.json$/.test(name));
  return Math.max(newest(at('src')), ...settings.map((name) => modified(at(name))));
}

function installed() {
  const have = modified(at('node_modules', '.package-lock.json'));
  if (have === 0) return false;
  return modified(at('package-lock.json')) <= have || sameAsLocked();
}

// A new checkout has a newer package-lock.json without changes; that alone must not cost an install. Optional
// packages may be absent: they belong to other platforms.
function sameAsLocked() {
  const packages = (...path) => JSON.parse(fs.readFileSync(at(...path), 'utf8')).packages;
  const have = packages('node_modules', '.package-lock.json');
  const same = Object.entries(packages('package-lock.json')).every(
    ([path, { version, optional }]) => path === '' || (have[path] ? have[path].version === version : optional),
  );
  if (same) touch(at('node_modules', '.package-lock.json'), Date.now());
  return same;
}

function touch(path, time) {
  try {
    fs.utimesSync(path, time / 1000, time / 1000);
  } catch {
    // Not writable for us: the comparison is repeated the next time.
  }
}

const built = () => fs.existsSync(at('dist', 'main.js')) && modified(stamp) >= newestSource();

// Counts the seconds on a terminal, so that a minute of silence is not taken for a hang.
function counting(text) {
  if (!process.stderr.isTTY) {
    process.stderr.write(`${text}\n`);
    return () => undefined;
  }
  const started = Date.now();
  const show = () => process.stderr.write(`\r${text} ${Math.round((Date.now() - started) / 1000)} s`);
  clearLine = '\r\u001b[K';
  show();
  const timer = setInterval(show, 1000);
  return () => {
    clearInterval(timer);
    show();
    process.stderr.write('\n');
    clearLine = '';
  };
}

async function npm(args, failure) {
  const child = spawn('npm', args, { cwd: root, stdio: ['ignore', clearLine ? 'pipe' : 2, clearLine ? 'pipe' : 2] });
  // Output of npm gets lines of its own.
  for (const output of [child.stdout, child.stderr])
    output?.on('data', (data) => process.stderr.write(`${clearLine}${data}`));
  const [status] = await once(child, 'close').catch((error) =>
    fail(`${failure}: npm could not be started (${error.message})`),
  );
  if (status !== 0) fail(`${failure}: "npm ${args.join(' ')}" ended with code ${status}`, status ?? 1);
}

/** Returns the option for a cache in .data where npm cannot write to its own, as in a home that is read-only or missing. */
function ownCache() {
  const cache = process.env.npm_config_cache ?? join(homedir(), '.npm');
  try {
    fs.mkdirSync(cache, { recursive: true });
    fs.accessSync(cache, fs.constants.W_OK);
    return [];
  } catch {
    const own = at('.data', 'npm-cache');
    process.stderr.write(`${clearLine}npm cannot write to its cache ${cache}: it uses ${own}\n`);
    return ['--cache', own];
  }
}

async function install() {
  const done = counting('Installing the packages (a minute or two) …');
  // npm's own spinner would stand in the same line.
  await npm(['ci', '--include=dev', '--no-progress', ...ownCache()], 'The packages could not be installed');
  done();
}

async function build() {
  const done = counting('Building (half a minute or so) …');
  // The stamp carries the time from before the build, so that what is edited while it runs is built the next time.
  const time = Math.max(Date.now(), newestSource());
  await npm(['run', 'build', '--silent'], 'The build failed');
  done();
  if (!fs.existsSync(at('dist', 'main.js'))) fail('The build failed: it wrote no dist/main.js');
  fs.writeFileSync(stamp, '');
  fs.utimesSync(stamp, time / 1000 + 0.001, time / 1000 + 0.001);
}

async function prepare() {
  if (installed() && built()) return;
  const { withLock } = await import('./infrastructure/embedded-postgres/process-lock.mjs');
  fs.mkdirSync(dirname(lockFile), { recursive: true });
  const announce = () => process.stderr.write('Waiting for another build …\n');
  await withLock(lockFile, installAndBuild, announce);
}

async function installAndBuild() {
  if (!installed()) await install();
  if (!built()) await build();
}

// A production image contains dist and its packages, and no sources: there is nothing to prepare.
if (fs.existsSync(at('src', 'main.ts')) && fs.existsSync(at('tsconfig.build.json'))) {
  try {
    await prepare();
  } catch (error) {
    const advice = ['EACCES', 'EPERM'].includes(error.code)
      ? ' (made by another user? then hand it over by chown)'
      : '';
    fail(`The product could not be built: ${error.message}${advice}`);
  }
}

const [name, ...args] = process.argv.slice(2);
if (name !== undefined) {
  const module = resolve(root, 'dist', `${name}.js`);
  if (!fs.existsSync(module)) fail(`There is no ${module}`);
  process.argv = [process.argv[0], module, ...args];
  await import(pathToFileURL(module).href);
}
