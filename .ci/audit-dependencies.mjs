// Audits what the product is built from: exact versions, integrity hashes, install scripts that somebody allowed, the
// engines that Node must satisfy, and published advisories where the registry serves them.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const read = (name) => JSON.parse(readFileSync(new URL(`../${name}`, import.meta.url), 'utf8'));
const SERIOUS = new Set(['high', 'critical']);

/** Faults of the manifest and the lock file; they need no network. */
export function lockFaults(manifest, lock) {
  const faults = [];
  const direct = { ...manifest.dependencies, ...manifest.devDependencies, ...manifest.optionalDependencies };
  for (const [name, range] of Object.entries(direct)) {
    if (!/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(range)) faults.push(`${name}: "${range}" is not an exact version`);
  }
  for (const [path, entry] of Object.entries(lock.packages)) {
    if (path === '') continue;
    if (!/^sha512-/.test(entry.integrity ?? '')) faults.push(`${path}: has no SHA-512 integrity hash`);
    if (entry.resolved && !entry.resolved.startsWith('https://registry.npmjs.org/')) {
      faults.push(`${path}: comes from ${entry.resolved}, not from the npm registry`);
    }
    const name = path.replace(/^.*node_modules\//, '');
    if (entry.hasInstallScript && !(name in manifest.allowScripts)) {
      faults.push(`${path}: has an install script; decide about it in "allowScripts" of package.json`);
    }
  }
  return faults;
}

/** High and critical advisories of what is installed in production; undefined where the registry serves none. */
export function advisories(report) {
  if (!report.vulnerabilities) return undefined;
  return Object.values(report.vulnerabilities)
    .filter(({ severity }) => SERIOUS.has(severity))
    .map(({ name, severity, range, fixAvailable }) => {
      const remedy = fixAvailable ? 'a fixed version exists' : 'no fixed version exists';
      return `${name} ${range}: ${severity}; ${remedy}`;
    });
}

function npmAudit() {
  const options = { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], maxBuffer: 64 * 1024 * 1024 };
  try {
    return JSON.parse(execFileSync('npm', ['audit', '--omit=dev', '--json'], options));
  } catch (error) {
    // npm ends with 1 where it found something, and its report is on stdout all the same.
    try {
      return JSON.parse(error.stdout);
    } catch {
      return {};
    }
  }
}

function main() {
  const [manifest, lock] = [read('package.json'), read('package-lock.json')];
  const faults = lockFaults(manifest, lock);
  const found = advisories(npmAudit());
  faults.push(...(found ?? []));
  const packages = Object.keys(lock.packages).length - 1;
  process.stdout.write(`${packages} packages: versions, integrity and install scripts checked.\n`);
  const said = found ? `${found.length} high or critical` : 'NOT CHECKED: this registry serves none';
  process.stdout.write(`Advisories: ${said}.\n`);
  if (faults.length === 0) return;
  process.stderr.write(`${faults.map((fault) => `  - ${fault}`).join('\n')}\n`);
  process.exitCode = 1;
}

if (process.argv[1] && import.meta.url.endsWith(process.argv[1].replace(/^.*\/(\.ci\/)/, '$1'))) main();
