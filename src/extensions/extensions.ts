import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type Provider, type Type } from '@nestjs/common';
import { type Narrowing } from '../core/authorization/narrowing.js';
import { importFile } from '../core/config/extension-folders.js';
import { type Contribution } from './contributed-data.js';
import { type DemoData } from './demo-contribution.js';
import { type SampleData } from './sample-contribution.js';
import { type NotificationKind } from '../notifications/notification-kinds.sql.js';

const MODULE_FILE = /\.module\.(?:js|ts)$/;

/**
 * Contents of extensions: modules, replacements of extension points (`export const overrides = [{ provide: Clock, … }]`),
 * narrowings of policies (`export const narrowings = [narrowing({ … })]`), kinds of notifications (`export const notificationKinds =
 * [notificationKind({ … })]`), demo data (`export const demoData: DemoData = …`) and sample data (`export const sampleData: SampleData = …`).
 */
export interface Extensions {
  readonly modules: Type[];
  readonly overrides: Provider[];
  readonly narrowings: Narrowing[];
  readonly contributions: Contribution[];
  readonly notificationKinds: NotificationKind[];
}

/**
 * Loads the extensions: `<name>.module.ts` of every folder.
 *
 * @throws an error that names the extension which cannot be loaded
 */
export async function loadExtensions(folders: readonly string[]): Promise<Extensions> {
  const loaded = await Promise.all(folders.map(loadExtension));
  return {
    modules: loaded.flatMap(({ modules }) => modules),
    overrides: loaded.flatMap(({ overrides }) => overrides),
    narrowings: loaded.flatMap(({ narrowings }) => narrowings),
    contributions: loaded.flatMap(({ contributions }) => contributions),
    notificationKinds: loaded.flatMap(({ notificationKinds }) => notificationKinds),
  };
}

async function loadExtension(folder: string): Promise<Extensions> {
  const file = readdirSync(folder).find((name) => MODULE_FILE.test(name));
  if (!file) throw new Error(`The extension in ${folder} has no *.module.ts`);
  const path = join(folder, file);
  try {
    const loaded = await importFile(path);
    const isModule = ([name, value]: [string, unknown]) => name.endsWith('Module') && typeof value === 'function';
    const found = Object.entries(loaded).find(isModule);
    if (!found) throw new Error('it exports no class named *Module');
    return {
      modules: [found[1] as Type],
      overrides: (loaded.overrides ?? []) as Provider[],
      narrowings: (loaded.narrowings ?? []) as Narrowing[],
      contributions: [contributionOf(basename(folder), loaded)],
      notificationKinds: (loaded.notificationKinds ?? []) as NotificationKind[],
    };
  } catch (error) {
    throw new Error(`The extension ${path} cannot be loaded: ${(error as Error).message}`, { cause: error });
  }
}

/** @throws Error where demo or sample data is no function */
function contributionOf(extension: string, { demoData, sampleData }: Record<string, unknown>): Contribution {
  for (const [name, value] of Object.entries({ demoData, sampleData }))
    if (value !== undefined && typeof value !== 'function') throw new Error(`its ${name} is no function`);
  return { extension, demoData: demoData as DemoData | undefined, sampleData: sampleData as SampleData | undefined };
}
