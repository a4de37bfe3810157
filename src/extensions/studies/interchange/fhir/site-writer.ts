import { isJsonObject } from '../json-reader.js';
import { type Steps } from '../steps.js';
import { changedFields, type ParsedSite, type SiteFields, type WritableSite } from '../study-record.js';
import { extensionUrl, SITE_NUMBER_SYSTEM } from './codes.js';
import { listIn, setExtension, setMember, type MutableResource, type WrittenDocument } from './resource-members.js';

const ADDRESS: Readonly<Record<string, string>> = {
  city: 'city',
  state: 'state',
  zip: 'postalCode',
  country: 'country',
};

/**
 * Writes the sites of the source that are still here, in their order, then those that it does not have.
 *
 * @returns the references of the source to sites that are left out
 */
export function* writeSites(
  document: WrittenDocument,
  sites: readonly WritableSite[],
  parsed: readonly ParsedSite[] | undefined,
): Steps<MutableResource[]> {
  const references = Array.isArray(document.study.site) ? (document.study.site as MutableResource[]) : [];
  const placed = sites.filter(({ position }) => position !== undefined && position < references.length);
  const isPlaced = new Set(placed);
  const all: object[] = [];
  for (const { fields, position = 0 } of placed.toSorted((a, b) => (a.position ?? 0) - (b.position ?? 0))) {
    const reference = references[position] ?? {};
    const changed = changedFields(parsed?.[position]?.fields, fields);
    all.push(Object.keys(changed).length === 0 ? reference : written(document, reference, changed, fields));
    yield;
  }
  for (const site of sites) {
    if (isPlaced.has(site)) continue;
    const { fields } = site;
    all.push({ reference: document.add(locationOf(fields), 'site'), display: fields.facility });
    yield;
  }
  setMember(document.study, 'site', all.length > 0 ? all : undefined);
  const positions = new Set(placed.map(({ position }) => position));
  return references.filter((_, position) => !positions.has(position));
}

/** Changes the Location of a reference; one without gets a Location. */
function written(
  { add, index, located }: WrittenDocument,
  reference: MutableResource,
  changed: Partial<SiteFields>,
  fields: SiteFields,
): MutableResource {
  const target = typeof reference.reference === 'string' ? index.resolve(reference.reference, located) : undefined;
  if (target?.value.resourceType !== 'Location')
    return { ...reference, reference: add(locationOf(fields), 'site'), display: fields.facility };
  setFields(target.value as MutableResource, changed);
  return changed.facility !== undefined && 'display' in reference
    ? { ...reference, display: changed.facility }
    : reference;
}

function locationOf(fields: SiteFields): MutableResource {
  const location: MutableResource = { resourceType: 'Location' };
  setFields(location, fields);
  return location;
}

function setFields(location: MutableResource, fields: Partial<SiteFields>): void {
  const address: MutableResource = isJsonObject(location.address) ? { ...location.address } : {};
  for (const [field, value] of Object.entries(fields)) {
    if (field === 'facility') setMember(location, 'name', value);
    else if (field === 'site_number') setSiteNumber(location, value);
    else if (ADDRESS[field]) setMember(address, ADDRESS[field], value);
    else setExtension(location, extensionUrl(field), value === null ? undefined : { valueString: value });
  }
  setMember(location, 'address', Object.keys(address).length > 0 ? address : undefined);
}

function setSiteNumber(location: MutableResource, value: string | null): void {
  const isOurs = (identifier: unknown) => isJsonObject(identifier) && identifier.system === SITE_NUMBER_SYSTEM;
  const others = listIn(location, 'identifier').filter((identifier) => !isOurs(identifier));
  const identifiers = value === null ? others : [...others, { system: SITE_NUMBER_SYSTEM, value }];
  setMember(location, 'identifier', identifiers.length > 0 ? identifiers : undefined);
}
