/** @jest-environment node */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { raw } from 'sql-template-tag';
import { DataSource } from 'typeorm';
import { generateMigration } from '../../src/cli/generate-migration.js';
import { TestApp } from '../support/app.js';

const CRATES = join(__dirname, 'crates');
const OWN = 'src/extensions/crates/migrations';

describe('npm run migration:generate', () => {
  let app: TestApp;
  let root: string;

  beforeAll(async () => {
    app = await TestApp.start({}, undefined, [CRATES]);
  });
  afterAll(() => app.stop());
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'ctms-migrations-'));
  });
  afterEach(() => rmSync(root, { recursive: true }));

  const generate = (name: string, extension?: string) =>
    generateMigration(app.nest.get(DataSource), { name, extension, folders: [CRATES], root });
  const written = (folder: string) => {
    const texts = readdirSync(join(root, folder)).sort().reverse();
    return texts.map((file) => [file.replace(/^\d{13}/, 'N'), readFileSync(join(root, folder, file), 'utf8')]);
  };
  const asOwner = async (statements: string) => {
    await app.rows(raw(statements));
    await app.grant();
  };

  it('writes the tables of an extension into its folder, each with a comment', async () => {
    expect(await generate('crates', 'crates')).toEqual([
      expect.stringMatching(
        /^Written: .*\/src\/extensions\/crates\/migrations\/\d{13}-crates\.up\.sql and \.down\.sql$/,
      ),
    ]);
    expect(readdirSync(root)).toEqual(['src']);
    expect(written(OWN)).toEqual([
      [
        'N-crates.up.sql',
        `CREATE TABLE "crates" (
  "task_id" integer NOT NULL,
  "weight" numeric(6,2) NOT NULL DEFAULT '0',
  CONSTRAINT "crates_pkey" PRIMARY KEY ("task_id")
);
COMMENT ON TABLE "crates" IS 'Crates.';
CREATE TABLE "crate_labels" (
  "id" integer NOT NULL,
  CONSTRAINT "crate_labels_pkey" PRIMARY KEY ("id")
);
COMMENT ON TABLE "crate_labels" IS 'Texts, on crates.';
`,
      ],
      ['N-crates.down.sql', 'DROP TABLE "crate_labels";\nDROP TABLE "crates";\n'],
    ]);
  });

  it('leaves extensions out of a migration of the product, and names them', async () => {
    expect(await generate('change')).toEqual([
      'The entities and the schema agree: nothing to generate',
      'src/extensions/crates differs too: npm run migration:generate -- --extension crates change',
    ]);
    expect(readdirSync(root)).toEqual([]);
    await asOwner('ALTER TABLE tags DROP COLUMN version');
    const [sentence] = await generate('versions');
    expect(sentence).toMatch(/^Written: .*\/migrations\/\d{13}-versions\.up\.sql and \.down\.sql$/);
    expect(written('migrations')).toEqual([
      ['N-versions.up.sql', `ALTER TABLE "tags" ADD "version" integer NOT NULL DEFAULT '1';\n`],
      ['N-versions.down.sql', 'ALTER TABLE "tags" DROP COLUMN "version";\n'],
    ]);
  });

  it('writes nothing once the migration has been run', async () => {
    await generate('crates', 'crates');
    const [[, up = ''] = []] = written(OWN);
    await asOwner(up);
    expect(await generate('again', 'crates')).toEqual(['The entities and the schema agree: nothing to generate']);
    expect(written(OWN)).toHaveLength(2);
  });

  it('refuses the name of an extension that is not there', async () => {
    await expect(generate('boxes', 'boxes')).rejects.toThrow('There is no extension "boxes". Extensions: crates');
  });
});
