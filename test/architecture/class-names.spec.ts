import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { sourcesOf } from './imports.mjs';

const ROOT = join(__dirname, '../..');
/** Files that hold several by their kind. */
const OF_MANY = /\.(?:dto|entity|queries|events|problems|template|spec|spec-kit)\.ts$/;
/** Kinds at the end of a file's name; most classes leave theirs out or say it in another word. */
const KIND =
  /\.(?:adapter|command|decorators?|gateway|guard|handler|header|interceptor|job|middleware|module|parser|pipe|policy|provider|publisher|repository|retention|server|service|sql|strategy|worker|cache|controller|document|filter|hook)$/;

/** Files that are named after what their functions do, with the class that serves these. */
const NAMED_BY_FUNCTIONS: Readonly<Record<string, string>> = {
  'src/core/http/entity-tags.ts': 'VersionedJson',
  'src/core/http/streamed-body.decorators.ts': 'BodyStream',
  'src/core/http/streamed-response.ts': 'PreserializedJson',
  'src/core/http/validation.pipe.ts': 'DtoValidationPipe',
  'src/core/persistence/domain-events.ts': 'EventBus',
  'src/infrastructure/database/pg-notify.ts': 'PgNotifyBus',
  'src/legacy-import/sources/field-readers.ts': 'NaturalKey',
  'src/server/cluster/cluster-metrics.ts': 'WorkersMetrics',
  'src/server/load-shedding.ts': 'LoadGauge',
  'src/transparency-log/bundle-verifier/verify-checkpoints.ts': 'BundleKeyHistory',
  'src/transparency-log/format/merkle.ts': 'CompactRange',
  'src/transparency-log/storage/read-snapshot.ts': 'SnapshotRows',
};

const plain = (name: string): string => name.toLowerCase().replaceAll(/[^a-z0-9]/g, '');

function classesIn(file: string): string[] {
  const found = readFileSync(file, 'utf8').matchAll(/^export (?:abstract )?class (\w+)/gm);
  // An error stands beside what throws it.
  return [...found].map(([, name]) => name as string).filter((name) => !name.endsWith('Error'));
}

function isNamedAfter(file: string, classes: readonly string[]): boolean {
  const name = basename(file, '.ts');
  const names = [plain(name), plain(name.replace(KIND, ''))];
  return classes.some((each) => names.includes(plain(each)));
}

describe('a file that exports classes', () => {
  it('has the name of one of them; the exceptions are named after their functions', () => {
    const others = sourcesOf(join(ROOT, 'src'))
      .map((path) => join('src', path))
      .filter((file) => !OF_MANY.test(file))
      .map((file) => ({ file, classes: classesIn(join(ROOT, file)) }))
      .filter(({ file, classes }) => classes.length > 0 && !isNamedAfter(file, classes));
    expect(Object.fromEntries(others.map(({ file, classes }) => [file, classes.join(' ')]).sort())).toEqual(
      NAMED_BY_FUNCTIONS,
    );
  });
});
