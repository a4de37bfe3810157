import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { type Actor } from '../../core/authorization/actor.js';
import { VersionedJson } from '../../core/http/entity-tags.js';
import { type ListReader } from '../../core/http/list-response.js';
import { type PageQuery } from '../../core/http/page.dto.js';
import { jsonString, rawJson, RowSerializer } from '../../core/http/row-serializer.js';
import { Database } from '../../infrastructure/database/database.js';
import { keysetReader, type KeysetList } from '../../infrastructure/database/keyset-list.js';
import { type Tag } from './tag.entity.js';
import { type TagView } from './tags.dto.js';
import { TagProblem } from './tags.problems.js';

const VIEW = new RowSerializer<TagView>({ id: [sql`g.id`, rawJson], name: [sql`g.name`, jsonString] });

/** The list of `TagView`. */
const LIST: KeysetList<TagView> = { cursorScope: 'tags id', keys: [{ expression: 'g.id', type: 'int' }], view: VIEW };

/** Serializes a tag that was written. */
export const versionedTag = ({ id, name, version }: Tag): VersionedJson<TagView> =>
  new VersionedJson(JSON.stringify({ id, name }), version);

/** Reads tags, which every signed-in user sees. */
@Injectable()
export class TagsQueries {
  constructor(private readonly database: Database) {}

  /** Reads one tag. @throws Problem 404 `no_such_tag` */
  async tagOrThrow(id: number): Promise<VersionedJson<TagView>> {
    const [row] = await this.database.queryRaw(sql`SELECT ${VIEW.columns}, g.version FROM tags g WHERE g.id = ${id}`);
    if (!row) throw TagProblem.no_such_tag(`Tag ${id} not found`);
    return new VersionedJson(VIEW.serialize(row), Number(row[VIEW.width]));
  }

  /** Reads the list for a `ListResponse`. */
  list(actor: Actor, { cursor }: PageQuery): ListReader {
    const all = { from: sql`tags g`, where: sql`TRUE` };
    return keysetReader(this.database, LIST, { actorId: actor.id, cursor, ...all, context: undefined });
  }
}
