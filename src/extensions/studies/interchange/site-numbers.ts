import { type Site } from '../sites/site.entity.js';
import { type ImportConflict } from './interchange.dto.js';
import { type SiteFields } from './study-record.js';

/** An incoming site with the one here that it is, if any. */
interface NumberedPair {
  readonly fields: Partial<SiteFields>;
  readonly known: { readonly site: Site | undefined } | undefined;
}

/**
 * Finds the sites that cannot have the number of the document: another site of the study has it, or an earlier one of the document
 * gets it. That also holds for sites that exchange their numbers, since the database compares row by row.
 *
 * @returns their places in the document
 */
export function takenNumbers(pairs: readonly NumberedPair[], sites: readonly Site[]): ReadonlySet<number> {
  const holders = new Map<string, Site | undefined>();
  for (const site of sites) if (site.siteNumber !== null) holders.set(site.siteNumber, site);
  const taken = new Set<number>();
  for (const [index, { fields, known }] of pairs.entries()) {
    const number = fields.site_number ?? null;
    // A site that was removed here is not created again.
    if (number === null || (known && !known.site)) continue;
    if (!holders.has(number)) holders.set(number, known?.site);
    else if (!known || holders.get(number) !== known.site) taken.add(index);
  }
  return taken;
}

/** @param site undefined for a new one, which has no number then */
export function numberTaken(incoming: string, site: Site | undefined, lastImport: string | null): ImportConflict {
  const here = site?.siteNumber ?? null;
  return {
    site_id: site?.id ?? null,
    field: 'site_number',
    code: 'site_exists',
    message: `Another site has the number ${incoming}: this one ${here === null ? 'has none' : `keeps ${here}`}`,
    here,
    last_import: lastImport,
    incoming,
  };
}
