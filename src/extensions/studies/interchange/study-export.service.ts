import { setImmediate as nextTurn } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { type Actor } from '../../../core/authorization/actor.js';
import { parseJsonDocument } from '../../../core/http/json-document.parser.js';
import { writeJsonDocument } from '../../../core/http/json-document.writer.js';
import { PreserializedJson } from '../../../core/http/streamed-response.js';
import { Budgets } from '../../../infrastructure/budgets/budgets.service.js';
import { Database } from '../../../infrastructure/database/database.js';
import { inTurns } from './steps.js';
import { StudyExportQueries, type ExportedStudy } from './study-export.queries.js';
import { type JsonObject, type StudyFormat, type WritableSite } from './study-record.js';

/**
 * Writes studies in the formats of registries. A source may have 16 MiB: few large ones are in memory at once, and each is read and
 * written in turns.
 */
@Injectable()
export class StudyExportService {
  constructor(
    private readonly queries: StudyExportQueries,
    private readonly database: Database,
    private readonly budgets: Budgets,
  ) {}

  /** @throws Problem 404 `study_not_found`; 429 or 503 where there is no place for a large export, or no room for the answer */
  async export(actor: Actor, studyId: number, format: StudyFormat): Promise<PreserializedJson<JsonObject>> {
    const small = await this.queries.smallStudy(actor, studyId, format.name);
    if (small) return this.write(actor, small, format);
    return this.database.runLongRead(actor.id, async () =>
      this.write(actor, await this.queries.study(actor, studyId, format.name), format),
    );
  }

  private async write(
    actor: Actor,
    { fields, sites, document, siteIds }: ExportedStudy,
    format: StudyFormat,
  ): Promise<PreserializedJson<JsonObject>> {
    // A document of some MiB makes the turn long in which its row is read.
    await nextTurn();
    const source = document === null ? undefined : await this.parse(actor, document);
    await nextTurn();
    const positions = new Map(siteIds.map((id, position) => [id, position]));
    const placed = sites.map(({ id, ...site }): WritableSite => ({ fields: site, position: positions.get(id) }));
    const record = await inTurns(format.write({ fields, sites: placed, source }));
    return new PreserializedJson<JsonObject>(await writeJsonDocument(record), format.mediaType);
  }

  /**
   * Asserts first that there is room for the answer, which is about as long: answers may have been left unread since the request came.
   * Numbers may have any length, as those of documents that were imported before it was bounded.
   */
  private async parse(actor: Actor, document: string): Promise<JsonObject> {
    this.budgets.assertRoom('unread_bytes', actor.id, document.length);
    return (await parseJsonDocument([Buffer.from(document)], { zeros: Infinity })) as JsonObject;
  }
}
