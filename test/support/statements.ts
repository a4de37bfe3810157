import { type Statement } from '../../src/core/persistence/prepared-statements.js';
import { type Database } from '../../src/infrastructure/database/database.js';

const contains = ({ text, values }: Statement, word: string) => `${text} ${values.join(' ')}`.includes(word);

/** Lets the next statement with a word fail, as one does whose connection is lost; until mocks are restored. */
export function failOnce(database: Database, word: string): void {
  const rows = database.rows.bind(database);
  let failed = false;
  jest.spyOn(database, 'rows').mockImplementation((statement, planned) => {
    if (failed || !contains(statement, word)) return rows(statement, planned);
    failed = true;
    return Promise.reject(new Error('Connection terminated unexpectedly'));
  });
}

/** Lets statements with a word wait. @returns what lets them go on, or fail where it gets an error */
export function hold(database: Database, word: string): (error?: Error) => void {
  const rows = database.rows.bind(database);
  let release: (error?: Error) => void = () => undefined;
  const released = new Promise<Error | undefined>((resolve) => (release = resolve));
  jest.spyOn(database, 'rows').mockImplementation(async (statement, planned) => {
    const error = contains(statement, word) ? await released : undefined;
    if (error) throw error;
    return rows(statement, planned);
  });
  return release;
}
