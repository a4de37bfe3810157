import { leastOf } from '../support/loop-watch.js';
import { isStreamSafe, normalizeText } from '../../src/core/normalized-text.js';

/** Marks of the longest run that is normalized. */
const RUN = '\u0315\u0300\u05ae\u0323'.repeat(8).slice(0, 30);
const MIB = 1024 * 1024;
const ENOUGH_MS = 60;

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
    const cpuMs = async () => {
      const { user, system } = process.cpuUsage();
      normalizeText(text, 'NFC');
      const used = process.cpuUsage({ user, system });
      return (used.user + used.system) / 1000;
    };
    expect(await leastOf(ENOUGH_MS, cpuMs)).toBeLessThanOrEqual(ENOUGH_MS);
  });
});
