import { leastOf } from '../support/loop-watch.js';
import { isStreamSafe, normalizeText } from '../../src/core/normalized-text.js';

/** Marks of the longest run that is normalized. */
const RUN = '\u0315\u0300\u05ae\u0323'.repeat(8).slice(0, 30);
const MIB = 1024 * 1024;
/** How often the CPU of composing the same text: once as it is, eight times where each mark counts its run again. */
const MOST = 4;

const cpuMs = (work: () => unknown): number => {
  const begun = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(begun);
  return (user + system) / 1000;
};

describe('Normalization', () => {
  it('leaves a run of 31 marks as it is, wherever it begins', () => {
    for (const start of ['', 'a', `a${RUN}b`]) {
      const text = `${start}${RUN}\u0300`;
      expect(normalizeText(text, 'NFC')).toBe(text);
      expect([isStreamSafe(`${start}${RUN}`), isStreamSafe(text)]).toEqual([true, false]);
    }
  });

  it('of 1 MiB of runs of thirty marks reads each mark a few times', async () => {
    const text = `a${RUN}`.repeat(MIB / 2 / 31);
    const ratio = () => Promise.resolve(cpuMs(() => isStreamSafe(text)) / cpuMs(() => text.normalize('NFC')));
    expect(await leastOf(MOST, ratio)).toBeLessThanOrEqual(MOST);
  });
});
