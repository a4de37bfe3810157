// Reads the imports of the files under src with TypeScript's own parser: values, types, re-exports, `import()`, `require` and
// URLs of workers alike.
import { readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join, normalize } from 'node:path';
import ts from 'typescript';

/** The rooms of src from the ground up. A room imports only of lower floors; rooms of one floor know nothing of each other. */
export const FLOORS = [
  ['node-version.mjs'],
  ['core'],
  ['infrastructure'],
  ['transparency-log'],
  ['audit'],
  ['users'],
  ['tasks', 'auth'],
  ['legacy-import', 'analytics', 'notifications'],
  ['extensions'],
  ['app.module.ts'],
  ['server'],
  ['cli'],
  ['main.ts', 'run.mjs', 'build-assets.mjs', 'build-swagger-plugin.mjs'],
];

const SOURCE = /\.[cm]?[jt]sx?$/;
const NOT_SHIPPED = /\.(?:spec|spec-kit|d)\.m?ts$/;

/** @returns the paths of all files of code in a folder, specs and declarations too, relative to it */
export function filesOf(folder) {
  return readdirSync(folder, { recursive: true })
    .map(String)
    .filter((path) => SOURCE.test(path))
    .sort();
}

/** @returns the paths of the source files of a folder, relative to it */
export function sourcesOf(folder) {
  return filesOf(folder).filter((path) => !NOT_SHIPPED.test(path));
}

/** @returns the expression that names the module which a node of the syntax tree loads; undefined where it loads none */
function moduleNamedBy(node) {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return node.moduleSpecifier;
  if (ts.isExternalModuleReference(node)) return node.expression;
  if (ts.isImportTypeNode(node)) return node.argument.literal;
  const called = node.expression?.kind === ts.SyntaxKind.ImportKeyword || node.expression?.text === 'require';
  if (ts.isCallExpression(node) && called) return node.arguments[0];
  // A worker or a process is started from the URL of its module: `new URL('./module.js', import.meta.url)`.
  const base = ts.isNewExpression(node) ? node.arguments?.[1]?.expression : undefined;
  return base && ts.isMetaProperty(base) ? node.arguments[0] : undefined;
}

/** @returns what names the modules that a source text loads, in its order: `{ text, literal }` */
function modulesNamedIn(path, source) {
  const file = ts.createSourceFile(path, source, ts.ScriptTarget.Latest);
  const found = [];
  const visit = (node) => {
    const name = moduleNamedBy(node);
    if (name) {
      const literal = ts.isStringLiteralLike(name);
      found.push({ text: literal ? name.text : name.getText(file), literal });
    }
    node.jsDoc?.forEach(visit);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

/** The file of `files` that a path of an import means, or the path itself where it means none of them. */
function resolved(path, files) {
  const candidates = [path, path.replace(/\.js$/, '.ts'), `${path}.ts`, path.replace(/\.m?js$/, '.d.mts')];
  return candidates.find((each) => files.has(each)) ?? path;
}

/**
 * @param source the source text of the file `from`
 * @param files the paths of all files of the folder
 * @returns `{ imports, packages, computed }`: `{ from, to }` for each import by a relative path, where what is out of the folder
 * begins with `..`; the names of packages; and the names of modules that only running the code would tell
 */
export function importsIn(from, source, files) {
  const named = modulesNamedIn(from, source);
  const imports = named
    .filter(({ text, literal }) => literal && text.startsWith('.'))
    .map(({ text }) => ({ from, to: resolved(normalize(join(dirname(from), text)), files) }));
  const packages = named
    .filter(({ text, literal }) => literal && !text.startsWith('.') && !isBuiltin(text))
    .map(({ text }) => /^(?:@[^/]+\/)?[^/]+/.exec(text)[0]);
  const computed = named.filter(({ literal }) => !literal).map(({ text }) => text);
  if (/\bcreateRequire\b/.test(source)) computed.push('createRequire');
  return { imports, packages, computed };
}

/** @returns `{ path, imports, packages, computed }` of each of `paths`, which are relative to the folder: see `importsIn` */
export function readImports(folder, paths) {
  const files = new Set(filesOf(folder));
  return paths.map((path) => ({ path, ...importsIn(path, readFileSync(join(folder, path), 'utf8'), files) }));
}

/** @returns the imports by the source files of a folder, as paths relative to it */
export function importsOf(folder) {
  return readImports(folder, sourcesOf(folder)).flatMap(({ imports }) => imports);
}

/** The room of a file: the folder right below src, or the file itself where it stands there. */
export const roomOf = (path) => path.split('/')[0];

/** @returns the floor of a room, 0 for the ground; -1 for one that is not known */
export const floorOf = (room) => FLOORS.findIndex((rooms) => rooms.includes(room));

/** @returns the imports that do not point to a lower floor */
export function upwards(imports) {
  return imports.filter(({ from, to }) => {
    const [a, b] = [roomOf(from), roomOf(to)];
    return a !== b && (floorOf(a) < 0 || floorOf(b) < 0 || floorOf(b) >= floorOf(a));
  });
}

/** @returns the circles of a graph, each as the files on the way round, from where it was met first */
export function circles(imports) {
  const graph = new Map();
  for (const { from, to } of imports) graph.set(from, [...(graph.get(from) ?? []), to]);
  const found = [];
  const done = new Set();
  const visit = (file, way) => {
    if (way.includes(file)) found.push([...way.slice(way.indexOf(file)), file].join(' → '));
    if (way.includes(file) || done.has(file)) return;
    for (const next of graph.get(file) ?? []) visit(next, [...way, file]);
    done.add(file);
  };
  for (const file of graph.keys()) visit(file, []);
  return found;
}
