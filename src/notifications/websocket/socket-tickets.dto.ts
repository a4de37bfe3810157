export class SocketTicket {
  /** @example "pQ3…" */
  ticket: string;
  /**
   * Validity in seconds.
   * @example 30
   */
  expires_in: number;
}
