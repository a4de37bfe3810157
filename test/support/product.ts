import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { newDatabase, type TestDatabase } from './database.js';

export interface Product {
  readonly url: string;
  readonly pid: number;
  /** With an IPC channel. */
  readonly child: ChildProcess;
  readonly database: TestDatabase;
  /** All that it has printed and logged. */
  output(): string;
  /** SIGTERM; a database of its own goes. @returns the exit code */
  stop(): Promise<number | null>;
  /** SIGKILL; the database stays for the other replicas. */
  kill(): Promise<void>;
}

const ENV = { ENVIRONMENT: 'development', HOST: '127.0.0.1', PORT: '0' };
/** Otherwise each password takes a quarter of a second of the machine, those of the demo accounts too. Production refuses it. */
const CHEAP_HASHES = { BCRYPT_COST: '4' };

/**
 * The built product as a process of its own, with demo data, on a database of its own.
 *
 * @param env wins over everything else
 * @param replica whose database it shares
 */
export async function startProduct(
  env: Record<string, string> = {},
  replica?: Pick<Product, 'database'>,
): Promise<Product> {
  const database = replica?.database ?? (await newDatabase());
  try {
    return await started(env, database, replica !== undefined).catch((error: Error) => {
      // Between workers that look for a free port and listen, another process may have taken it.
      if (env.PORT !== undefined || !error.message.includes('is taken')) throw error;
      return started(env, database, replica !== undefined);
    });
  } catch (error) {
    if (!replica) await database.drop();
    throw error;
  }
}

async function started(env: Record<string, string>, database: TestDatabase, isShared: boolean): Promise<Product> {
  const cost = env.ENVIRONMENT === 'production' ? {} : CHEAP_HASHES;
  const child = spawn(process.execPath, [join(__dirname, '../../dist/main.js')], {
    env: { ...process.env, ...ENV, ...cost, DATABASE_URL: database.url, ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let log = '';
  const url = await new Promise<string>((resolve, reject) => {
    const read = (data: Buffer) => {
      log += String(data);
      const found = /Serving on (http:\/\/[\d.:]+)/.exec(log)?.[1];
      if (found) resolve(found);
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    child.once('exit', (code) => reject(new Error(`The product ended with ${code}:\n${log}`)));
  });
  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
    const ended = once(child, 'exit') as Promise<[number | null]>;
    child.kill(signal);
    return (await ended)[0];
  };
  const stop = async () => {
    const code = await end('SIGTERM');
    if (!isShared) await database.drop();
    return code;
  };
  return {
    url,
    pid: child.pid ?? 0,
    child,
    database,
    output: () => log,
    stop,
    kill: async () => void (await end('SIGKILL')),
  };
}
