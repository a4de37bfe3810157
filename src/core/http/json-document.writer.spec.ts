import fc from 'fast-check';
import { writeJsonDocument } from './json-document.writer.js';

describe('A large JSON document', () => {
  it('is written as JSON.stringify writes it', async () => {
    const document = fc.anything({ withNullPrototype: true });
    await fc.assert(
      fc.asyncProperty(document, async (value) => {
        expect(String(await writeJsonDocument(value ?? null))).toBe(JSON.stringify(value ?? null));
      }),
    );
    expect(String(await writeJsonDocument({ a: undefined, b: [undefined, {}, []] }))).toBe('{"b":[null,{},[]]}');
  });

  it('is written in turns between which others go on', async () => {
    let turns = 0;
    let isWritten = false;
    const count = () => {
      turns++;
      if (!isWritten) setImmediate(count);
    };
    setImmediate(count);
    await writeJsonDocument(Array(1000).fill('x'.repeat(1000)));
    isWritten = true;
    expect(turns).toBeGreaterThanOrEqual(15);
  });
});
