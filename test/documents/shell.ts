import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Output of a script, of both streams, and which of its commands failed. */
export interface Ran {
  readonly output: string;
  readonly failed: readonly string[];
}

const END = 'end of the block';
const FAILED = 'failed command: ';

/** One bash for a whole document: variables, functions and the folder stay from block to block, as when a reader pastes them. */
export class Shell {
  private readonly bash: ChildProcess;
  private printed = '';

  constructor(
    private readonly folder: string,
    env: Record<string, string | undefined>,
  ) {
    this.bash = spawn('bash', ['--norc', '--noprofile'], { cwd: folder, env: { ...env, BASH_ENV: '' } });
    for (const stream of [this.bash.stdout, this.bash.stderr])
      stream?.on('data', (data: Buffer) => (this.printed += data.toString()));
    // Also in functions; a pipe fails where any of its commands does.
    this.write(`set -E -o pipefail; trap 'echo "${FAILED}$BASH_COMMAND"' ERR; exec 2>&1`);
  }

  /** @throws Error where it takes longer than four minutes */
  async run(script: string): Promise<Ran> {
    const file = join(this.folder, '.block.sh');
    writeFileSync(file, script);
    this.printed = '';
    this.write(`source '${file}' </dev/null; echo; echo '${END}'`);
    const until = Date.now() + 240_000;
    while (!this.printed.includes(`\n${END}\n`)) {
      if (Date.now() > until) throw new Error(`Nothing ended this block in four minutes:\n${script}\n${this.printed}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const lines = this.printed.slice(0, this.printed.indexOf(`\n${END}\n`)).split('\n');
    const failed = lines.filter((line) => line.startsWith(FAILED)).map((line) => line.slice(FAILED.length));
    return { output: lines.filter((line) => !line.startsWith(FAILED)).join('\n'), failed };
  }

  async close(): Promise<void> {
    const ended = once(this.bash, 'exit');
    this.bash.kill('SIGKILL');
    await ended;
  }

  private write(line: string): void {
    this.bash.stdin?.write(`${line}\n`);
  }
}
