/** Members of an Immutable.js collection that are used here. */
interface Collection {
  get(name: string): unknown;
  getIn(path: readonly string[]): unknown;
  set(name: string, value: unknown): this;
  filter(test: (value: Collection) => boolean): this;
  readonly size: number;
}

/** Operations by the names of their tags. */
interface OperationsByTag extends Collection {
  map(change: (tag: Collection, name: string) => Collection): Collection;
}

interface System {
  readonly React: { createElement(component: unknown, props: object): unknown };
  getComponent(name: string): unknown;
}

interface Document {
  readonly components?: { readonly securitySchemes?: Record<string, { readonly in?: string }> };
  readonly paths?: Record<string, Record<string, { security?: object[] }>>;
}

type Action = (document: Document) => unknown;

/**
 * Runs in the browser, as a plugin of Swagger UI, and so refers to nothing outside itself:
 *
 * - the filter box searches paths, summaries and tags without regard to case, not the names of tags alone;
 * - security schemes by cookie are left out, since no script can set an HTTP-only cookie;
 * - integers with a format are edited like those without, which Swagger UI otherwise warns of in the console.
 */
export function swaggerUiPlugin({ React, getComponent }: System): object {
  const edited = (props: object) => React.createElement(getComponent('JsonSchema_string'), props);

  function search(tags: OperationsByTag, phrase: string): Collection {
    const needle = phrase.trim().toLowerCase();
    const found = (text: unknown): boolean => String(text).toLowerCase().includes(needle);
    const matching = tags.map((tag, name) => {
      if (found(name)) return tag;
      const operations = (tag.get('operations') as Collection).filter(
        (operation) => found(operation.get('path')) || found(operation.getIn(['operation', 'summary'])),
      );
      return tag.set('operations', operations);
    });
    return matching.filter((tag) => (tag.get('operations') as Collection).size > 0);
  }

  const withoutCookies = (update: Action) => (document: Document) => {
    const schemes = document.components?.securitySchemes ?? {};
    const cookies = Object.keys(schemes).filter((name) => schemes[name]?.in === 'cookie');
    for (const operation of Object.values(document.paths ?? {}).flatMap((item) => Object.values(item)))
      if (operation.security)
        operation.security = operation.security.filter((names) => !cookies.some((name) => name in names));
    for (const name of cookies) delete schemes[name];
    return update(document);
  };

  return {
    fn: { opsFilter: search },
    components: { JsonSchema_integer_int32: edited, JsonSchema_integer_int64: edited },
    statePlugins: { spec: { wrapActions: { updateJsonSpec: withoutCookies } } },
  };
}
