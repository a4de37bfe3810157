// After the compiler: the script of Redoc goes into the build, so that production needs none of its packages, and the
// verifier of evidence bundles becomes the one file that goes into them.
import { copyFileSync, mkdirSync } from 'node:fs';
import { build } from 'esbuild-wasm';

mkdirSync('dist/server/openapi', { recursive: true });
copyFileSync('node_modules/redoc/bundles/redoc.standalone.js', 'dist/server/openapi/redoc.standalone.js');

await build({
  entryPoints: ['src/transparency-log/bundle-verifier/main.ts'],
  outfile: 'dist/transparency-log/bundle-verifier/verify.mjs',
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20.12',
  charset: 'utf8',
});
