import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { type PoolClient } from 'pg';
import { fileNameOf, migrationFiles, type MigrationFiles } from './migrations.js';

/**
 * Reverts one migration in a transaction: its `.down.sql`, and its record.
 *
 * @param name as recorded (`tasks_1764000000001`), as in the names of its files (`1764000000001-tasks`) or without the digits
 *   (`tasks`); default: the one that was run last
 * @returns a sentence about what was reverted
 * @throws Error that names what cannot be reverted and says what to do; then nothing was changed
 */
export async function revertMigration(owner: PoolClient, name?: string): Promise<string> {
  const recorded = await recordedNames(owner);
  if (recorded.length === 0) return 'There is nothing to revert: no migration has been run';
  const target = name === undefined ? (recorded[0] ?? '') : recordedAs(name, recorded);
  const files = migrationFiles().find((migration) => migration.name === target);
  if (!files) throw new Error(withoutFiles(target, recorded));
  await runDown(owner, [files]);
  const later = recorded.slice(0, recorded.indexOf(target));
  const beside = later.length > 0 ? `; what was run after it stays: ${[...later].reverse().join(', ')}` : '';
  return `Reverted ${target}${beside}`;
}

/**
 * Reverts all migrations of an extension in one transaction, the last one first.
 *
 * @param folder of the extension
 * @returns a sentence about what was reverted
 * @throws Error that names what cannot be reverted; then nothing was changed
 */
export async function revertMigrationsIn(owner: PoolClient, folder: string): Promise<string> {
  const own = new Map(
    migrationFiles()
      .filter(({ up }) => dirname(dirname(up)) === folder)
      .map((files) => [files.name, files]),
  );
  const targets = (await recordedNames(owner)).flatMap((name) => own.get(name) ?? []);
  if (targets.length === 0) return `There is nothing to revert: no migration of ${basename(folder)} has been run`;
  await runDown(owner, targets);
  return `Reverted ${targets.map(({ name }) => name).join(', ')}`;
}

/** The names of all that was run, the last one first. */
export async function recordedNames(owner: PoolClient): Promise<string[]> {
  const table = await owner.query(`SELECT WHERE to_regclass('migrations') IS NOT NULL`);
  if (!table.rowCount) return [];
  const { rows } = await owner.query<{ name: string }>('SELECT name FROM migrations ORDER BY id DESC');
  return rows.map((row) => row.name);
}

function recordedAs(name: string, recorded: readonly string[]): string {
  const wanted = name.replace(/^(\d{13})-(.+)$/, '$2-$1').replaceAll('-', '_');
  const found = recorded.filter((one) => one === wanted || one.replace(/_\d{13}$/, '') === wanted);
  if (found.length === 1 && found[0] !== undefined) return found[0];
  if (found.length > 1) throw new Error(`"${name}" may be any of ${found.join(', ')}: name one of them`);
  const known = migrationFiles().some((files) => files.name === wanted || files.name.startsWith(`${wanted}_`));
  const fault = known ? 'has not been run, or was reverted' : 'is not known';
  throw new Error(`The migration "${name}" ${fault}. Those that were run, the last one first: ${recorded.join(', ')}`);
}

function withoutFiles(target: string, recorded: readonly string[]): string {
  const known = new Set(migrationFiles().map(({ name }) => name));
  const next = recorded.find((name) => name !== target && known.has(name));
  const way = next ? `, or revert another one by name: npm run migration:revert -- ${next}` : '';
  return (
    `${target} cannot be reverted: ${fileNameOf(target)}.down.sql is neither in migrations/ nor in that of an extension. ` +
    `Put the release or the extension back that brought it${way}`
  );
}

/** Runs the `.down.sql` of each in one transaction. */
async function runDown(owner: PoolClient, targets: readonly MigrationFiles[]): Promise<void> {
  const incomplete = targets.find(({ down }) => !existsSync(down));
  if (incomplete) throw new Error(`${incomplete.name} cannot be reverted: there is no ${incomplete.down}`);
  await owner.query('BEGIN');
  for (const { name, down } of targets) {
    try {
      await owner.query(readFileSync(down, 'utf8'));
      await owner.query('DELETE FROM migrations WHERE name = $1', [name]);
    } catch (error) {
      await owner.query('ROLLBACK');
      throw irrevertible(name, error);
    }
  }
  await owner.query('COMMIT');
}

function irrevertible(name: string, cause: unknown): Error {
  const { message, detail, code } = cause as Error & { detail?: string; code?: string };
  const reason = detail ? `${message} (${detail})` : message;
  return Object.assign(new Error(`${name} cannot be reverted, and nothing was changed: ${reason}`, { cause }), {
    code,
  });
}
