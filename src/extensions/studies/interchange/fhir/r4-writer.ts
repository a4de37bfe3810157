import { type StudyFields } from '../study-record.js';
import { codeOf, STUDY_TYPE_CODES } from './codes.js';
import {
  anyChanged,
  reasonConcept,
  sponsorReference,
  writeDates,
  writeExtensions,
  writeIdentifiers,
} from './common-writer.js';
import { writePhase, writeStatusExtension, writeStudyType } from './common-writer.js';
import { R4_STATUSES, R4_WORDS } from './statuses.js';
import { setMember, type MutableResource, type WrittenDocument } from './resource-members.js';

const ABSENT = 'http://hl7.org/fhir/StructureDefinition/data-absent-reason';

/** Writes the elements of a ResearchStudy of FHIR R4 for changed fields. */
export function r4Elements(document: WrittenDocument, changed: Partial<StudyFields>, fields: StudyFields): void {
  const { study } = document;
  if (anyChanged(changed, 'nct_number', 'sponsor_protocol_identifier', 'identifiers'))
    writeIdentifiers(document, fields);
  if ('full_title' in changed) setMember(study, 'title', fields.full_title);
  if ('overall_status' in changed) writeStatus(study, fields.overall_status);
  if ('trial_phase' in changed) writePhase(study, fields.trial_phase, 0);
  if ('study_type' in changed) writeStudyType(study, 'category', typeConcept(fields.study_type));
  if ('enrollment' in changed) writeEnrollment(document, fields.enrollment);
  if ('sponsor_name' in changed)
    setMember(study, 'sponsor', fields.sponsor_name === null ? null : sponsorReference(document, fields.sponsor_name));
  if ('why_stopped' in changed) setMember(study, 'reasonStopped', reasonConcept(fields.why_stopped));
  writeDates(study, changed, fields);
  writeExtensions(study, changed, ['trial_short_title', 'trial_acronym', 'protocol_version', 'approval_date']);
}

const typeConcept = (type: StudyFields['study_type']): object => ({
  coding: [{ system: 'http://hl7.org/fhir/study-design', code: codeOf(STUDY_TYPE_CODES, type) }],
  text: type,
});

/** An unknown status keeps the word of the last known one; without one, the element says that there is none. */
function writeStatus(study: MutableResource, status: StudyFields['overall_status']): void {
  const word = R4_WORDS[status];
  if (word !== undefined) {
    study.status = word;
    delete study._status;
  } else if (study.status === undefined) study._status = { extension: [{ url: ABSENT, valueCode: 'unknown' }] };
  writeStatusExtension(study, status, word !== undefined && R4_STATUSES[word] === status);
}

/** R4 counts participants by a Group. */
function writeEnrollment({ study, add }: WrittenDocument, enrollment: StudyFields['enrollment']): void {
  if (enrollment === null) return setMember(study, 'enrollment', undefined);
  const { count, type } = enrollment;
  const group = { resourceType: 'Group', type: 'person', actual: type === 'actual', quantity: count };
  study.enrollment = [{ reference: add(group, 'enrollment') }];
}
