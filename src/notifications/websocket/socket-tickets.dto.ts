export class SocketTicket {
  /** @example "pQ3…" */
  ticket: string;
  /**
   * In seconds.
   * @example 30
   */
  expires_in: number;
}
