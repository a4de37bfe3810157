// Builds the package: one ES module with openapi-fetch inside, and its declarations.
// Usage: node client/build.mjs [FOLDER], default client/dist
import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild-wasm';

const path = (name) => fileURLToPath(new URL(name, import.meta.url));
const [folder = path('dist')] = process.argv.slice(2);

rmSync(folder, { recursive: true, force: true });
await build({
  entryPoints: [path('src/index.ts')],
  outfile: join(folder, 'index.js'),
  bundle: true,
  minify: true,
  format: 'esm',
  // Fails for any built-in of Node.
  platform: 'browser',
  target: 'es2022',
});
const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
execFileSync(process.execPath, [tsc, '-p', path('tsconfig.json'), '--outDir', folder], { stdio: 'inherit' });
