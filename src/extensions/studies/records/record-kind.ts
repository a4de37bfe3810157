import { type Policy } from '../../../core/authorization/policy.js';
import { type SortKey } from '../../../core/http/keyset-pagination.js';
import { type ProblemKind } from '../../../core/http/problem.js';
import { type RowSerializer } from '../../../core/http/row-serializer.js';
import { type EntityClass } from '../../../core/persistence/audited-transaction.js';
import { type StudyAttributes } from '../study.policy.js';

/** Columns that every record of a study has. */
export interface StudyRecord {
  id: number;
  studyId: number;
  version: number;
  createdAt: Date;
  updatedAt: Date;
}

/** Sort keys of a list by name; its order without `sort`, and the tie-break of each other, is `id`. */
export type Sorts = Readonly<Record<string, SortKey>> & { readonly id: SortKey };

/** Table of records of studies. */
export interface RecordSource {
  readonly table: string;
  /** SQL expression of the site of a row `r`, which may be null. */
  readonly site: string;
}

/** The part that the views of all records share. */
export interface VersionedView {
  readonly version: number;
}

/** Kind of record of a study: all that the shared list, reads and changes differ by. */
export interface RecordKind<E extends StudyRecord, V extends VersionedView> extends RecordSource {
  readonly entity: EntityClass<E>;
  /** Name for people, such as `Monitoring visit`. */
  readonly label: string;
  /** Judges who may change one. */
  readonly editable: Policy<StudyAttributes>;
  readonly notFound: ProblemKind;
  /** The site of an entity, as `site` of its row. */
  readonly siteOf: (record: E) => number | null;
  /** Writes a row as the API shows it; the table is `r`. */
  readonly view: RowSerializer<V>;
  readonly sorts: Sorts;
}
