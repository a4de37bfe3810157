import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { childrenOf, signal } from './processes.mjs';

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
const END_WITH_PARENT = new URL('end-with-parent.mjs', import.meta.url).href;
const START_PATIENCE_MS = 90_000;

/** One replica of the built product on a port of its own, which it keeps when it is started again. */
export class Product {
  output = '';
  /** Ends without a signal of ours. */
  deaths = [];
  #child;
  #expected = false;

  constructor(name, port, env, preloads = []) {
    Object.assign(this, { name, url: `http://127.0.0.1:${port}`, port, env, preloads });
  }

  get pid() {
    return this.#child?.pid;
  }

  get running() {
    return this.#child !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Resolves when it serves. @throws Error with its output where it does not */
  async start() {
    const imports = [END_WITH_PARENT, ...this.preloads].flatMap((file) => ['--import', file]);
    const child = spawn(process.execPath, [...imports, MAIN], {
      env: { ...process.env, NODE_OPTIONS: '', ...this.env, PORT: String(this.port), HOST: '127.0.0.1' },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    this.#child = child;
    this.#expected = false;
    let log = '';
    const serving = new Promise((resolve, reject) => {
      const read = (data) => {
        log += data;
        this.output += data;
        if (log.includes('Serving on http')) resolve();
      };
      child.stdout.on('data', read);
      child.stderr.on('data', read);
      child.once('exit', (code, name) => {
        if (!this.#expected) this.deaths.push(`${this.name} ended by itself with ${code ?? name}`);
        reject(new Error(`${this.name} ended with ${code ?? name}:\n${log.slice(-3000)}`));
      });
      setTimeout(
        () => reject(new Error(`${this.name} does not serve:\n${log.slice(-3000)}`)),
        START_PATIENCE_MS,
      ).unref();
    });
    await serving;
  }

  /** SIGTERM. @returns its exit code */
  async stop() {
    return (await this.#end('SIGTERM'))[0];
  }

  /** SIGKILL; its workers, if it has any, end with it. */
  async kill() {
    await this.#end('SIGKILL');
  }

  /** SIGKILL for one worker. */
  killWorker(random) {
    signal(random.pick(childrenOf(this.pid)), 'SIGKILL');
  }

  /** Stops one worker without a word, as an event loop that hangs. */
  hangWorker(random) {
    signal(random.pick(childrenOf(this.pid)), 'SIGSTOP');
  }

  async #end(name) {
    if (!this.running) return [this.#child?.exitCode ?? null];
    this.#expected = true;
    const workers = childrenOf(this.pid);
    const ended = once(this.#child, 'exit');
    this.#child.kill(name);
    const outcome = await ended;
    // A worker that was stopped learns only then that its primary has gone, and ends.
    workers.forEach((pid) => signal(pid, 'SIGCONT'));
    return outcome;
  }
}
