import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { packageRoot } from '../config/package-root.js';

const UP = /^(\d{13})-([a-z0-9-]+)\.up\.sql$/;

type MigrationClass = new () => MigrationInterface;

/**
 * The migrations of the product and of its extensions, oldest first: pairs of plain SQL files
 * `<milliseconds>-<name>.up.sql` and `.down.sql`.
 */
export function migrations(): MigrationClass[] {
  return migrationFolders()
    .flatMap((folder) => readdirSync(folder).map((file) => join(folder, file)))
    .filter((file) => UP.test(basename(file)))
    .sort((a, b) => basename(a).localeCompare(basename(b)))
    .map(migrationOf);
}

/** `migrations/`, and `migrations/` of every extension. */
function migrationFolders(): string[] {
  const root = packageRoot();
  return [join(root, 'migrations'), ...extensionFolders().map((folder) => join(folder, 'migrations'))].filter(
    existsSync,
  );
}

/** The folders of the extensions: of the build where the build runs, of the source in tests. */
export function extensionFolders(): string[] {
  const built = process.argv[1]?.includes(`${join('/', 'dist', '/')}`) ?? false;
  const folder = join(packageRoot(), built ? 'dist' : 'src', 'extensions');
  if (!existsSync(folder)) return [];
  const entries = readdirSync(folder, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map((entry) => join(folder, entry.name));
}

function migrationOf(up: string): MigrationClass {
  const [, timestamp = '', name = ''] = UP.exec(basename(up)) ?? [];
  const down = up.replace(/\.up\.sql$/, '.down.sql');
  return class implements MigrationInterface {
    /** TypeORM orders by the 13 digits at the end. */
    readonly name = `${name.replaceAll('-', '_')}_${timestamp}`;

    async up(runner: QueryRunner): Promise<void> {
      await runner.query(readFileSync(up, 'utf8'));
    }

    async down(runner: QueryRunner): Promise<void> {
      await runner.query(readFileSync(down, 'utf8'));
    }
  };
}
