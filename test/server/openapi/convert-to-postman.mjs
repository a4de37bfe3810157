// Converts an OpenAPI document to a collection, as Postman's import does: in a process of its own, since the library
// requires an ES module, which the tests' module loader cannot.
import { readFileSync, writeFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { convertV2 } from 'openapi-to-postmanv2';

const [file, target] = process.argv.slice(2);
const data = readFileSync(file, 'utf8');
const { result, reason, output } = await promisify(convertV2)({ type: 'string', data }, { folderStrategy: 'Tags' });
if (!result) throw new Error(reason);
writeFileSync(target, JSON.stringify(output[0].data));
