import Bowser from 'bowser';
import { Id, Instant } from '../../core/http/schema.decorators.js';

export class SessionView {
  /** @example 7 */
  @Id()
  id: number;
  /** @example "Firefox on Linux" */
  device: string;
  /** @example "203.0.113.7" */
  ip_address: string | null;
  /** @example "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0" */
  user_agent: string | null;
  /** @example "2026-11-02T08:00:00.000Z" */
  @Instant()
  created_at: string;
  /** @example "2026-11-02T09:12:00.000Z" */
  @Instant()
  last_used_at: string;
  /** True for the session of this request. */
  current: boolean;
}

/** Describes a device for its owner, such as "Firefox on Linux". */
export function deviceName(userAgent: string | null): string {
  if (!userAgent) return 'Unknown device';
  const { browser, os } = Bowser.parse(userAgent);
  return browser.name
    ? `${browser.name}${os.name ? ` on ${os.name}` : ''}`
    : (userAgent.split(/[/ ]/, 1)[0] ?? userAgent);
}
