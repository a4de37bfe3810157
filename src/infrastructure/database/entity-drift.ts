import { type DataSource } from 'typeorm';

/** Statements without parameters, in their order. */
export interface EntityDrift {
  readonly up: readonly string[];
  readonly down: readonly string[];
}

/** Comments of tables stand in the migrations alone: TypeORM would remove those that the entity does not repeat. */
const TABLE_COMMENT = /^COMMENT ON TABLE /;

/** Lists the statements that TypeORM would run to bring the schema to that of the entities. */
export async function entityDrift(source: DataSource): Promise<EntityDrift> {
  const { upQueries, downQueries } = await source.driver.createSchemaBuilder().log();
  const statements = (queries: readonly { query: string }[]) =>
    queries.map(({ query }) => query).filter((query) => !TABLE_COMMENT.test(query));
  return { up: statements(upQueries), down: statements([...downQueries].reverse()) };
}
