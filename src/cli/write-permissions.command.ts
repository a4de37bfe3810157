import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { policyDocument } from '../core/authorization/policy-table.document.js';
import { PolicyTable } from '../core/authorization/policy-table.service.js';
import { describeCompositions, documentRoot, extensionFile } from './compositions.js';

const { product, extensions } = await describeCompositions((app) => app.get(PolicyTable).routes());
const known = new Set(product.map(({ operation }) => operation));
writeFileSync(join(documentRoot(undefined), 'docs', 'permissions.md'), policyDocument(product));
for (const { name, described } of extensions) {
  const own = described.filter(({ operation }) => !known.has(operation));
  const others = described.filter(({ operation }) => known.has(operation));
  writeFileSync(extensionFile(documentRoot(undefined), name, 'permissions.md'), policyDocument(own, others));
}
