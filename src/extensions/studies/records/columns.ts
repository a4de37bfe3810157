/** Day of an instant in UTC, `YYYY-MM-DD`. */
export const dayOf = (time: Date): string => time.toISOString().slice(0, 10);

/** Returns the fields of a body as properties of its entity: `site_id` is `siteId`. Those left out stay out. */
export function columnsOf<E>(body: object): Partial<E> {
  const pairs = Object.entries(body).filter(([, value]) => value !== undefined);
  const properties = pairs.map(([field, value]) => [
    field.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
    value as unknown,
  ]);
  return Object.fromEntries(properties) as Partial<E>;
}
