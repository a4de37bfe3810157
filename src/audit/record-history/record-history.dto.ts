import { ApiProperty } from '@nestjs/swagger';
import { EntryView } from '../audit.dto.js';
import { Count, Id, Instant, VersionNumber } from '../../core/http/schema.decorators.js';

class Beginning {
  /** @example "2026-11-02T08:00:00.123456Z" */
  @Instant()
  at: string;
  /**
   * As it was printed at the time.
   * @example "manager"
   */
  by: string;
  /** @example "task.created" */
  action: string;
}

export class LifeView {
  /** @example "task" */
  type: string;
  /** @example 3 */
  @Id()
  id: number;
  /**
   * The last name that it was known by.
   * @example "Verify informed consent forms, site 04"
   */
  name: string | null;
  /** The creation of the record; null where it is older than the trail. */
  created: Beginning | null;
  /**
   * The last value of each field according to the trail; null where the record is deleted and nothing of it is left.
   * @example { "title": "Verify informed consent forms, site 04", "status": "in_progress" }
   */
  current: Record<string, unknown> | null;
  /**
   * The last version.
   * @example 2
   */
  @VersionNumber()
  version: number | null;
  /**
   * Over all pages.
   * @example 2
   */
  @Count()
  entry_count: number;
  /** Oldest first. */
  @ApiProperty({ type: [EntryView] })
  entries: EntryView[];
}
