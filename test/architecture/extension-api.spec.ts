import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { extensionFolders } from '../../src/core/config/extension-folders.js';
import { exportsOf, extensionApiDocument, foreignImports, publicFiles } from './extension-api.mjs';

const ROOT = join(__dirname, '../..');
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');

describe('the public surface', () => {
  it('is what docs/extension-api.md lists; `npm run docs:extension-api` writes it', () => {
    expect(read('docs/extension-api.md')).toBe(extensionApiDocument(ROOT));
  });

  it('has its changes in the change log', () => {
    expect(read('CHANGELOG.md')).toMatch(/^### Extension API$/m);
  });

  it('has what modules export, what core exports and the test kit, and nothing of a service that no module exports', () => {
    const files = publicFiles(ROOT);
    for (const file of ['src/core/authorization/policy.ts', 'src/users/users.repository.ts', 'test/kit.ts'])
      expect(files).toContain(file);
    expect(files).not.toContain('src/tasks/tasks.repository.ts');
    const kit = exportsOf(join(ROOT, 'test/kit.ts'));
    expect(kit.find(({ name }) => name === 'as')?.sentence).toMatch(/^\w/);
    expect(kit.filter(({ sentence }) => !sentence).map(({ name }) => name)).toEqual(['sql']);
  });

  it('is all that extensions import', () => {
    const foreign = extensionFolders().flatMap((folder) => foreignImports(ROOT, folder).map((each) => [folder, each]));
    expect(foreign).toEqual([]);
  });

  it('does not hold an import of anything else, which is named', () => {
    const root = mkdtempSync(join(tmpdir(), 'ctms-foreign-'));
    const copy = join(root, 'imagined');
    mkdirSync(copy);
    const at = (path: string) => join(ROOT, path).replace(/\.ts$/, '.js');
    const lines = [
      `import { policy } from '${relative(copy, at('src/core/authorization/policy.ts'))}';`,
      `import { TasksRepository } from '${relative(copy, at('src/tasks/tasks.repository.ts'))}';`,
      `import { startApp } from '${relative(copy, at('test/kit.ts'))}';`,
      `import { own } from './own.js';`,
    ];
    writeFileSync(join(copy, 'a.ts'), lines.join('\n'));
    writeFileSync(join(copy, 'a.spec.ts'), lines[2] ?? '');
    expect(foreignImports(ROOT, copy)).toEqual(['a.ts → src/tasks/tasks.repository.ts', 'a.ts → test/kit.ts']);
  });
});
