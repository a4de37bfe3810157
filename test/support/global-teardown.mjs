import { rmSync } from 'node:fs';

export default async function tearDown() {
  await globalThis.testServer?.stop();
  if (globalThis.testFolder) rmSync(globalThis.testFolder, { recursive: true, force: true });
}
