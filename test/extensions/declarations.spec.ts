/** @jest-environment node */
import { join } from 'node:path';
import { z } from 'zod';
import { describeActions } from '../../src/audit/descriptions/action-sentences.js';
import { readableEntries } from '../../src/audit/audit.policy.js';
import { ALL, NONE, policy } from '../../src/core/authorization/policy.js';
import { loadCommands } from '../../src/core/config/extension-commands.js';
import { defineSettings, loadSettings } from '../../src/core/config/extension-settings.js';
import { loadConfig } from '../../src/core/config/load-config.js';
import { integer } from '../../src/core/config/variable-types.js';
import { Audited } from '../../src/core/persistence/audited.decorator.js';
import { User } from '../../src/users/user.entity.js';

const SHIPMENTS = join(__dirname, '../support/shipments');
const manager = { id: 1, role: 'manager', atWork: true } as const;

describe('settings of an extension', () => {
  it('are typed by their names and have the values of their schema', async () => {
    class CrateSettings extends defineSettings('CRATES_', {
      MAX_WEIGHT_KG: integer(1, 1000).default(20),
      DEPOT: z.string().optional(),
    }) {}
    const config = loadConfig({ CRATES_MAX_WEIGHT_KG: '7' }, [CrateSettings.definition]);
    const settings = new CrateSettings(config);
    const weight: number = settings.maxWeightKg;
    const depot: string | undefined = settings.depot;
    expect([weight, depot]).toEqual([7, undefined]);
    for (const weightKg of [' ', '1e1', '0x10', '1001'])
      expect(() => loadConfig({ CRATES_MAX_WEIGHT_KG: weightKg }, [CrateSettings.definition])).toThrow(
        'CRATES_MAX_WEIGHT_KG',
      );
    expect(() => new CrateSettings(loadConfig({}))).toThrow('CRATES_… were not read');
    expect((await loadSettings([SHIPMENTS])).map(({ prefix }) => prefix)).toEqual(['SHIPMENTS_']);
  });

  it('take no name of the product, need no value, and belong to one extension', async () => {
    const shape = { DAYS: z.string().default('') };
    expect(() => defineSettings('AUDIT_', shape)).toThrow('belongs to the product, which has AUDIT_');
    expect(() => defineSettings('crates', shape)).toThrow('"crates" is no prefix');
    expect(defineSettings('SITE_VISITS_', shape).definition.prefix).toBe('SITE_VISITS_');
    expect(() => defineSettings('CRATES_', { maxWeight: z.string().optional() })).toThrow('"maxWeight" is no name');
    expect(() => defineSettings('CRATES_', { DEPOT: z.string() })).toThrow('CRATES_DEPOT: needs a default');
    await expect(loadSettings([SHIPMENTS, SHIPMENTS])).rejects.toThrow('Two extensions have settings with the prefix');
  });
});

describe('commands of an extension', () => {
  it('are found in its folder, and have names of their own', async () => {
    const [command, ...others] = await loadCommands([SHIPMENTS]);
    expect([command?.name, others]).toEqual(['count:shipments', []]);
    await expect(loadCommands([SHIPMENTS, SHIPMENTS])).rejects.toThrow('Two extensions have a command count:shipments');
    expect(await loadCommands([join(SHIPMENTS, 'migrations')])).toEqual([]);
  });
});

describe('records of an extension', () => {
  const declare =
    (...[type, fields, name, options]: Parameters<typeof Audited>) =>
    () =>
      Audited(type, fields, name, options)(class Record {});

  it('have a type of their own in the audit trail', () => {
    expect(User.name).toBe('User');
    for (const type of ['user', 'access', 'request_log']) expect(declare(type, {})).toThrow(`"${type}"`);
  });

  it('are opened to managers as a whole or not at all', () => {
    const own = policy<{ ownerId: number }>('read crates', ({ id }) => [{ ownerId: id }]);
    expect(declare('crate', {}, undefined, { readers: own })).toThrow('all of its entries, or none');
    declare('crate', {}, undefined, {
      readers: policy('read crates', ({ role }) => (role === 'manager' ? ALL : NONE)),
    })();
    expect(readableEntries(manager)).toContainEqual({ entityType: 'crate' });
    expect(readableEntries({ ...manager, role: 'developer' })).toEqual([]);
  });

  it('refer to others by fields that they have', () => {
    expect(declare('box', { at: 'at' }, undefined, { references: { to: 'user' } })).toThrow('"to" in the references');
    expect(declare('box', { at: 'at' }, undefined, { references: { at: "x'" } })).toThrow('is no name');
  });

  it('have one sentence for each action', () => {
    describeActions({ 'crate.moved': () => '' });
    expect(() => describeActions({ 'crate.moved': () => '' })).toThrow('"crate.moved" has a sentence already');
  });
});
