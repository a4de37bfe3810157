export interface UserChanged {
  readonly userId: number;
}

declare module '../core/persistence/event-map.js' {
  interface EventMap {
    /** Published after a manager gave a user another role or disabled the account. */
    'user.dismissed': UserChanged;
    'user.disabled': UserChanged;
  }
}
