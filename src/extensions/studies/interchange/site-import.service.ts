import { setImmediate as nextTurn } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { type AuditedTransaction } from '../../../core/persistence/audited-transaction.js';
import { columnsOf } from '../records/columns.js';
import { Site } from '../sites/site.entity.js';
import { type ImportChange, type ImportConflict, type ImportedSites } from './interchange.dto.js';
import { ImportRepository, type StoredSiteImport, type ImportedSiteRow } from './import.repository.js';
import { changesOf, conflictsOf } from './import-outcomes.js';
import { merge } from './merge.js';
import { matchSites } from './site-matching.js';
import { numberTaken, takenNumbers } from './site-numbers.js';
import { SITE_FIELDS, type ParsedSite, type SiteFields } from './study-record.js';

/** Rows that are inserted in one turn of the event loop. */
const ROWS_A_TURN = 256;

/** New values of a site. */
interface SiteChange {
  readonly row: Site;
  readonly patch: Partial<Site>;
}

/** A site that is here, or that an import brought and a person removed. */
interface KnownSite {
  readonly site: Site | undefined;
  readonly places: readonly Partial<SiteFields>[];
  readonly imported: Partial<SiteFields>;
}

/** Outcome of the sites of a record. */
export interface SiteImport {
  readonly counts: ImportedSites;
  readonly changes: readonly ImportChange[];
  readonly conflicts: readonly ImportConflict[];
  /** In the order of the document. */
  readonly rows: readonly ImportedSiteRow[];
}

/** Imports the sites of a study: set-based, however many they are. */
@Injectable()
export class SiteImportService {
  constructor(private readonly repository: ImportRepository) {}

  /** @param isNew true for a study that has no sites yet */
  async import(
    tx: AuditedTransaction,
    studyId: number,
    incoming: readonly ParsedSite[],
    isNew: boolean,
  ): Promise<SiteImport> {
    const known = isNew ? [] : await this.knownSites(tx, studyId);
    const matches = matchSites(
      incoming.map(({ fields }) => fields),
      known,
    );
    const merged = mergeSites(incoming, matches, known);
    const fresh = merged.flatMap((site) => (site.known ? [] : [site.imported]));
    const created = await this.create(tx, studyId, fresh);
    const changed = merged.flatMap(({ change }) => change ?? []);
    await tx.updateEach(Site, changed);
    this.emit(tx, studyId, created, changed);
    return summary(merged, created, known, new Set(matches));
  }

  private async knownSites(tx: AuditedTransaction, studyId: number): Promise<KnownSite[]> {
    const [sites, imported] = await Promise.all([
      this.repository.lockSites(tx, studyId),
      this.repository.importedSites(tx, studyId),
    ]);
    const bySite = new Map<number, StoredSiteImport[]>();
    for (const row of imported)
      if (row.siteId !== null) bySite.set(row.siteId, [...(bySite.get(row.siteId) ?? []), row]);
    const here = sites.map((site) => knownSite(site, bySite.get(site.id) ?? []));
    const removed = imported.filter(({ siteId }) => siteId === null);
    return [...here, ...removed.map((row) => knownSite(undefined, [row]))];
  }

  private async create(tx: AuditedTransaction, studyId: number, fields: readonly Partial<SiteFields>[]) {
    const created: Site[] = [];
    for (let start = 0; start < fields.length; start += ROWS_A_TURN) {
      const rows = fields.slice(start, start + ROWS_A_TURN).map((values) => ({
        ...EMPTY,
        ...columnsOf<Site>(values),
        studyId,
        createdAt: tx.now,
        updatedAt: tx.now,
      }));
      created.push(...(await tx.insert(Site, rows)));
      await nextTurn();
    }
    return created;
  }

  private emit(tx: AuditedTransaction, studyId: number, created: readonly Site[], changed: readonly SiteChange[]) {
    const event = { studyId, actorId: tx.principal.id, type: 'study_site' };
    for (const { id } of created) tx.emit('study.record_created', { ...event, id });
    for (const { row } of changed) tx.emit('study.record_changed', { ...event, id: row.id });
  }
}

/** Every row has the same columns, so that one statement takes them all. */
const EMPTY: Partial<Site> = Object.fromEntries(
  Object.keys(columnsOf(Object.fromEntries(SITE_FIELDS.map((field) => [field, null])))).map((name) => [name, null]),
);

function knownSite(site: Site | undefined, imports: readonly StoredSiteImport[]): KnownSite {
  const imported = Object.assign({}, ...imports.map(({ fieldValues }) => fieldValues)) as Partial<SiteFields>;
  const places = [...imports.map(({ fieldValues }) => fieldValues), ...(site ? [siteFieldsOf(site)] : [])];
  return { site, places, imported };
}

/** Returns the fields of a site that formats exchange. */
const siteFieldsOf = (site: Site): SiteFields => ({
  site_number: site.siteNumber,
  facility: site.facility,
  city: site.city,
  state: site.state,
  zip: site.zip,
  country: site.country,
  status: site.status,
  principal_investigator: site.principalInvestigator,
});

interface MergedSite {
  readonly known: KnownSite | undefined;
  readonly imported: Partial<SiteFields>;
  readonly change?: SiteChange;
  readonly changes: readonly ImportChange[];
  readonly conflicts: readonly ImportConflict[];
}

function mergeSites(
  incoming: readonly ParsedSite[],
  matches: readonly (KnownSite | undefined)[],
  known: readonly KnownSite[],
): MergedSite[] {
  const pairs = incoming.map(({ fields }, index) => ({ fields, known: matches[index] }));
  const taken = takenNumbers(
    pairs,
    known.flatMap(({ site }) => site ?? []),
  );
  return pairs.map(({ fields, known: here }, index) => {
    if (!taken.has(index)) return mergeSite(fields, here);
    const { site_number: number, ...others } = fields;
    const merged = mergeSite(others, here);
    const conflict = numberTaken(number as string, here?.site, here?.imported.site_number ?? null);
    return { ...merged, conflicts: [...merged.conflicts, conflict] };
  });
}

function mergeSite(fields: Partial<SiteFields>, known: KnownSite | undefined): MergedSite {
  if (!known) return { known, imported: fields, changes: [], conflicts: [] };
  const { site, imported } = known;
  if (!site) return { known, imported, changes: [], conflicts: [removedHere(fields)] };
  const here = siteFieldsOf(site);
  const result = merge(here, fields, imported);
  const change = { row: site, patch: columnsOf<Site>(result.values) };
  return {
    known,
    imported: result.imported,
    ...(Object.keys(result.values).length > 0 && { change }),
    changes: changesOf(here, result.values, site.id),
    conflicts: conflictsOf(result.conflicts, site.id),
  };
}

const removedHere = ({ facility }: Partial<SiteFields>): ImportConflict => ({
  site_id: null,
  field: null,
  code: 'removed_here',
  message: `The site ${facility ?? ''} was removed here since the last import, and is not created again`,
  here: null,
  last_import: facility ?? null,
  incoming: facility ?? null,
});

function summary(
  merged: readonly MergedSite[],
  created: readonly Site[],
  known: readonly KnownSite[],
  matched: ReadonlySet<KnownSite | undefined>,
): SiteImport {
  const ids = created.map(({ id }) => id);
  const absent = known.flatMap((each) =>
    each.site && Object.keys(each.imported).length > 0 && !matched.has(each) ? [each.site.id] : [],
  );
  const changed = merged.filter(({ change }) => change).length;
  return {
    counts: {
      created_count: created.length,
      changed_count: changed,
      unchanged_count: merged.filter(({ known: here, change }) => here?.site && !change).length,
      absent_site_ids: absent,
    },
    changes: merged.flatMap(({ changes }) => changes),
    conflicts: merged.flatMap(({ conflicts }) => conflicts),
    rows: merged.map(({ known: here, imported }, position) => ({
      position,
      siteId: here ? (here.site?.id ?? null) : (ids.shift() ?? null),
      fieldValues: imported,
    })),
  };
}
