import { type DataSource, type EntityMetadata } from 'typeorm';

/** Statements without parameters, in their order. */
export interface EntityDrift {
  readonly up: readonly string[];
  readonly down: readonly string[];
}

/** Matches comments: TypeORM would remove one that stands in the migrations alone. */
const REMOVED_COMMENT = /^COMMENT ON TABLE (\S+) IS NULL$/;

/**
 * Lists the statements that TypeORM would run to bring the schema to that of the entities.
 *
 * @param isIncluded chooses the entities by their classes; all by default
 */
export async function entityDrift(
  source: DataSource,
  isIncluded: (entity: EntityMetadata['target']) => boolean = () => true,
): Promise<EntityDrift> {
  const left = source.entityMetadatas.filter(({ synchronize, target }) => synchronize && !isIncluded(target));
  left.forEach((entity) => (entity.synchronize = false));
  try {
    const { upQueries, downQueries } = await source.driver.createSchemaBuilder().log();
    return withoutRemovedComments(textsOf(upQueries), textsOf([...downQueries].reverse()));
  } finally {
    left.forEach((entity) => (entity.synchronize = true));
  }
}

const textsOf = (queries: readonly { query: string }[]): string[] => queries.map(({ query }) => query);

function withoutRemovedComments(up: readonly string[], down: readonly string[]): EntityDrift {
  const tables = up.flatMap((statement) => REMOVED_COMMENT.exec(statement)?.[1] ?? []);
  const isKept = (statement: string) => !tables.some((table) => statement.startsWith(`COMMENT ON TABLE ${table} IS `));
  return { up: up.filter(isKept), down: down.filter(isKept) };
}
