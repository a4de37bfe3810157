import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { extensionFolders } from '../../src/core/config/extension-folders.js';
import { type DocumentPart, withParts } from '../../src/server/openapi/document-parts.js';
import product from '../openapi.json' with { type: 'json' };

/** The OpenAPI document of the product alone. */
export { product };

const parts = extensionFolders()
  .map((folder) => join(folder, 'openapi.json'))
  .filter(existsSync)
  .map((file) => JSON.parse(readFileSync(file, 'utf8')) as DocumentPart);

/** The OpenAPI document of the product with its extensions, as they are checked in. */
export const document = withParts(product, parts);

/** True for an operation of the product itself. */
export function isOfProduct(path: string, method: string): boolean {
  const paths = product.paths as Readonly<Record<string, object>>;
  return method.toLowerCase() in (paths[path] ?? {});
}
