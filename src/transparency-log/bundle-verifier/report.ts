import { markHidden, quotedText } from '../../core/quoted-text.js';
import { canonicalJson } from '../format/canonical-json.js';
import { FORMAT, type BundleFormat, type EntryRecord, type BundleHeader } from './bundle.js';
import { leafPathOf } from './redaction-checker.js';

/** Number of entries that a browser can still show; the others stand in `entries.ndjson` alone. */
export const REPORT_ROOM = 10_000;

const STYLE = `body{font:14px/1.45 system-ui,sans-serif;margin:2em auto;max-width:60em;padding:0 1em;color:#111}
h1{font-size:1.5em}h2{font-size:1.05em;margin:0 0 .3em}table{border-collapse:collapse;width:100%;margin:.4em 0}
td,th{border:1px solid #bbb;padding:.25em .5em;text-align:left;vertical-align:top;white-space:pre-wrap;overflow-wrap:anywhere}
th{background:#eee;width:11em}section{border-top:2px solid #888;padding:.8em 0;break-inside:avoid}
.small{color:#555;font-size:.85em;overflow-wrap:anywhere}.gone{background:#222;color:#fff;padding:0 .3em}
code{overflow-wrap:anywhere}@media print{body{margin:0;max-width:none}}`;
const POLICY = "default-src 'none'; style-src 'unsafe-inline'";

/**
 * Renders the head of `report.html`. The report is a pure function of the proven content, so that the verifier renders it
 * again and compares. All text from entries is escaped; since format 3, hidden characters are shown.
 */
export function reportHead(subject: BundleHeader, format: BundleFormat): string {
  const { shown } = writing(format);
  const { product, tree, taken_at, taken_by, asked } = subject;
  const rows: [string, string][] = [
    ['Taken by', `${taken_by.name} (${taken_by.role})`],
    ['Taken at', taken_at],
    ['Records', asked.entity.length > 0 ? asked.entity.join(', ') : 'all'],
    ['From', asked.from ?? 'the beginning'],
    ['To', asked.to ?? 'the time of taking'],
    ['Tree', `${tree.size} entries, sealed at ${tree.time}`],
    ['Root', tree.root],
    ['Signed by', tree.key],
    ['Made by', `${product.name} ${product.version}`],
  ];
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${POLICY}">
<title>Audit trail: ${escaped(asked.entity.join(', ') || 'all records')}</title><style>${STYLE}${format === FORMAT ? MARKED : ''}</style></head><body>
<h1>Audit trail</h1>
<table>${rows.map(([name, value]) => `<tr><th>${name}</th><td>${shown(value)}</td></tr>`).join('')}</table>
<p class="small">Times are in UTC. Positions are those of the entries in the tree. This page proves nothing by itself:
<code>node verify.mjs</code> says whether it shows what was sealed under the root above.</p>
`;
}

export function reportEntry(line: EntryRecord, format: BundleFormat): string {
  const write = writing(format);
  const { shown } = write;
  const { leaf, values, position } = line;
  const record = `${leaf.entity_type}${leaf.entity_id === null ? '' : ` ${leaf.entity_id}`}`;
  const facts = [
    `entry ${leaf.id}`,
    ...(leaf.entity_version === null ? [] : [`version ${leaf.entity_version}`]),
    ...(leaf.request_id === null ? [] : [`request ${leaf.request_id}`]),
    ...(leaf.server_request_id === undefined ? [] : [`of the server ${leaf.server_request_id}`]),
    ...(leaf.session_id === null ? [] : [`session ${leaf.session_id}`]),
    ...(leaf.ip_address === null ? [] : [`from ${leaf.ip_address}`]),
  ];
  return `<section><h2>${position} · ${shown(leaf.occurred_at)} · ${shown(leaf.action)}</h2>
<p><b>${shown(leaf.actor_name)}</b> (${shown(leaf.actor_role)}${leaf.actor_id === null ? '' : `, id ${shown(leaf.actor_id)}`}) · ${shown(record)}${nameIn(line, write)}</p>
${reasonIn(line, write)}${tableOf(line, values.changes, write)}${removalsOf(line, write)}<p class="small">${shown(facts.join(' · '))}</p></section>
`;
}

/** @param count of all entries, of which the report shows the first `REPORT_ROOM` */
export function reportFoot(count: number): string {
  const shown = Math.min(count, REPORT_ROOM);
  const rest = count > shown ? ` There is no room here for the others: all are in entries.ndjson.` : '';
  return `<p>${shown} of ${count} entries.${rest}</p></body></html>\n`;
}

function nameIn(line: EntryRecord, { named }: Writing): string {
  if (isGone(line, 'entity_name')) return ` ${GONE}`;
  return line.values.entity_name === null ? '' : ` ${named(line.values.entity_name)}`;
}

function reasonIn(line: EntryRecord, { shown }: Writing): string {
  if (isGone(line, 'reason')) return `<p>Reason: ${GONE}</p>\n`;
  return line.values.reason === null ? '' : `<p>Reason: ${shown(line.values.reason)}</p>\n`;
}

function tableOf(line: EntryRecord, changes: unknown, { shown }: Writing): string {
  if (typeof changes !== 'object' || changes === null) return '';
  const cell = (field: string, values: unknown, i: number) => {
    const path = `changes.${field}.${i}`;
    return `<td>${isGone(line, path) ? GONE : valueIn(Array.isArray(values) ? values[i] : i === 1 ? values : null, shown)}</td>`;
  };
  // Sorted as in canonical JSON, since the order of the database is not part of the proof.
  const fields = Object.entries(changes).sort(([a], [b]) => (a < b ? -1 : 1));
  const rows = fields.map(
    ([field, values]) => `<tr><th>${shown(field)}</th>${cell(field, values, 0)}${cell(field, values, 1)}</tr>`,
  );
  return rows.length > 0 ? `<table><tr><th>Field</th><th>Before</th><th>After</th></tr>${rows.join('')}</table>\n` : '';
}

const removalsOf = ({ redacted }: EntryRecord, { shown }: Writing): string =>
  redacted
    .map(
      ({ field, by, approved_by, reason, at }) =>
        `<p class="small">${shown(field)} was redacted at ${shown(at)} at the request of ${shown(by)}, approved by ${shown(approved_by)}: ${shown(reason)}</p>\n`,
    )
    .join('');

const GONE = '<span class="gone">redacted</span>';

const isGone = ({ redacted }: EntryRecord, path: string): boolean =>
  redacted.some(({ field }) => leafPathOf(field) === path);

const valueIn = (value: unknown, shown: Writing['shown']): string =>
  value === null || value === undefined ? '—' : shown(typeof value === 'string' ? value : canonicalJson(value));

/** Renders values as the format demands. */
interface Writing {
  readonly shown: (value: string | number) => string;
  readonly named: (name: string) => string;
}

const MARKED = '.hidden{background:#c00;color:#fff;font-size:.8em;padding:0 .2em}';
const markedHidden = (value: string | number): string =>
  // Escaping leaves hidden characters alone, and the marks contain nothing to escape.
  markHidden(escaped(value), (name) => `<span class="hidden">${name}</span>`);

const writing = (format: BundleFormat): Writing =>
  format === FORMAT
    ? { shown: markedHidden, named: (name) => escaped(quotedText(name)) }
    : { shown: escaped, named: (name) => `“${escaped(name)}”` };

const escaped = (value: string | number): string =>
  String(value).replaceAll(/[&<>"'`]/g, (character) => `&#${character.charCodeAt(0)};`);
