declare module '../../core/persistence/event-map.js' {
  interface EventMap {
    /** Published after a verified address replaced the old one. */
    'user.email_changed': { readonly userId: number; readonly oldEmail: string };
  }
}

export {};
