import { type Actor } from '../../../../core/authorization/actor.js';
import { matches } from '../../../../core/authorization/policy.js';
import { reportableStudies, visibleStudies } from '../../study.policy.js';
import { type Deviation } from '../deviation.entity.js';
import { type JudgedSite } from './deviation-imports.repository.js';
import { type CellError, type ReadableRow } from './deviation-rows.js';
import { siteNumberIn } from './participant-code.js';

/** The sites of a study, as rows of a file name them. */
export class RowPlacement {
  private readonly byNumber: ReadonlyMap<string, JudgedSite>;
  private readonly byId: ReadonlyMap<number, JudgedSite>;

  constructor(
    private readonly actor: Actor,
    sites: readonly JudgedSite[],
    private readonly siteOfVisit: ReadonlyMap<number, number>,
  ) {
    const visible = sites.filter((site) => matches(site, visibleStudies(actor)));
    this.byId = new Map(visible.map((site) => [site.id, site]));
    this.byNumber = new Map(visible.flatMap((site) => (site.siteNumber === null ? [] : [[site.siteNumber, site]])));
  }

  /**
   * Returns the site of a row: that of SITEID, else that of its record, else the one whose number begins the code of the
   * participant.
   */
  siteOf({ siteNumber, values }: ReadableRow, stored: Deviation | undefined): number | undefined {
    if (siteNumber !== undefined) return this.byNumber.get(siteNumber)?.id;
    if (stored) return stored.siteId;
    return this.byNumber.get(siteNumberIn(values.participant_code ?? '', this.byNumber.keys()) ?? '')?.id;
  }

  /** Returns what keeps a row from its site, or its record from the actor. */
  errors(row: ReadableRow, stored: Deviation | undefined): CellError[] {
    const site = this.siteOf(row, stored);
    // An empty cell takes the visit away.
    const isGiven = 'monitoring_visit_id' in row.values;
    const visit = isGiven ? row.values.monitoring_visit_id : stored?.monitoringVisitId;
    if (stored && !this.mayReport(stored.siteId))
      return [{ column: 'DVSPID', code: 'not_yours', message: 'You may not change the deviation of this identifier' }];
    if (site === undefined) return [siteMissing(row)];
    if (!this.mayReport(site))
      return [{ column: 'SITEID', code: 'not_yours', message: 'You may report on this site only as its member' }];
    if (typeof visit !== 'number' || this.siteOfVisit.get(visit) === site) return [];
    const message = `Monitoring visit ${visit} not found at the site of the row`;
    return [{ column: 'SUPPDV.monitoring_visit_id', code: 'monitoring_visit_not_found', message }];
  }

  private mayReport(siteId: number): boolean {
    const site = this.byId.get(siteId);
    return site !== undefined && matches(site, reportableStudies(this.actor));
  }
}

function siteMissing({ siteNumber }: ReadableRow): CellError {
  const message =
    siteNumber === undefined
      ? 'SITEID is required: USUBJID does not tell the site, since it begins with the number of none'
      : 'SITEID must be the number of a site of the study';
  return { column: 'SITEID', code: siteNumber === undefined ? 'required' : 'site_not_found', message };
}
