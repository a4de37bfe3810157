import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../src/core/config/project-root.js';
import { extensionPages } from './extension-pages.mjs';

/** A fenced block of a document. */
export interface Block {
  readonly document: string;
  /** Of its first fence, counted from 1. */
  readonly line: number;
  readonly language: string;
  readonly text: string;
  /** Of the comment `<!-- not run: … -->` right above it. */
  readonly reason: string | undefined;
  /** False where it, or its document, is about an extension that is not there: `<!-- needs src/extensions/studies -->` above it. */
  readonly isApplicable: boolean;
}

const COMMAND_LANGUAGES = ['sh', 'bash', 'console'];
const LOOKS_LIKE_COMMAND = /^(?:\$ |npm |npx |node |curl |docker |psql )/m;
const NEEDS = /<!-- needs (src\/extensions\/[\w-]+) -->\n\s*$/;
const FENCE = /^( *)```(\w*)\n([\s\S]*?)^\1```$/gm;

/** README.md and the documents beside the decisions. */
export function documents(): string[] {
  const pages = readdirSync(join(projectRoot(), 'docs')).filter((name) => name.endsWith('.md'));
  return ['README.md', ...pages.map((name) => `docs/${name}`)];
}

/** Every block of a document that has commands, whether or not its language says so. */
export function commandBlocks(document: string): Block[] {
  const content = readFileSync(join(projectRoot(), document), 'utf8');
  const copied = extensionPages(projectRoot()).find(({ page }) => page === document);
  const blocks = [...content.matchAll(FENCE)].map((match) => {
    const [, indent = '', language = '', text = ''] = match;
    const before = content.slice(0, match.index);
    const line = before.split('\n').length;
    const reason = /<!-- not run: ([^>]+?) -->\n\s*$/.exec(before)?.[1];
    const needed = copied?.source ?? NEEDS.exec(before)?.[1] ?? '';
    const isApplicable = existsSync(join(projectRoot(), needed));
    return {
      document,
      line,
      language,
      isApplicable,
      text: text.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
      reason,
    };
  });
  return blocks.filter(
    ({ language, text }) => COMMAND_LANGUAGES.includes(language) || (language === '' && LOOKS_LIKE_COMMAND.test(text)),
  );
}

/** Reasons that hold, each with how a block shows that it is so. */
const REASONS: readonly (readonly [RegExp, (text: string, reason: string) => boolean])[] = [
  [/^needs a Docker daemon$/, (text) => /\bdocker /.test(text)],
  [/^takes minutes$/, (text) => /npm (?:test|run (?:test:|bench))/.test(text)],
  [/^serves until you stop it$/, (text) => text.includes('npm start')],
  [/^has placeholders for your own /, (text) => /…|example\.org/.test(text)],
  [/^a command of the replaced system$/, (text) => text.startsWith('python manage.py')],
  [/^another spec runs it: (?:test|src\/extensions)\/\S+\.spec\.ts$/, isRunElsewhere],
];

/** True where the spec that a reason names knows every script of npm in the block, by its name or by that of its command. */
function isRunElsewhere(text: string, reason: string): boolean {
  const path = join(projectRoot(), reason.replace(/^.*: /, ''));
  if (!existsSync(path)) return false;
  const spec = readFileSync(path, 'utf8');
  const { scripts } = JSON.parse(readFileSync(join(projectRoot(), 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  const names = [...text.matchAll(/npm run (?:-s |--silent )?([\w:-]+)/g)].map(([, name = '']) => name);
  const known = (name: string) => [name, /cli\/[\w-]+/.exec(scripts[name] ?? '')?.[0] ?? name];
  return names.length > 0 && names.every((name) => known(name).some((word) => spec.includes(word)));
}

/** @returns why the reason of a block does not hold; undefined where it does */
export function wrongReason({ text, reason }: Block): string | undefined {
  if (reason === undefined) return 'has no reason';
  const [, holds] = REASONS.find(([words]) => words.test(reason)) ?? [];
  if (!holds) return `"${reason}" is none of the reasons that the spec knows`;
  return holds(text, reason) ? undefined : `"${reason}" does not hold`;
}
