// npm run docs:extension-api: writes docs/extension-api.md.
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { extensionApiDocument } from './extension-api.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
writeFileSync(join(root, 'docs/extension-api.md'), extensionApiDocument(root));
