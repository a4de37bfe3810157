import { SITE_STATUSES, type SiteStatus } from '../../sites/site.entity.js';
import { type JsonReader } from '../json-reader.js';
import { type Steps } from '../steps.js';
import { type JsonObject, type ParsedSite, type SiteFields } from '../study-record.js';
import { SITE_NUMBER_SYSTEM } from './codes.js';
import { extensionText, type StudyContext } from './common-reader.js';
import { type Located } from './contained-resources.js';
import { readerOf } from './fhir-document.js';

/** A resource that is read as a site. */
interface Place {
  readonly reader: JsonReader;
  readonly name: string | null;
  /** Without the facility, which a reference may name. */
  readonly fields: Partial<SiteFields>;
}

/** Reads the sites; undefined where the study has no list of them. */
export function* sitesOf(context: StudyContext): Steps<ParsedSite[] | undefined> {
  // Any number of references may name one resource, which may be large: it is read once.
  const places = new Map<JsonObject, Place>();
  const references = context.study.objects('site');
  if (!references) return undefined;
  const sites: ParsedSite[] = [];
  for (const reference of references) {
    sites.push(siteOf(reference, context, places));
    yield;
  }
  return sites;
}

function siteOf(reference: JsonReader, context: StudyContext, places: Map<JsonObject, Place>): ParsedSite {
  const { document, located } = context;
  const target = reference.code('reference');
  const display = reference.text('display');
  const resource = target === null ? undefined : document.resolve(target, located);
  if (!resource) {
    const facility = display ?? reference.text('reference');
    if (facility === null && reference.exists) reference.fault('', 'required', 'must have a reference or a display');
    return { fields: facility === null ? {} : { facility }, locate: () => reference.pointer };
  }
  const place = places.get(resource.value) ?? placeOf(resource, context);
  places.set(resource.value, place);
  const facility = place.name ?? display ?? place.fields.city ?? null;
  if (facility === null) place.reader.fault('name', 'required', 'is required for a site');
  const fields = { ...(facility !== null && { facility }), ...place.fields };
  return { fields, locate: (field) => place.reader.at(PLACE_MEMBERS[field] ?? '') };
}

const PLACE_MEMBERS: Readonly<Record<string, string>> = {
  site_number: 'identifier',
  facility: 'name',
  city: 'address',
  state: 'address',
  zip: 'address',
  country: 'address',
  status: 'extension',
  principal_investigator: 'extension',
};

function placeOf(resource: Located, { study }: StudyContext): Place {
  const reader = readerOf(resource, study);
  const address = addressOf(reader);
  const numbers = (reader.objects('identifier') ?? []).filter((id) => id.code('system') === SITE_NUMBER_SYSTEM);
  const status = extensionText(reader, 'status');
  const investigator = extensionText(reader, 'principal_investigator');
  const fields = {
    ...(numbers[0] && { site_number: numbers[0].text('value') }),
    city: address.text('city'),
    state: address.text('state'),
    zip: address.text('postalCode'),
    country: address.text('country'),
    ...(status !== null && isSiteStatus(status) && { status }),
    ...(investigator !== null && { principal_investigator: investigator }),
  };
  return { reader, name: reader.text('name'), fields };
}

/** A Location has one address, an Organization a list. */
const addressOf = (place: JsonReader): JsonReader =>
  place.code('resourceType') === 'Organization'
    ? (place.objects('address')?.[0] ?? place.object('absent'))
    : place.object('address');

const isSiteStatus = (word: string): word is SiteStatus => (SITE_STATUSES as readonly string[]).includes(word);
