import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { unsupportedNode } from '../../node-version.mjs';
import { projectRoot } from './project-root.js';

const OLD = `Object.defineProperty(process, 'version', { value: 'v18.20.8' })`;

describe('the version of Node', () => {
  it.each(['v20.19.0', 'v20.20.2', 'v22.13.0', 'v24.11.0', 'v24.99.1', 'v25.0.0', 'v26.1.0'])(
    '%s is supported',
    (version) => {
      expect(unsupportedNode(version)).toBeUndefined();
    },
  );

  it.each(['v12.22.12', 'v18.20.8', 'v20.18.3', 'v21.7.3', 'v22.12.0', 'v23.11.0', 'v24.10.0'])(
    '%s is not supported, and the message lists the versions that are',
    (version) => {
      expect(unsupportedNode(version)).toBe(`CTMS needs Node 20.19, 22.13 or 24.11; this is ${version}`);
    },
  );

  it('equals the engines of package.json', () => {
    const { engines } = JSON.parse(readFileSync(join(projectRoot(), 'package.json'), 'utf8')) as {
      engines: { node: string };
    };
    expect(engines.node).toBe('^20.19 || ^22.13 || >=24.11');
  });

  it('is checked before anything else runs', () => {
    const preload = `data:text/javascript,${encodeURIComponent(OLD)}`;
    const args = ['--import', preload, join(projectRoot(), 'src/run.mjs'), 'main'];
    const { status, stderr, stdout } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    expect({ status, stderr, stdout }).toEqual({
      status: 1,
      stderr: 'CTMS needs Node 20.19, 22.13 or 24.11; this is v18.20.8\n',
      stdout: '',
    });
  });
});
