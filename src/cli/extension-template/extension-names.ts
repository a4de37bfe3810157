import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { variables } from '../../core/config/config.schema.js';
import { camelCase } from './extension-fields.js';

/** The names of a generated extension, made of the one that was given: `site-visits`. */
export interface ExtensionNames {
  /** Folder, path and beginning of file names: `site-visits`. */
  readonly plural: string;
  /** Beginning of the file names of what describes one: `site-visit`. */
  readonly singular: string;
  /** Table: `site_visits`. */
  readonly table: string;
  /** Type in the audit trail: `site_visit`. */
  readonly type: string;
  /** Class of the entity: `SiteVisit`. */
  readonly One: string;
  /** Beginning of class names: `SiteVisits`. */
  readonly Many: string;
  /** Variables: `siteVisit`, `siteVisits`. */
  readonly one: string;
  readonly many: string;
  /** Words: `site visit`, `site visits`. */
  readonly oneWords: string;
  readonly manyWords: string;
  /** Of the settings: `SITE_VISITS_`. */
  readonly prefix: string;
}

const NAME = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/;
const MAX_NAME = 30;
/** Names of JavaScript, and of what the generated files import or declare. */
const RESERVED = new Set(
  (
    'await break case catch class const continue debugger default delete do else enum export extends false finally for function if ' +
    'import in instanceof interface let new null package private protected public return static super switch this throw true try ' +
    'typeof var void while with yield arguments eval array boolean date error json map math number object promise record set string ' +
    'symbol actor audited body check client column controller entity event extension field filter index injectable length list ' +
    'many-to-one module page patch policy post query repository relation response row scope service settings user value values view ' +
    'where work written app columns auditor manager developer other test spec state'
  ).split(' '),
);

/**
 * @param given name in the plural, such as `site-visits`
 * @throws Error for a name that cannot be a folder, a table and a class
 */
export function namesOf(given: string): ExtensionNames {
  if (!NAME.test(given) || given.length > MAX_NAME)
    throw new Error(
      `"${given}" is no name of an extension: use at most ${MAX_NAME} lower-case letters and digits, with - between words, such as visits`,
    );
  const singular = singularOf(given);
  if (singular === given) throw new Error(`"${given}" is no plural: call the extension after many, such as visits`);
  if (given.startsWith('audit-'))
    throw new Error('Rows of tables called audit_… can never change: choose another name');
  if ([given, singular].some((name) => RESERVED.has(name)))
    throw new Error(`"${given}" is a reserved word, or a name that the generated files use: choose another one`);
  const upper = (name: string) => name.charAt(0).toUpperCase() + name.slice(1);
  return {
    plural: given,
    singular,
    table: given.replaceAll('-', '_'),
    type: singular.replaceAll('-', '_'),
    One: upper(camelCase(singular)),
    Many: upper(camelCase(given)),
    one: camelCase(singular),
    many: camelCase(given),
    oneWords: singular.replaceAll('-', ' '),
    manyWords: given.replaceAll('-', ' '),
    prefix: `${given.replaceAll('-', '_').toUpperCase()}_`,
  };
}

function singularOf(plural: string): string {
  if (plural.endsWith('ies')) return `${plural.slice(0, -3)}y`;
  if (/(?:ss|x|z|ch|sh)es$/.test(plural)) return plural.slice(0, -2);
  return /[^s]s$/.test(plural) ? plural.slice(0, -1) : plural;
}

/**
 * Asserts that nothing of the product or of another extension has the names.
 *
 * @param root of the source tree
 * @throws Error that names what has them
 */
export function assertFree(root: string, { plural, singular, table, type, prefix }: ExtensionNames): void {
  const folder = join('src', 'extensions', plural);
  if (existsSync(join(root, folder))) throw new Error(`There is a folder ${folder} already`);
  const sources = filesBelow(join(root, 'src')).map((file) => [file, readFileSync(join(root, 'src', file), 'utf8')]);
  const migrations = filesBelow(join(root, 'migrations')).map((file) =>
    readFileSync(join(root, 'migrations', file), 'utf8'),
  );
  const texts = [...sources.map(([, text]) => text), ...migrations];
  const taken = (pattern: RegExp) => texts.some((text) => pattern.test(text ?? ''));
  if (taken(new RegExp(`^CREATE (?:UNLOGGED )?TABLE (?:public\\.)?"?${table}"?[ (]`, 'm')))
    throw new Error(`There is a table "${table}" already`);
  if (taken(new RegExp(`^@Controller\\('${plural}['/]`, 'm')))
    throw new Error(`There is a path /api/${plural} already`);
  if (taken(new RegExp(`@Audited\\(\\s*'${type}'`)))
    throw new Error(`Records called "${type}" are in the audit trail already`);
  const entity = sources.find(([file]) => file?.endsWith(`/${singular}.entity.ts`));
  if (entity) throw new Error(`There is an entity in src/${entity[0]} already`);
  const setting = Object.keys(variables.shape).find((name) => name.startsWith(prefix));
  if (setting) throw new Error(`Settings of the product begin with ${prefix}: ${setting}`);
}

function filesBelow(folder: string): string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && /\.(?:ts|sql)$/.test(entry.name));
  return files.map((entry) => relative(folder, join(entry.parentPath, entry.name)));
}
