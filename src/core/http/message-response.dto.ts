export class Detail {
  /** @example "Logged out successfully" */
  detail: string;
}
