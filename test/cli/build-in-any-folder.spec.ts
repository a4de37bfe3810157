import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from '../../src/core/config/project-root.js';

const COPIED = [
  'nest-cli.json',
  'package.json',
  'tsconfig.json',
  'tsconfig.build.json',
  'src/build-swagger-plugin.mjs',
];
const SOURCES = {
  'name.dto.ts': 'export class Name { name!: string; }',
  'sub/name.controller.ts': `import { Controller, Get } from '@nestjs/common';
    import { type Name } from '../name.dto.js';
    const read = (): Name => ({ name: 'a' });
    @Controller()
    export class NameController { @Get() read() { return read(); } }`,
};

describe('the build', () => {
  let parent: string;

  beforeEach(() => {
    parent = mkdtempSync(join(tmpdir(), 'ctms-build-'));
  });
  afterEach(() => rmSync(parent, { recursive: true, force: true }));

  it.each(['with blanks', 'Größe', 'mérida %41', '試験 #1', '100 %', "it's (new)"])(
    'imports the types of answers by their own place in a folder named %s',
    (name) => {
      const folder = join(parent, name);
      mkdirSync(join(folder, 'src', 'sub'), { recursive: true });
      for (const path of COPIED) cpSync(join(projectRoot(), path), join(folder, path));
      for (const [path, text] of Object.entries(SOURCES)) writeFileSync(join(folder, 'src', path), text);
      symlinkSync(join(projectRoot(), 'node_modules'), join(folder, 'node_modules'));
      execFileSync(process.execPath, ['node_modules/@nestjs/cli/bin/nest.js', 'build'], { cwd: folder });
      const built = readFileSync(join(folder, 'dist', 'sub', 'name.controller.js'), 'utf8');
      expect(built).toContain('from "../name.dto.js"');
      expect(built.match(/openapi_import_\d+ from "(.*)"/)?.[1]).toBe('../name.dto.js');
    },
    60_000,
  );
});
