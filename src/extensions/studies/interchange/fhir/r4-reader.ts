import { isStopped } from '../../study.facts.js';
import { type StudyFields } from '../study-record.js';
import { conceptText, dateFields, extensionField, identifierFields, nameOf, phaseOf } from './common-reader.js';
import { statusExtension, studyTypeIn, type StudyContext } from './common-reader.js';
import { readerOf } from './fhir-document.js';
import { R4_STATUSES, R4_WORDS } from './statuses.js';

/** Members of a ResearchStudy of R4 that fields are read from; those of the others are extensions. */
export const R4_MEMBERS: Readonly<Partial<Record<keyof StudyFields, string>>> = {
  sponsor_protocol_identifier: 'identifier',
  nct_number: 'identifier',
  identifiers: 'identifier',
  full_title: 'title',
  trial_phase: 'phase',
  study_type: 'category',
  sponsor_name: 'sponsor',
  overall_status: 'status',
  why_stopped: 'reasonStopped',
  start_date: 'period',
  completion_date: 'period',
  enrollment: 'enrollment',
};

/** Reads the fields of a ResearchStudy of FHIR R4. */
export function r4Fields(context: StudyContext): Partial<StudyFields> {
  const { study } = context;
  const title = study.text('title');
  const status = statusOf(context);
  const stopped = status !== null && isStopped(status);
  return {
    ...identifierFields(study),
    ...(title !== null && { full_title: title }),
    ...extensionField(study, 'trial_short_title'),
    ...extensionField(study, 'trial_acronym'),
    trial_phase: phaseOf(study),
    ...studyTypeIn(study.objects('category') ?? []),
    sponsor_name: nameOf(study.object('sponsor'), context),
    ...(status !== null && { overall_status: status, why_stopped: stopped ? reasonOf(context) : null }),
    ...dateFields(study),
    ...enrollmentOf(context),
    ...extensionField(study, 'protocol_version'),
    ...extensionField(study, 'approval_date'),
  };
}

const reasonOf = ({ study }: StudyContext): string | null => conceptText(study.object('reasonStopped'));

/** The extension refines the element, and is ignored where the element has moved on. */
function statusOf({ study }: StudyContext): StudyFields['overall_status'] | null {
  const refined = statusExtension(study);
  if (refined === 'unknown') return refined;
  const word = study.code('status');
  if (word === null) return isAbsent(study.object('_status')) ? 'unknown' : refined;
  return refined !== null && R4_WORDS[refined] === word ? refined : study.word('status', R4_STATUSES);
}

const ABSENT = 'http://hl7.org/fhir/StructureDefinition/data-absent-reason';
const isAbsent = (element: StudyContext['study']): boolean => element.index('extension', 'url').has(ABSENT);

/** Participants are counted by a Group: `actual` says whether they were enrolled or are planned. */
function enrollmentOf({ study, document, located }: StudyContext): Partial<StudyFields> {
  const [reference] = study.objects('enrollment') ?? [];
  const target = reference?.code('reference') ?? null;
  if (target === null) return {};
  const group = document.resolve(target, located);
  if (group?.value.resourceType !== 'Group') return {};
  const count = readerOf(group, study).number('quantity');
  return count === null ? {} : { enrollment: { count, type: group.value.actual === true ? 'actual' : 'estimated' } };
}
