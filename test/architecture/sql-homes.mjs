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
