import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { SMTPServer } from 'smtp-server';
import { freePort, signal } from './processes.mjs';

/** A Redis of this run alone. */
export class Redis {
  #child;

  /** True where the machine has one. */
  static get installed() {
    return spawnSync('redis-server', ['--version']).status === 0;
  }

  static async start() {
    const redis = new Redis();
    redis.port = await freePort();
    await redis.run();
    return redis;
  }

  get url() {
    return `redis://127.0.0.1:${this.port}/0`;
  }

  async run() {
    const options = ['--port', String(this.port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
    this.#child = spawn('redis-server', options, { stdio: 'ignore' });
    for (const end = Date.now() + 10_000; Date.now() < end; await sleep(50)) if (await answers(this.port)) return;
    throw new Error('Redis does not start');
  }

  pause() {
    signal(this.#child.pid, 'SIGSTOP');
  }

  resume() {
    signal(this.#child.pid, 'SIGCONT');
  }

  async kill() {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await ended;
  }
}

async function answers(port) {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

/** An SMTP server that can go away, and the addresses that it has taken mail for. */
export class MailServer {
  received = [];
  #server;

  static async start() {
    const server = new MailServer();
    server.port = await freePort();
    await server.run();
    return server;
  }

  get env() {
    return { EMAIL_BACKEND: 'smtp', SMTP_HOST: '127.0.0.1', SMTP_PORT: String(this.port), SMTP_TLS: 'false' };
  }

  async run() {
    this.#server = new SMTPServer({
      logger: false,
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      closeTimeout: 200,
      onData: (stream, { envelope }, done) => {
        stream.resume().on('end', () => {
          this.received.push(...envelope.rcptTo.map(({ address }) => address));
          done();
        });
      },
    });
    this.#server.on('error', () => undefined);
    await new Promise((resolve) => this.#server.listen(this.port, '127.0.0.1', resolve));
  }

  goAway() {
    return new Promise((resolve) => this.#server.close(resolve));
  }
}
