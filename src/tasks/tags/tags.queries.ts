import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { type Actor } from '../../core/authorization/actor.js';
import { type ListReader } from '../../core/http/list-response.js';
import { type PageQuery } from '../../core/http/page.dto.js';
import { jsonString, rawJson, RowSerializer } from '../../core/http/row-serializer.js';
import { Database } from '../../infrastructure/database/database.js';
import { keysetReader, type KeysetList } from '../../infrastructure/database/keyset-list.js';
import { type TagView } from './tags.dto.js';

/** The list of `TagView`. */
const LIST: KeysetList<TagView> = {
  cursorScope: 'tags id',
  keys: [{ expression: 'g.id', type: 'int' }],
  view: new RowSerializer<TagView>({ id: [sql`g.id`, rawJson], name: [sql`g.name`, jsonString] }),
};

/** Reads tags, which every signed-in user sees. */
@Injectable()
export class TagsQueries {
  constructor(private readonly database: Database) {}

  /** Reads the list for a `ListResponse`. */
  list(actor: Actor, { cursor }: PageQuery): ListReader {
    const all = { from: sql`tags g`, where: sql`TRUE` };
    return keysetReader(this.database, LIST, { actorId: actor.id, cursor, ...all, context: undefined });
  }
}
