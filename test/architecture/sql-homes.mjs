/** Files that may import `sql-template-tag`: repositories, and what builds or runs statements for them. Read by eslint.config.js. */
export const SQL_HOMES = [
  'src/**/*.repository.ts',
  'src/**/*.queries.ts',
  'src/**/*.sql.ts',
  'src/infrastructure/**/*.ts',
  'src/transparency-log/**/*.ts',
  'src/core/persistence/**/*.ts',
  // Renders a scope as a condition.
  'src/core/authorization/policy.ts',
  // Select lists, keyset conditions and quoting that repositories share.
  'src/core/http/keyset-pagination.ts',
  'src/core/http/row-serializer.ts',
  'src/core/quoted-text.ts',
];

/** Files whose statements have still to move into a repository. Only ever shorter: a spec names the lines to remove. */
export const SQL_EXCEPTIONS = [
  'src/legacy-import/id-map.ts',
  'src/legacy-import/import-audit.ts',
  'src/legacy-import/import-report.ts',
  'src/legacy-import/import-writer.ts',
  'src/legacy-import/record-checks.ts',
  'src/legacy-import/source-links.ts',
  'src/legacy-import/sources/live-database.ts',
  'src/legacy-import/staging.ts',
];
