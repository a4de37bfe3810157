import { pointerToken } from '../../../../core/http/json-document.parser.js';
import { isJsonObject } from '../json-reader.js';
import { type JsonObject } from '../study-record.js';

/** Resources that describe a study, its places and those who conduct it. Most others can be about a participant. */
const OF_STUDIES = new Set([
  ...['ResearchStudy', 'Location', 'Organization', 'OrganizationAffiliation', 'HealthcareService', 'Endpoint', 'Group'],
  ...['Practitioner', 'PractitionerRole', 'Person', 'PlanDefinition', 'ActivityDefinition'],
  ...['ResearchDefinition', 'ResearchElementDefinition', 'Evidence', 'EvidenceReport', 'EvidenceVariable', 'Citation'],
  ...['ArtifactAssessment', 'Library', 'Measure', 'Questionnaire', 'ObservationDefinition', 'SpecimenDefinition'],
  ...['Medication', 'MedicationKnowledge', 'MedicinalProductDefinition', 'Substance', 'SubstanceDefinition'],
  ...['DeviceDefinition', 'BiologicallyDerivedProduct', 'CodeSystem', 'ConceptMap', 'NamingSystem', 'ValueSet'],
  ...['StructureDefinition', 'ImplementationGuide', 'SearchParameter', 'Basic', 'Bundle', 'Provenance'],
  ...['Composition', 'OperationOutcome'],
]);
const PARTICIPANT = /(?:^|\/)(?:Patient|RelatedPerson|ResearchSubject)(\/[^/]|\?|$)/;

/** Returns the JSON pointer of what is, or may be, about a participant, however deep it stands; undefined where nothing is. */
export function participantDataIn(value: unknown, pointer: string): string | undefined {
  const path = pathIn(value);
  return path === undefined ? undefined : pointer + path;
}

/** A pointer is built only on the way back: a document has hundreds of thousands of values, and most of them have nothing. */
function pathIn(value: unknown): string | undefined {
  if (Array.isArray(value)) return pathInItems(value);
  if (!isJsonObject(value)) return undefined;
  const { resourceType: type } = value;
  if (type !== undefined && type !== null) {
    if (typeof type !== 'string' || !OF_STUDIES.has(type)) return '/resourceType';
    if (type === 'Group' && hasItems(value.member)) return '/member';
  }
  return isReferenceToParticipant(value) ? '' : pathInMembers(value);
}

/** True for a list with items, and for a value that FHIR does not allow there. */
const hasItems = (member: unknown): boolean =>
  Array.isArray(member) ? member.length > 0 : member !== undefined && member !== null;

/** A reference can display a name. One without a URL has the type and an identifier, which a StructureDefinition has, too. */
function isReferenceToParticipant({ resourceType, reference, type, identifier, display }: JsonObject): boolean {
  if (typeof reference === 'string' && PARTICIPANT.exec(reference)?.[1]) return true;
  if (resourceType !== undefined || typeof type !== 'string') return false;
  return Boolean(identifier ?? display) && PARTICIPANT.exec(type)?.[1] === '';
}

function pathInItems(items: readonly unknown[]): string | undefined {
  for (let index = 0; index < items.length; index++) {
    const path = pathIn(items[index]);
    if (path !== undefined) return `/${index}${path}`;
  }
  return undefined;
}

function pathInMembers(object: JsonObject): string | undefined {
  for (const name in object) {
    const member = object[name];
    if (typeof member !== 'object' || member === null) continue;
    const path = pathIn(member);
    if (path !== undefined) return `/${pointerToken(name)}${path}`;
  }
  return undefined;
}
