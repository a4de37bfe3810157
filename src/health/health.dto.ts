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
  /** @example "ok" */
  status: string;
}
