import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Inject } from '@nestjs/common';
import { z } from 'zod';
import { variables } from './config.schema.js';
import { Config } from './config.js';
import { importFile } from './extension-folders.js';

const SETTINGS_FILE = /\.settings\.(?:js|ts)$/;
const PREFIX = /^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*_$/;
const NAME = /^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*$/;

type Shape = Readonly<Record<string, z.ZodType>>;
type CamelCase<S extends string> = S extends `${infer Head}_${infer Tail}`
  ? `${Lowercase<Head>}${Capitalize<CamelCase<Tail>>}`
  : Lowercase<S>;

/** Values of settings by property: that of `REMINDER_DAYS` is `reminderDays`. */
type SettingsValues<S extends Shape> = { readonly [K in keyof S & string as CamelCase<K>]: z.output<S[K]> };

/** Settings of an extension: their prefix, and the schema of the variables by their whole names. */
export interface SettingsDefinition {
  readonly prefix: string;
  readonly schema: z.ZodObject;
}

interface SettingsClass<S extends Shape> {
  new (config: Config): SettingsValues<S>;
  readonly definition: SettingsDefinition;
}

/**
 * Declares the settings of an extension, to be extended by an injectable class in a file `*.settings.ts` of its folder:
 * `export class VisitsSettings extends defineSettings('VISITS_', { REMINDER_DAYS: integer(1, 365).default(3) }) {}`. Its
 * variables are validated with those of the product, before the start.
 *
 * @param prefix of every variable, such as `VISITS_`
 * @param shape the schema of each variable, by its name without the prefix; with a default, or optional
 * @throws Error for a prefix or a name that environment variables of the product could have, or a variable that is required
 */
export function defineSettings<S extends Shape>(prefix: string, shape: S): SettingsClass<S> {
  assertNames(prefix, Object.keys(shape));
  const prefixed = Object.entries(shape).map(([name, schema]) => [`${prefix}${name}`, schema] as const);
  const schema = z.object(Object.fromEntries(prefixed));
  const missing = schema.safeParse({}).error?.issues.map(({ path }) => path.join('.')) ?? [];
  if (missing.length > 0) throw new Error(`${missing.join(', ')}: needs a default, or must be optional`);
  class Settings {
    static readonly definition: SettingsDefinition = { prefix, schema };

    constructor(@Inject(Config) config: Config) {
      const values = config.extensionSettings[prefix];
      if (!values) throw new Error(`The settings ${prefix}… were not read: declare them in a file *.settings.ts`);
      for (const [name, value] of Object.entries(values))
        Object.assign(this, { [camelCase(name.slice(prefix.length))]: value });
    }
  }
  // The properties are known by the schema only.
  return Settings as unknown as SettingsClass<S>;
}

function assertNames(prefix: string, names: readonly string[]): void {
  if (!PREFIX.test(prefix)) throw new Error(`"${prefix}" is no prefix of settings: use one like VISITS_`);
  const taken = Object.keys(variables.shape).find((name) => name.startsWith(prefix));
  if (taken) throw new Error(`The prefix ${prefix} belongs to the product, which has ${taken}`);
  const wrong = names.find((name) => !NAME.test(name));
  if (wrong !== undefined) throw new Error(`"${wrong}" is no name of a setting: use one like REMINDER_DAYS`);
}

const camelCase = (name: string): string =>
  name.toLowerCase().replaceAll(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

/**
 * Imports `*.settings.ts` of every folder, before anything else of an extension is loaded.
 *
 * @throws Error that names the file which cannot be loaded, or a prefix that two extensions use
 */
export async function loadSettings(folders: readonly string[]): Promise<SettingsDefinition[]> {
  const files = folders.flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => SETTINGS_FILE.test(name))
      .map((name) => join(folder, name)),
  );
  const definitions = (await Promise.all(files.map(definitionsIn))).flat();
  const clash = definitions.find(({ prefix }, i) =>
    definitions.some((other, k) => k !== i && other.prefix.startsWith(prefix)),
  );
  if (clash) throw new Error(`Two extensions have settings with the prefix ${clash.prefix}`);
  return definitions;
}

async function definitionsIn(file: string): Promise<SettingsDefinition[]> {
  try {
    return Object.values(await importFile(file)).flatMap((value) => {
      const { definition } = (value ?? {}) as { definition?: SettingsDefinition };
      return definition ? [definition] : [];
    });
  } catch (error) {
    throw new Error(`The settings ${file} cannot be loaded: ${(error as Error).message}`, { cause: error });
  }
}
