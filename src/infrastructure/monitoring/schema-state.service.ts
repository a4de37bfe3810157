import { Injectable, Logger } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { RecordedMigrationsRepository } from '../database/recorded-migrations.repository.js';

/** Differences between the recorded migrations and those of this release and its extensions, by name. */
export interface SchemaState {
  /** Migrations that have not run: this release cannot serve. */
  readonly missing: readonly string[];
  /** Migrations of a newer release, or of an extension that is gone: this release does not know their changes. */
  readonly unknown: readonly string[];
}

/** Compares the migrations of the database with those of this release. */
@Injectable()
export class SchemaStateService {
  private readonly logger = new Logger('Schema');
  private logged = '';

  constructor(
    private readonly source: DataSource,
    private readonly migrations: RecordedMigrationsRepository,
  ) {}

  /** @throws the error of a database that does not answer */
  async read(): Promise<SchemaState & { readonly readOnly: boolean }> {
    const expected = this.source.migrations.map(({ name = '' }) => name);
    const rows = await this.migrations.all();
    const recorded = rows.map(({ name }) => name);
    const state = {
      missing: expected.filter((name) => !recorded.includes(name)),
      unknown: recorded.filter((name) => !expected.includes(name)),
    };
    this.log(state);
    return { ...state, readOnly: rows.some(({ readOnly }) => readOnly) };
  }

  /** Logs each state once, since probes read it every few seconds. */
  private log(state: SchemaState): void {
    const text = JSON.stringify(state);
    if (text === this.logged) return;
    const known = this.logged !== '';
    this.logged = text;
    const { missing, unknown } = state;
    if (missing.length > 0)
      this.logger.error({ msg: 'Migrations have not been run: not ready to serve', missing, unknown });
    else if (unknown.length > 0)
      this.logger.warn({ msg: 'The database has migrations that this release does not know: it serves', unknown });
    else if (known) this.logger.log('The schema is that of this release');
  }
}
