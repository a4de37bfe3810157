// The public surface of the product: what extensions may import, read with TypeScript's own parser.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import ts from 'typescript';
import { sourcesOf } from './imports.mjs';

/** Files whose exports are public beside those of `core` and of what modules export. */
const MORE = [
  // Extension points that stand outside of core.
  'auth/login-protection/captcha.provider.ts',
  'infrastructure/mail/mailer.ts',
  // Words of the audit trail, and records as they were.
  'audit/descriptions/action-sentences.ts',
  'audit/record-history/version-precondition.ts',
  'audit/point-in-time/as-of.dto.ts',
  'audit/point-in-time/state-as-of.sql.ts',
  'audit/access-log/read-operation.decorator.ts',
  // Kinds of notifications.
  'notifications/notification-kinds.sql.ts',
  // Lists, filters and pages.
  'infrastructure/database/list-definition.ts',
  'infrastructure/database/keyset-list.ts',
  'infrastructure/database/sql-filters.ts',
  // Records to refer to, the policies that judge them, and their events.
  'users/user.entity.ts',
  'users/user.policy.ts',
  'users/users.problems.ts',
  'tasks/task.entity.ts',
  'tasks/task.policy.ts',
  'tasks/tasks.dto.ts',
  'tasks/tasks.events.ts',
  'tasks/tasks.problems.ts',
  'tasks/tags/tag.entity.ts',
  // Data of an extension for demos and benchmarks.
  'extensions/demo-contribution.ts',
  'extensions/sample-contribution.ts',
];

/** Folders all of whose files are public: what lists of tasks are made of, for the tasks of another record. */
const FOLDERS = ['core/', 'tasks/list/', 'tasks/permissions/'];

const KIT = 'test/kit.ts';
/** Names of specs, and of what several specs of an extension share. */
const IS_SPEC = /\.spec[.-]/;
const parsed = (file) => ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);

/** The paths that `exports` of a module's decorator leads to: of the classes, and of the module itself. */
function exportedByModule(root, path) {
  const source = parsed(join(root, 'src', path));
  const files = new Map();
  const names = [];
  const visit = (node) => {
    if (
      ts.isImportDeclaration(node) &&
      node.importClause?.namedBindings &&
      ts.isNamedImports(node.importClause.namedBindings)
    )
      for (const { name } of node.importClause.namedBindings.elements) files.set(name.text, node.moduleSpecifier.text);
    if (
      ts.isPropertyAssignment(node) &&
      node.name.getText() === 'exports' &&
      ts.isArrayLiteralExpression(node.initializer)
    )
      names.push(...node.initializer.elements.filter(ts.isIdentifier).map(({ text }) => text));
    ts.forEachChild(node, visit);
  };
  visit(source);
  const found = names.map((name) => files.get(name)).filter((file) => file?.startsWith('.'));
  return found.length > 0 ? [path, ...found.map((file) => fileOf(join(dirname(path), file)))] : [];
}

const fileOf = (path) => normalize(path).replace(/\.js$/, '.ts');

/** @returns the public files, relative to the root and sorted */
export function publicFiles(root) {
  const src = join(root, 'src');
  const ours = sourcesOf(src).filter(
    (path) => path.endsWith('.ts') && (MORE.includes(path) || !path.startsWith('extensions/')),
  );
  const folders = ours.filter((path) => FOLDERS.some((folder) => path.startsWith(folder)));
  const modules = ours.filter((path) => path.endsWith('.module.ts')).flatMap((path) => exportedByModule(root, path));
  const missing = MORE.find((path) => !ours.includes(path));
  if (missing) throw new Error(`The public surface names src/${missing}, which is not there`);
  const files = new Set([...folders, ...modules, ...MORE].filter((path) => ours.includes(path)));
  return [...[...files].sort().map((path) => `src/${path}`), KIT];
}

/** The first sentence of the comment above a declaration. */
function sentenceOf(node) {
  const comment = node.jsDoc?.at(-1)?.comment;
  const text = (typeof comment === 'string' ? comment : ts.getTextOfJSDocComment(comment)) ?? '';
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return /^(.*?[.:;])(?: (?=[A-Z@`])|$)/.exec(line)?.[1] ?? line;
}

function kindOf(node) {
  if (ts.isFunctionDeclaration(node)) return 'function';
  if (ts.isClassDeclaration(node)) return 'class';
  if (ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)) return 'type';
  return 'value';
}

/** @returns `{ name, kind, sentence }` of each export of a file, those that it passes on included */
export function exportsOf(file) {
  return parsed(file).statements.flatMap((node) => {
    if (ts.isExportDeclaration(node)) return passedOn(file, node);
    if (!ts.canHaveModifiers(node) || !ts.getModifiers(node)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword))
      return [];
    const names = ts.isVariableStatement(node)
      ? node.declarationList.declarations.map(({ name }) => name.getText())
      : [node.name?.getText() ?? 'default'];
    return names.map((name) => ({ name, kind: kindOf(node), sentence: sentenceOf(node) }));
  });
}

function passedOn(file, { exportClause, moduleSpecifier }) {
  if (!moduleSpecifier || !exportClause || !ts.isNamedExports(exportClause)) return [];
  const names = exportClause.elements.map(({ name }) => name.text);
  const target = fileOf(join(dirname(file), moduleSpecifier.text));
  const there = existsSync(target) ? exportsOf(target) : [];
  return names.map((name) => there.find((each) => each.name === name) ?? { name, kind: 'value', sentence: '' });
}

const HEAD = `# Extension API

What an extension may import: every export of \`src/core\`, of the files of what modules export, of some more, and of the test kit
(\`test/kit.ts\`, in specs alone). A spec keeps extensions to it. \`npm run docs:extension-api\` writes this page from the sources; changes of
the surface stand under "Extension API" in [CHANGELOG.md](../CHANGELOG.md). How to use it: [extending.md](extending.md).
`;

/** Renders docs/extension-api.md. */
export function extensionApiDocument(root) {
  const sections = publicFiles(root).flatMap((path) => {
    const rows = exportsOf(join(root, path)).map(
      ({ name, kind, sentence }) => `- \`${name}\` (${kind})${sentence ? `: ${sentence}` : ''}`,
    );
    return rows.length > 0 ? [`## ${path}\n\n${rows.join('\n')}\n`] : [];
  });
  return `${HEAD}\n${sections.join('\n')}`;
}

/**
 * @param folder of the extension
 * @returns imports from outside of it that are not public, as `file → import`
 */
export function foreignImports(root, folder) {
  const allowed = new Set(publicFiles(root));
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
  return files.sort().flatMap((file) => {
    const { importedFiles } = ts.preProcessFile(readFileSync(join(folder, file), 'utf8'), true, true);
    return importedFiles
      .filter(({ fileName }) => fileName.startsWith('.'))
      .map(({ fileName }) => relative(root, fileOf(join(folder, dirname(file), fileName))))
      .filter((path) => relative(folder, join(root, path)).startsWith('..'))
      .filter((path) => !allowed.has(path) || (path === KIT && !IS_SPEC.test(file)))
      .map((path) => `${file} → ${path}`);
  });
}
