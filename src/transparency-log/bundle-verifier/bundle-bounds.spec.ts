import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { ZipFile } from 'yazl';
import { FILES } from './bundle.js';
import { openBundle, parseBundleJson } from './bundle-files.js';
import { verify } from './verify.js';

const file = join(mkdtempSync(join(tmpdir(), 'bounds-')), 'a.zip');

async function zipOf(contents: Record<string, string | Buffer>): Promise<Buffer> {
  const zip = new ZipFile();
  for (const [name, content] of Object.entries(contents)) zip.addBuffer(Buffer.from(content), name);
  zip.end();
  return buffer(zip.outputStream);
}

const opened = async (bytes: Buffer): Promise<string> => {
  writeFileSync(file, bytes);
  return openBundle(file).then(
    async (files) => files.close().then(() => 'opened'),
    (error: Error) => error.message,
  );
};

describe('a zip whose readers would see different things', () => {
  it('is refused where a file hides between the others', async () => {
    const [visible, hidden] = [await zipOf({ a: 'one' }), await zipOf({ b: 'other' })];
    const directoryAt = visible.readUInt32LE(visible.length - 6);
    const local = hidden.subarray(0, hidden.readUInt32LE(hidden.length - 6));
    const end = Buffer.from(visible.subarray(directoryAt));
    end.writeUInt32LE(directoryAt + local.length, end.length - 6);
    const whole = Buffer.concat([visible.subarray(0, directoryAt), local, end]);
    expect(await opened(whole)).toMatch(/something lies between the files and the directory/);
  });

  it('is refused where something precedes or follows it', async () => {
    const zip = await zipOf({ a: 'one' });
    expect(await opened(zip)).toBe('opened');
    for (const other of [Buffer.concat([Buffer.from('x'), zip]), Buffer.concat([zip, Buffer.from('x')])])
      expect(await opened(other)).toMatch(/zip/);
  });

  it('is refused where a file calls itself something else than the directory does', async () => {
    const zip = await zipOf({ abc: 'one' });
    zip.write('abd', 30);
    expect(await opened(zip)).toMatch(/says of itself something else than the directory/);
  });
});

describe('the verifier', () => {
  const said: string[] = [];
  const code = (path: string) => verify([path], '', (line) => void said.push(line));

  it('takes no other files than those of the format', async () => {
    writeFileSync(
      file,
      await zipOf({ ...Object.fromEntries(Object.values(FILES).map((name) => [name, ''])), 'x.html': '' }),
    );
    expect(await code(file)).toBe(1);
    expect(said.join()).toMatch(/"x.html" is not a file of the bundle/);
  });

  it('is done at once with a line that never ends', async () => {
    const contents = Object.fromEntries(Object.values(FILES).map((name) => [name, '']));
    writeFileSync(file, await zipOf({ ...contents, [FILES.keys]: Buffer.alloc(80_000_000, ' ') }));
    const started = Date.now();
    expect(await code(file)).toBe(1);
    expect(Date.now() - started).toBeLessThan(5000);
  });

  it('does not parse what is nested without end', () => {
    expect(() => parseBundleJson('['.repeat(1_000_000), 'It')).toThrow(/nested too deeply/);
    expect(parseBundleJson(`["${'['.repeat(1000)}"]`, 'It')).toEqual(['['.repeat(1000)]);
  });
});
