export class Welcome {
  /** @example "Welcome to CTMS" */
  message: string;
  /** @example "/docs" */
  docs: string;
  /** @example "/health" */
  health: string;
}

export class Health {
  /** @example "healthy" */
  status: string;
  /** @example "CTMS" */
  app: string;
  /** @example "1.0.0" */
  version: string;
  /** @example "development" */
  environment: string;
}

export class Standing {
  /**
   * `read_only` where the database can be read but not written.
   *
   * @example "ok"
   */
  status: 'ok' | 'read_only';
  /**
   * Reason for a status other than `ok`.
   * @example "The database can be read but not written"
   */
  detail?: string;
}

export class Readiness extends Standing {
  /**
   * Migrations that were run but that this release does not know: of a newer release, or of an extension that is gone.
   *
   * @example ["visits_1770000000000"]
   */
  unknown_migrations?: string[];
}
