import { showProgress } from './progress.js';

function written(terminal?: { columns: number }) {
  const parts: string[] = [];
  const stream = { write: (text: string) => parts.push(text) > 0, ...(terminal && { isTTY: true, ...terminal }) };
  return { parts, stream: stream as unknown as NodeJS.WritableStream };
}

describe('progress', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('is a bar that is redrawn in its line on a terminal, and cleared at the end', () => {
    const { parts, stream } = written({ columns: 80 });
    const progress = showProgress(stream);
    progress.phase('Reading', 0.5);
    expect(parts).toEqual([`\r\u001b[2K${'Reading'.padEnd(24)} ${'█'.repeat(15)}${'░'.repeat(15)}  50 % 0 s`]);
    jest.advanceTimersByTime(1000);
    progress.phase('Reading', 1);
    jest.advanceTimersByTime(200);
    expect(parts.at(-1)).toContain(`${'█'.repeat(30)} 100 % 1 s`);
    expect(parts.join('')).not.toContain('\n');
    progress.end();
    expect(parts.at(-1)).toBe('\r\u001b[2K');
  });

  it('goes on while a phase of unknown length reports nothing', () => {
    const { parts, stream } = written({ columns: 80 });
    const progress = showProgress(stream);
    progress.phase('Counting all tasks');
    jest.advanceTimersByTime(3000);
    expect(new Set(parts).size).toBe(4);
    expect(parts.at(-1)).toContain(`${'░'.repeat(9)}███${'░'.repeat(18)}`);
    progress.end();
    const { length } = parts;
    jest.advanceTimersByTime(3000);
    expect(parts).toHaveLength(length);
  });

  it('is never wider than the terminal', () => {
    const { parts, stream } = written({ columns: 40 });
    showProgress(stream).phase('Sealing the audit trail', 0.1);
    expect(parts[0]?.replace('\r\u001b[2K', '')).toHaveLength(39);
  });

  it('is plain lines elsewhere: one a phase, and one every ten seconds', () => {
    const { parts, stream } = written();
    const progress = showProgress(stream);
    progress.phase('Reading', 0.1);
    progress.phase('Reading', 0.2);
    jest.advanceTimersByTime(10_000);
    progress.phase('Writing');
    progress.end();
    expect(parts).toEqual(['Reading … 10 % (0 s)\n', 'Reading … 20 % (10 s)\n', 'Writing … (10 s)\n']);
  });

  it('is silent elsewhere for the quiet time, and then shows a phase that goes on', () => {
    const { parts, stream } = written();
    const progress = showProgress(stream, 10_000);
    progress.phase('Counting all tasks');
    jest.advanceTimersByTime(9_000);
    expect(parts).toEqual([]);
    jest.advanceTimersByTime(2_000);
    expect(parts).toEqual(['Counting all tasks … (10 s)\n']);
    progress.end();
  });
});
