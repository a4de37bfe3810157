import { Count } from '../../core/http/schema.decorators.js';

export class SocketTicket {
  /** @example "pQ3…" */
  ticket: string;
  /**
   * Validity in seconds.
   * @example 30
   */
  @Count()
  expires_in: number;
}
