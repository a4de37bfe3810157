import { createReadStream } from 'node:fs';
import { parseArgs } from 'node:util';
import { type ExtensionCommand } from '../../../core/config/extension-commands.js';
import { parseJsonDocument } from '../../../core/http/json-document.parser.js';
import { type ImportReport } from '../interchange/interchange.dto.js';

const USAGE = `Usage: npm run import:study -- FILE [--dry-run] [--as USER] [--type MEDIA_TYPE]
FILE holds a record of a registry, a list of them or a page of its API; - is the standard input
  --dry-run  does the whole import, prints its result and rolls it back
  --as USER  manager who imports; may be left out where there is only one
  --type T   media type of FILE; default: application/fhir+json for *.fhir.json, else application/json`;
/** The file is read by an operator of the installation: the bound is that of memory. */
const MAX_VALUES = 20_000_000;

interface Options {
  readonly file: string;
  readonly dryRun: boolean;
  readonly username: string | undefined;
  readonly mediaType: string;
}

function options(): Options {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { 'dry-run': { type: 'boolean', default: false }, as: { type: 'string' }, type: { type: 'string' } },
  });
  const [file, ...rest] = positionals;
  if (!file || rest.length > 0) throw new Error(USAGE);
  const mediaType = values.type ?? (file.endsWith('.fhir.json') ? 'application/fhir+json' : 'application/json');
  return { file, dryRun: values['dry-run'], username: values.as, mediaType };
}

/** Imports studies from a file, by the same service as `POST /api/studies/import`. */
export const command: ExtensionCommand<Options> = {
  name: 'import:study',
  usage: USAGE,
  options,
  work: async ({ app, actorNamed }, { file, dryRun, username, mediaType }) => {
    const { DocumentImportService } = await import('../interchange/document-import.service.js');
    const actor = await actorNamed(username);
    if (actor.role !== 'manager') throw new Error(`${actor.username} is no manager, and managers import studies`);
    const parts = (file === '-' ? process.stdin : createReadStream(file)) as AsyncIterable<Buffer>;
    const document = await parseJsonDocument(parts, { values: MAX_VALUES });
    const report = await app.get(DocumentImportService, { strict: false }).import(actor, mediaType, document, dryRun);
    process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
    process.stderr.write(`${summary(report)}\n`);
    if (report.rejected_count + withConflicts(report) > 0) process.exitCode = 1;
  },
};

/** Studies with values that were not taken, new ones too: a site number can be taken already within the document. */
const withConflicts = ({ records }: ImportReport): number =>
  records.filter(({ conflicts }) => conflicts.length > 0).length;

const summary = (report: ImportReport): string =>
  `${report.created_count} created, ${report.changed_count} changed, ${report.unchanged_count} unchanged, ` +
  `${withConflicts(report)} with conflicts, ${report.rejected_count} rejected${report.dry_run ? ' (dry run: nothing was kept)' : ''}`;
