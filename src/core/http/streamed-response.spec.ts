import { once } from 'node:events';
import { streamText } from './streamed-response.js';

describe('a streamed response', () => {
  it('is written in slices of at most 64 KiB, and keeps each character', async () => {
    const batches = ['é€𝄞'.repeat(40_000), 'x'.repeat(65_537), ''];
    const source = async function* () {
      for (const batch of batches) yield [batch];
    };
    const file = await streamText(source(), 'text/plain', async function* (rows) {
      for await (const [text = ''] of rows) yield text;
    });
    const slices: Buffer[] = [];
    const stream = file.getStream().on('data', (slice: Buffer) => slices.push(slice));
    await once(stream, 'end');
    expect(Math.max(...slices.map(({ length }) => length))).toBeLessThanOrEqual(65_536);
    expect(Buffer.concat(slices).toString()).toBe(batches.join(''));
  });
});
