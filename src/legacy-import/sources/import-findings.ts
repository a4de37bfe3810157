/** Limit of records listed under one finding, and of faults listed in all; the rest is counted. */
const MAX_LISTED = 1000;
const MAX_FAULTS = 50_000;

/** A defect of one record, which rejects the import. */
export interface LegacyImportFault {
  /** Position in the dump, from 1; null for a database. */
  readonly record: number | null;
  readonly model: string;
  readonly pk: unknown;
  readonly field: string | null;
  readonly message: string;
  readonly remedy: string;
}

/** A warning or note about an import, with the records concerned. */
export interface Finding {
  readonly code: string;
  readonly message: string;
  readonly count: number;
  /** The first thousand, such as `tasks.task 12`. */
  readonly records: readonly string[];
}

const WARNINGS = {
  completed_over_running: 'completed tasks have children in progress or blocked; imported as they are',
  hours_rounded: 'values of hours had more than two decimal places and were rounded',
  join_time_unknown: 'users have no time of joining; the time of the import stands for it',
  odd_address: 'users have an e-mail address that no mail can reach',
  names_alike:
    'users have a name that looks like that of another user, and keep it; such a name cannot be created here',
  names_reserved: 'users have a name that the audit trail uses for those who have none, and keep it',
  changed_since: 'users brought over earlier have another name there by now; what was brought over is left as it is',
  id_too_high: 'records got another id than they had, since theirs would leave no room for later ones',
  password_reset:
    'users have a password hash of a kind that cannot be verified here, or none; they sign in once they have asked for a ' +
    'new password (POST /api/auth/password/forgot)',
  role_assumed:
    'users have no role there, neither of their own nor in a profile; they are developers here (a manager changes that by ' +
    'PATCH /api/auth/users/{id})',
  zone_assumed: 'users have no time zone there; they have Asia/Kolkata here',
  stood_in: 'users are referred to and not there; the one named by --stand-in stands for each',
  tags_merged: 'tags have the name of another, at most in another form of Unicode (NFC, NFD), and became one with it',
  tag_deleted_here: 'tags of tasks were left off, since they were deleted here after an earlier import',
  parent_deleted_here:
    'tasks were brought over without their parent, since it was deleted here after an earlier import',
  assignee_inactive:
    'open tasks are assigned to users who were disabled here after an earlier import; a manager assigns them to others (PATCH ' +
    '/api/tasks/{id})',
} as const;

const NOTES = {
  naive_times: 'times had no zone and were read as UTC, or in the zone given by --time-zone',
  staff_not_manager: 'superusers or staff have another role than manager and keep it',
  username_normalized:
    'usernames were brought into the form in which they are compared at login (NFKC, no outer blanks)',
  unusable_password:
    'users have no usable password and cannot sign in until they ask for a new one (POST /api/auth/password/forgot)',
  names_dropped: 'users have a first or last name, for which there is no place here',
  groups_dropped: 'users have groups or permissions of their own; here, rights follow from the role alone',
  matched: 'records were matched to those that are here already',
} as const;

export type FindingCode = keyof typeof WARNINGS | keyof typeof NOTES;

/** Collects faults, warnings and notes in bounded memory. */
export class ImportFindings {
  readonly faults: LegacyImportFault[] = [];
  faultCount = 0;
  private readonly found = new Map<FindingCode, { count: number; records: Set<string> }>();

  fault(fault: LegacyImportFault): void {
    this.faultCount++;
    if (this.faults.length < MAX_FAULTS) this.faults.push(fault);
  }

  warn(code: FindingCode, record: string, times = 1): void {
    const seen = this.found.get(code) ?? { count: 0, records: new Set() };
    seen.count += times;
    if (seen.records.size < MAX_LISTED) seen.records.add(record);
    this.found.set(code, seen);
  }

  get warnings(): Finding[] {
    return this.format(WARNINGS);
  }

  get notes(): Finding[] {
    return this.format(NOTES);
  }

  private format(messages: Partial<Record<FindingCode, string>>): Finding[] {
    return [...this.found].flatMap(([code, { count, records }]) => {
      const message = messages[code];
      return message ? [{ code, message, count, records: [...records] }] : [];
    });
  }
}
