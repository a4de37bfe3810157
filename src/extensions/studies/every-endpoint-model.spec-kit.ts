/** The study itself, a record of site A, one of site B, and one of no site. */
export type Place = 'study' | 'A' | 'B' | 'wide';

/** Access of the study, and its lock. */
export interface State {
  readonly name: string;
  readonly access: 'members' | 'open';
  readonly locked: boolean;
}

export const STATES: readonly State[] = [
  { name: 'for members', access: 'members', locked: false },
  { name: 'for members and locked', access: 'members', locked: true },
  { name: 'open', access: 'open', locked: false },
];

/** By persona: what of the study is visible, managed and reportable, and tasks of which places the persona sees. */
const FOR_MEMBERS = `
  project manager            | study A B wide | study A B wide | study A B wide | A B wide
  manager of site A          | study A        | none           | study A        | A
  manager outside            | none           | none           | none           | none
  manager of the past        | none           | none           | none           | none
  manager of tomorrow        | none           | none           | none           | none
  monitor of site A          | study A        | never          | study A        | A
  developer with a task of B | none           | never          | none           | B
  auditor                    | study A B wide | never          | never          | A B wide
  anonymous                  | never          | never          | never          | never`;

const OPEN = `
  project manager            | study A B wide | study A B wide | study A B wide | A B wide
  manager of site A          | study A B wide | study A B wide | study A B wide | A B wide
  manager outside            | study A B wide | study A B wide | study A B wide | A B wide
  manager of the past        | study A B wide | study A B wide | study A B wide | A B wide
  manager of tomorrow        | study A B wide | study A B wide | study A B wide | A B wide
  monitor of site A          | study A B wide | never          | study A        | A
  developer with a task of B | study A B wide | never          | none           | B
  auditor                    | study A B wide | never          | never          | A B wide
  anonymous                  | never          | never          | never          | never`;

export const PERSONAS = [
  'project manager',
  'manager of site A',
  'manager outside',
  'manager of the past',
  'manager of tomorrow',
  'monitor of site A',
  'developer with a task of B',
  'auditor',
  'anonymous',
] as const;
export type Persona = (typeof PERSONAS)[number];

/** Undefined: the role alone denies it. */
type Places = readonly Place[] | undefined;

export interface Rights {
  readonly visible: Places;
  readonly managed: Places;
  readonly reportable: Places;
  readonly tasks: Places;
}

const RIGHTS = { members: rightsIn(FOR_MEMBERS), open: rightsIn(OPEN) };

function rightsIn(table: string): ReadonlyMap<Persona, Rights> {
  const rows = table.trim().split('\n');
  return new Map(
    rows.map((row) => {
      const [persona, ...cells] = row.split('|').map((cell) => cell.trim());
      const [visible, managed, reportable, tasks] = cells.map(placesIn);
      return [persona as Persona, { visible, managed, reportable, tasks }];
    }),
  );
}

function placesIn(cell: string): Places {
  if (cell === 'never') return undefined;
  return cell === 'none' ? [] : (cell.split(' ') as Place[]);
}

export function rightsOf(persona: Persona, { access }: State): Rights {
  return RIGHTS[access].get(persona) as Rights;
}

/** Requirement of an operation. */
export interface Question {
  /** `linked` and `linkable` are of a task; `creatable` is for every manager, and `any` for every user. */
  readonly rule: 'visible' | 'managed' | 'reportable' | 'linked' | 'linkable' | 'creatable' | 'any';
  /** Kind of the record that the address names; none where it is the study. */
  readonly kind?: string | undefined;
  /** True where the record is to be made. */
  readonly creates: boolean;
}

/** Status and code that a persona gets; undefined where the operation succeeds. */
export function refusalOf(persona: Persona, state: State, place: Place, question: Question): string | undefined {
  const { rule } = question;
  const rights = rightsOf(persona, state);
  if (!rights.visible) return '401 unauthenticated';
  if (rule === 'any') return undefined;
  if (rule === 'creatable') return rights.managed ? undefined : '403 role_not_allowed';
  const places = { ...rights, linked: rights.tasks, linkable: rights.reportable }[rule];
  if (!places) return '403 role_not_allowed';
  if (rule.startsWith('link') && !rights.tasks?.includes(place)) return '404 task_not_found';
  if (rule === 'linked') return undefined;
  if (!rights.visible.includes('study')) return '404 study_not_found';
  if (!rights.visible.includes(place)) return hidden(place, question);
  if (!places.includes(place)) return '403 not_yours';
  return state.locked && rule !== 'visible' ? '409 study_locked' : undefined;
}

/** A new record names a site, or none, which every member knows of. */
function hidden(place: Place, { creates, kind }: Question): string {
  if (!creates) return `404 ${kind}_not_found`;
  return place === 'wide' ? '403 not_yours' : '404 site_not_found';
}
