// Reads the imports of the files under src with TypeScript's own scanner: values, types, re-exports and `import()` alike.
import { readdirSync, readFileSync } from 'node:fs';
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
  ['main.ts', 'run.mjs', 'build-assets.mjs'],
];

const SOURCE = /\.(?:ts|mts|mjs)$/;
const NOT_SHIPPED = /\.(?:spec|spec-kit|d)\.m?ts$/;

/** @returns the paths of the source files of a folder, relative to it */
export function sourcesOf(folder) {
  return readdirSync(folder, { recursive: true })
    .map(String)
    .filter((path) => SOURCE.test(path) && !NOT_SHIPPED.test(path))
    .sort();
}

/** @returns `{ from, to }` for each import of one file of the folder by another, as paths relative to it */
export function importsOf(folder) {
  const files = new Set(sourcesOf(folder));
  return [...files].flatMap((from) => {
    const { importedFiles } = ts.preProcessFile(readFileSync(join(folder, from), 'utf8'), true, true);
    return importedFiles
      .filter(({ fileName }) => fileName.startsWith('.'))
      .map(({ fileName }) => normalize(join(dirname(from), fileName)))
      .map((path) => (files.has(path) ? path : path.replace(/\.js$/, '.ts')))
      .filter((to) => files.has(to))
      .map((to) => ({ from, to }));
  });
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
