export const SQL_HOMES: readonly string[];
