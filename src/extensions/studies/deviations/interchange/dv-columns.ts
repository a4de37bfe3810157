import { type NewDeviation } from '../deviations.dto.js';

/** Field of a deviation that a file gives or changes. */
export type DeviationField = keyof NewDeviation;

/** Variable of the DV domain (SDTM), or a supplemental one of this product. */
interface DvColumn {
  readonly name: string;
  /** The field with the value; undefined where none has it. */
  readonly field?: DeviationField;
  readonly type?: 'flag' | 'id' | 'day';
}

/** Begins the names of what the DV domain has no variable for, as records of SUPPDV would hold it. */
export const SUPPLEMENTAL = 'SUPPDV.';

const supplemental = (field: DeviationField, type?: DvColumn['type']): DvColumn => ({
  name: SUPPLEMENTAL + field,
  field,
  ...(type && { type }),
});

/** Variables that no field has: kept as they came with the last import, and given back by the export. */
export const KEPT_COLUMNS = ['DVREFID', 'DVSCAT', 'TAETORD', 'DVSTDY', 'DVENDY'] as const;
const kept = (name: (typeof KEPT_COLUMNS)[number]): DvColumn => ({ name });

/** Columns of the file, in the order of the export. */
export const DV_COLUMNS: readonly DvColumn[] = [
  { name: 'STUDYID' },
  { name: 'DOMAIN' },
  { name: 'USUBJID', field: 'participant_code' },
  { name: 'SITEID', field: 'site_id' },
  { name: 'DVSEQ' },
  kept('DVREFID'),
  { name: 'DVSPID', field: 'sponsor_defined_identifier' },
  { name: 'DVTERM', field: 'term' },
  { name: 'DVDECOD', field: 'coded_term' },
  { name: 'DVCAT', field: 'category' },
  kept('DVSCAT'),
  kept('TAETORD'),
  { name: 'EPOCH', field: 'epoch' },
  { name: 'DVSTDTC', field: 'start_date', type: 'day' },
  { name: 'DVENDTC', field: 'end_date', type: 'day' },
  kept('DVSTDY'),
  kept('DVENDY'),
  supplemental('monitoring_visit_id', 'id'),
  supplemental('identified_on', 'day'),
  supplemental('important', 'flag'),
  supplemental('serious_noncompliance', 'flag'),
  supplemental('reported_on', 'day'),
  supplemental('due_date', 'day'),
  supplemental('resolution'),
  supplemental('resolved_on', 'day'),
];

/** Columns without which no record can be identified or written. */
export const REQUIRED_COLUMNS = ['STUDYID', 'USUBJID', 'DVTERM', 'DVSTDTC'] as const;

/** Columns whose cell is the value of a field, beside those that are resolved with others. */
export const VALUE_COLUMNS = DV_COLUMNS.filter(
  ({ name, field }) => field !== undefined && !['USUBJID', 'SITEID', 'DVSPID'].includes(name),
);

/** Returns the column of a field; the field itself where it has none. */
export const columnOf = (field: string): string => DV_COLUMNS.find((column) => column.field === field)?.name ?? field;
