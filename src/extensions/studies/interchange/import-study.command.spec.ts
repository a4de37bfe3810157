import { spawnSync } from 'node:child_process';
import { writeFileSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { as } from '../../../../test/kit.js';
import { StudyWorld } from '../study-world.spec-kit.js';
import { aRecord } from './records.spec-kit.js';

const ROOT = join(__dirname, '../../../..');

describe('npm run import:study', () => {
  let world: StudyWorld;
  const file = join(mkdtempSync(join(tmpdir(), 'ctms-import-')), 'record.json');

  beforeAll(async () => {
    world = await StudyWorld.start();
    writeFileSync(file, JSON.stringify(aRecord([{ facility: 'Rheinklinik', city: 'Köln', country: 'Germany' }])));
  });
  afterAll(() => world.app.stop());

  function run(...args: string[]) {
    const env = { ...process.env, DATABASE_URL: world.app.url, ENVIRONMENT: 'test', RUN_MIGRATIONS: 'false' };
    const script = join(ROOT, 'dist/cli/extension.command.js');
    return spawnSync(process.execPath, [script, ...args], { env, cwd: ROOT, encoding: 'utf8' });
  }

  it('does what the API does, on behalf of a manager, also as a dry run', async () => {
    const { manager } = world;
    const dry = run('import:study', file, '--dry-run', '--as', manager.username);
    expect([dry.status, dry.stderr]).toEqual([0, expect.stringContaining('1 created, 0 changed')]);
    const real = run('import:study', file, '--as', manager.username);
    const report = JSON.parse(real.stdout) as { records: { study_id: number; outcome: string }[] };
    expect(report.records).toMatchObject([{ outcome: 'created' }]);
    expect(JSON.parse(dry.stdout)).toMatchObject({ dry_run: true, records: [{ outcome: 'created', study_id: null }] });
    const members = await as(manager).get(`/api/studies/${report.records[0]?.study_id}/members`);
    expect(members.body).toMatchObject([{ user_id: manager.id, role: 'project_manager' }]);
    expect(JSON.parse(run('import:study', file, '--as', manager.username).stdout)).toMatchObject({
      unchanged_count: 1,
    });
  }, 120_000);

  it('ends with an error where a value was not taken, also of a new study', () => {
    const place = (id: string) => ({
      ...{ resourceType: 'Location', id, name: `Clinic ${id}` },
      identifier: [{ system: 'urn:ctms:site-number', value: '7' }],
    });
    const fhir = join(dirname(file), 'study.fhir.json');
    const study = { resourceType: 'ResearchStudy', title: 'Twice seven', identifier: [{ value: 'TWICE-7' }] };
    const sites = { contained: [place('a'), place('b')], site: [{ reference: '#a' }, { reference: '#b' }] };
    writeFileSync(fhir, JSON.stringify({ ...study, ...sites, category: [{ text: 'interventional' }] }));
    const { status, stderr } = run('import:study', fhir, '--as', world.manager.username);
    expect([status, stderr]).toEqual([
      1,
      expect.stringContaining('1 created, 0 changed, 0 unchanged, 1 with conflicts'),
    ]);
  }, 120_000);

  it('refuses what is wrong before it does anything', () => {
    const { manager, developer } = world;
    expect(run('import:study', file)).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('name the user with --as') as string,
    });
    expect(run('import:study', file, '--as', developer.username).stderr).toContain('is no manager');
    expect(run('import:study', '/nowhere.json', '--as', manager.username)).toMatchObject({ status: 1, stdout: '' });
    expect(run('import:study', '--frobnicate').stderr).toContain('Usage: npm run import:study');
    expect(run('import:study', '--help').stdout).toMatch(/^Usage: npm run import:study/);
    expect(run('import:nothing').stderr).toContain('No extension has a command import:nothing');
    expect(run('--help').stdout).toContain('import:study');
  }, 120_000);
});
