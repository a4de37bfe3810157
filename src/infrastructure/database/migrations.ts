import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { extensionFolders } from '../../core/config/extension-folders.js';
import { projectRoot } from '../../core/config/project-root.js';

const UP = /^(\d{13})-([a-z0-9-]+)\.up\.sql$/;

type MigrationClass = new () => MigrationInterface;

/** A migration as a pair of SQL files. */
export interface MigrationFiles {
  /** As recorded in the table `migrations`. TypeORM orders by the 13 digits at the end. */
  readonly name: string;
  readonly up: string;
  readonly down: string;
}

/** The migrations of the product and of its extensions, for TypeORM. */
export const migrations = (): MigrationClass[] => migrationFiles().map(migrationOf);

/**
 * The migrations of the product and of its extensions, oldest first: pairs of plain SQL files
 * `<milliseconds>-<name>.up.sql` and `.down.sql`.
 */
export function migrationFiles(): MigrationFiles[] {
  return migrationFolders()
    .flatMap((folder) => readdirSync(folder).map((file) => join(folder, file)))
    .filter((file) => UP.test(basename(file)))
    .sort((a, b) => basename(a).localeCompare(basename(b)))
    .map((up) => ({ name: nameOf(basename(up)), up, down: up.replace(/\.up\.sql$/, '.down.sql') }));
}

/** `1764000000001-tasks.up.sql` is recorded as `tasks_1764000000001`. */
function nameOf(file: string): string {
  const [, timestamp = '', name = ''] = UP.exec(file) ?? [];
  return `${name.replaceAll('-', '_')}_${timestamp}`;
}

/** `tasks_1764000000001` has the files `1764000000001-tasks.up.sql` and `.down.sql`: this is their common beginning. */
export function fileNameOf(recorded: string): string {
  const [, text = recorded, digits = ''] = /^(.*)_(\d{13})$/.exec(recorded) ?? [];
  return `${digits}-${text.replaceAll('_', '-')}`;
}

/** `migrations/`, and `migrations/` of every extension. */
function migrationFolders(): string[] {
  const root = projectRoot();
  return [join(root, 'migrations'), ...extensionFolders().map((folder) => join(folder, 'migrations'))].filter(
    existsSync,
  );
}

function migrationOf({ name, up, down }: MigrationFiles): MigrationClass {
  return class implements MigrationInterface {
    readonly name = name;

    async up(runner: QueryRunner): Promise<void> {
      await runner.query(readFileSync(up, 'utf8'));
    }

    async down(runner: QueryRunner): Promise<void> {
      await runner.query(readFileSync(down, 'utf8'));
    }
  };
}
