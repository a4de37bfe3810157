import { setImmediate as nextTurn } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Problem, type FieldError } from '../../../core/http/problem.js';
import { DtoValidationPipe } from '../../../core/http/validation.pipe.js';
import { SitePatch } from '../sites/sites.dto.js';
import { StudyPatch } from '../studies.dto.js';
import { isRejected, MAX_FAULTS, type ParsedSite, type ParsedStudy, type RecordFault } from './study-record.js';
import { type RejectedRecord } from './study-record.js';

/** Far above the largest trials. */
const MAX_SITES = 5000;
/** Sites that are checked in one turn of the event loop. */
const SITES_A_TURN = 50;

/** Checks records by the rules of `POST /api/studies` and of its sites, which stand in their DTOs. */
@Injectable()
export class ImportValidationService {
  private readonly pipe = new DtoValidationPipe();

  /** @returns the record with normalized texts, or the faults for which it cannot be taken */
  async validated(record: ParsedStudy | RejectedRecord): Promise<ParsedStudy | RejectedRecord> {
    if (isRejected(record)) return { faults: record.faults.slice(0, MAX_FAULTS) };
    const { sites = [], locate } = record;
    if (sites.length > MAX_SITES) return { faults: [tooManySites(locate(''))] };
    const faults: RecordFault[] = [];
    const fields = await this.checked(record.fields, StudyPatch, locate, faults);
    const checked: ParsedSite[] = [];
    for (const [index, site] of sites.entries()) {
      if (index % SITES_A_TURN === 0) await nextTurn();
      if (faults.length >= MAX_FAULTS) break;
      checked.push({ ...site, fields: await this.checked(site.fields, SitePatch, site.locate, faults) });
    }
    if (faults.length > 0) return { faults: faults.slice(0, MAX_FAULTS) };
    return { ...record, fields, sites: record.sites && checked };
  }

  private async checked<F extends object>(
    fields: F,
    rules: new () => object,
    locate: (field: string) => string,
    faults: RecordFault[],
  ): Promise<F> {
    try {
      const given = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
      const valid: unknown = await this.pipe.transform(given, { type: 'body', metatype: rules });
      // The classes of nested values end here: what is compared later is plain.
      return JSON.parse(JSON.stringify(valid)) as F;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      faults.push(...(error.extras.errors ?? []).map((fault) => located(fault, locate)));
      return fields;
    }
  }
}

const located = ({ field, code, message }: FieldError, locate: (field: string) => string): RecordFault => ({
  pointer: locate(field.split('.', 1)[0] ?? ''),
  code,
  message,
});

const tooManySites = (pointer: string): RecordFault => ({
  pointer,
  code: 'too_many_sites',
  message: `A record has at most ${MAX_SITES} sites`,
});
