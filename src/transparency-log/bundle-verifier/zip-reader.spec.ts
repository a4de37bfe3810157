import { type BundleFiles } from './bundle.js';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import fc from 'fast-check';
import { ZipFile } from 'yazl';
import { openBundle } from './bundle-files.js';

const folder = mkdtempSync(join(tmpdir(), 'zips-'));
const file = join(folder, 'a.zip');

async function zipped(
  contents: Record<string, Uint8Array>,
  compress: boolean,
  forceZip64Format: boolean,
): Promise<void> {
  const zip = new ZipFile();
  for (const [name, content] of Object.entries(contents))
    zip.addBuffer(Buffer.from(content), name, { compress, forceZip64Format });
  zip.end({ forceZip64Format, comment: '' });
  writeFileSync(file, await buffer(zip.outputStream));
}

async function contentsOf(files: BundleFiles): Promise<Record<string, Uint8Array>> {
  try {
    const contents: [string, Uint8Array][] = [];
    for (const name of files.names) {
      const chunks: Buffer[] = [];
      for await (const chunk of files.read(name)) chunks.push(chunk);
      contents.push([name, new Uint8Array(Buffer.concat(chunks))]);
    }
    return Object.fromEntries(contents);
  } finally {
    await files.close();
  }
}

describe('the reader of zips', () => {
  it('reads what was written: stored and deflated, small and Zip64', async () => {
    const name = fc.stringMatching(/^[a-zé€🧪]{1,20}(\/[a-z]{1,5})?$/u);
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(name, fc.uint8Array({ maxLength: 5000 })),
        fc.boolean(),
        fc.boolean(),
        async (given, compress, large) => {
          await zipped(given, compress, large);
          expect(await contentsOf(await openBundle(file))).toEqual({ ...given });
        },
      ),
      { numRuns: 60 },
    );
  });

  it.each([false, true])('says what is wrong with broken ones, whichever byte it is (Zip64: %p)', async (large) => {
    await zipped({ a: Buffer.from('some text '.repeat(50)), b: Buffer.from('x') }, true, large);
    const whole = readFileSync(file);
    for (let at = 0; at < whole.length; at++) {
      const broken = Buffer.from(whole);
      broken[at] = (broken[at] as number) ^ 0xff;
      writeFileSync(file, broken);
      const outcome = await openBundle(file)
        .then(contentsOf, (error: Error) => error)
        .catch((error: Error) => error);
      // Some bytes, such as those of times, say nothing about the content.
      if (outcome instanceof Error) expect(outcome.message).toMatch(/zip|cannot be unpacked|unreadable/);
    }
  });

  it('does not choose between two files of one name', async () => {
    const zip = new ZipFile();
    zip.addBuffer(Buffer.from('one'), 'a');
    zip.addBuffer(Buffer.from('other'), 'a');
    zip.end();
    writeFileSync(file, await buffer(zip.outputStream));
    await expect(openBundle(file)).rejects.toThrow('has "a" twice');
  });
});
