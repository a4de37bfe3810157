import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { newDatabase } from './database.js';

export interface Product {
  readonly url: string;
  /** SIGTERM. @returns the exit code */
  stop(): Promise<number | null>;
}

/** The built product as a process of its own, with demo data, on a database of its own. */
export async function startProduct(): Promise<Product> {
  const database = await newDatabase();
  const env = { ...process.env, ENVIRONMENT: 'development', DATABASE_URL: database.url, HOST: '127.0.0.1', PORT: '0' };
  const child = spawn(process.execPath, [join(__dirname, '../../dist/main.js')], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  const url = await new Promise<string>((resolve, reject) => {
    const read = (data: Buffer) => {
      log += String(data);
      const found = /Serving on (http:\/\/[\d.:]+)/.exec(log)?.[1];
      if (found) resolve(found);
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('exit', (code) => reject(new Error(`The product ended with ${code}:\n${log}`)));
  });
  const stop = async () => {
    const ended = once(child, 'exit') as Promise<[number | null]>;
    child.kill('SIGTERM');
    const [code] = await ended;
    await database.drop();
    return code;
  };
  return { url, stop };
}
