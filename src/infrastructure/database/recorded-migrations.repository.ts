import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { Database } from './database.js';

/** 42P01 and 42501: no table of migrations, or no right to it, which comes with migrating. */
const NOT_MIGRATED = ['42P01', '42501'];

export interface RecordedMigration {
  readonly name: string;
  /** Of the session, as on a standby. */
  readonly readOnly: boolean;
}

/** Reads TypeORM's table of the migrations that were run. */
@Injectable()
export class RecordedMigrationsRepository {
  constructor(private readonly database: Database) {}

  /** @returns the migrations in the order in which they were run; none where the database is not migrated */
  async all(): Promise<RecordedMigration[]> {
    try {
      return await this.database.rows<RecordedMigration>(
        sql`SELECT name, current_setting('transaction_read_only') = 'on' AS "readOnly" FROM migrations ORDER BY id`,
      );
    } catch (error) {
      if (NOT_MIGRATED.includes((error as { code?: string }).code ?? '')) return [];
      throw error;
    }
  }
}
