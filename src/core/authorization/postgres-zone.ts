/** Zones of three letters that tzdata 2024b made links. */
const LINKS: Readonly<Record<string, string>> = {
  CET: 'Europe/Brussels',
  MET: 'Europe/Brussels',
  EET: 'Europe/Athens',
  WET: 'Europe/Lisbon',
};

/** Names that V8 accepts although current tzdata no longer has them. */
const UNKNOWN: Readonly<Record<string, string>> = {
  'us/pacific-new': 'America/Los_Angeles',
  'canada/east-saskatchewan': 'America/Regina',
};

/**
 * Returns a name of the zone that PostgreSQL reads as this product does. It takes a name without a slash for an
 * abbreviation first: IST is Israel, and CET has no daylight saving.
 */
export function postgresZone(zone: string): string {
  if (zone.includes('/')) return UNKNOWN[zone.toLowerCase()] ?? zone;
  const { timeZone } = new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions();
  return LINKS[timeZone] ?? timeZone;
}
