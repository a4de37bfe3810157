import { isJsonObject } from '../json-reader.js';
import { type StudyFields } from '../study-record.js';
import { codeOf, STUDY_TYPE_CODES } from './codes.js';
import {
  anyChanged,
  reasonConcept,
  sponsorReference,
  writeDates,
  writeIdentifiers,
  writePhase,
} from './common-writer.js';
import { writeStatusExtension, writeStudyType } from './common-writer.js';
import { SPONSOR_ROLES } from './r5-reader.js';
import { R5_WORDS } from './statuses.js';
import { listIn, setMember, type MutableResource, type WrittenDocument } from './resource-members.js';

const STATE_SYSTEM = 'http://hl7.org/fhir/research-study-status';
const ROLE_SYSTEM = 'http://hl7.org/fhir/research-study-party-role';
const TITLE_SYSTEM = 'http://hl7.org/fhir/title-type';
const DESIGN_SYSTEM = 'http://hl7.org/fhir/study-design';

const concept = (system: string, code: string | undefined): object => ({ coding: [{ system, code }] });

/** Writes the elements of a ResearchStudy of FHIR R5 for changed fields. */
export function r5Elements(document: WrittenDocument, changed: Partial<StudyFields>, fields: StudyFields): void {
  const { study } = document;
  if (anyChanged(changed, 'nct_number', 'sponsor_protocol_identifier', 'identifiers'))
    writeIdentifiers(document, fields);
  if ('full_title' in changed) setMember(study, 'title', fields.full_title);
  if ('trial_short_title' in changed) writeLabel(study, 'short-title', fields.trial_short_title);
  if ('trial_acronym' in changed) writeLabel(study, 'acronym', fields.trial_acronym);
  if (study.status === undefined) study.status = 'active';
  if ('overall_status' in changed) writeStatus(study, fields.overall_status);
  if ('trial_phase' in changed) writePhase(study, fields.trial_phase, 1);
  if ('study_type' in changed)
    writeStudyType(study, 'studyDesign', concept(DESIGN_SYSTEM, codeOf(STUDY_TYPE_CODES, fields.study_type)));
  if ('sponsor_name' in changed) writeSponsor(document, fields.sponsor_name);
  if ('why_stopped' in changed) setMember(study, 'whyStopped', reasonConcept(fields.why_stopped));
  if ('enrollment' in changed) writeRecruitment(study, fields.enrollment);
  if ('protocol_version' in changed) setMember(study, 'version', fields.protocol_version);
  if ('approval_date' in changed) setMember(study, 'date', fields.approval_date);
  writeDates(study, changed, fields);
}

const codeIn = (holder: unknown, member: string): string[] => {
  const value = isJsonObject(holder) ? holder[member] : undefined;
  const codings = isJsonObject(value) && Array.isArray(value.coding) ? (value.coding as unknown[]) : [];
  return codings.filter(isJsonObject).map(({ code }) => String(code));
};

function writeLabel(study: MutableResource, type: string, value: string | null): void {
  const others = listIn(study, 'label').filter((label) => !codeIn(label, 'type').includes(type));
  const labels = value === null ? others : [...others, { type: concept(TITLE_SYSTEM, type), value }];
  setMember(study, 'label', labels.length > 0 ? labels : undefined);
}

/** Earlier states stay as the history of the study; an unknown status adds none. */
function writeStatus(study: MutableResource, status: StudyFields['overall_status']): void {
  const word = R5_WORDS[status];
  if (word !== undefined) listIn(study, 'progressStatus').push({ state: concept(STATE_SYSTEM, word), actual: true });
  writeStatusExtension(study, status, word !== undefined);
}

function writeSponsor(document: WrittenDocument, name: string | null): void {
  const { study } = document;
  const isSponsor = (party: unknown) => codeIn(party, 'role').some((role) => SPONSOR_ROLES.includes(role));
  const others = listIn(study, 'associatedParty').filter((party) => !isSponsor(party));
  const role = concept(ROLE_SYSTEM, 'lead-sponsor');
  const parties = name === null ? others : [{ name, role, party: sponsorReference(document, name) }, ...others];
  setMember(study, 'associatedParty', parties.length > 0 ? parties : undefined);
}

function writeRecruitment(study: MutableResource, enrollment: StudyFields['enrollment']): void {
  const recruitment: MutableResource = isJsonObject(study.recruitment) ? { ...study.recruitment } : {};
  if (enrollment?.type !== 'estimated') delete recruitment.targetNumber;
  delete recruitment.actualNumber;
  if (enrollment) recruitment[enrollment.type === 'actual' ? 'actualNumber' : 'targetNumber'] = enrollment.count;
  setMember(study, 'recruitment', Object.keys(recruitment).length > 0 ? recruitment : undefined);
}
