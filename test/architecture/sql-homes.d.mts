export const SQL_HOMES: readonly string[];
export const SQL_EXCEPTIONS: readonly string[];
