import { type Field } from './extension-fields.js';
import { type ExtensionNames } from './extension-names.js';
import { controllerTemplate } from './controller.template.js';
import { repositoryTemplate } from './repository.template.js';
import { serviceTemplate } from './service.template.js';
import { dtoTemplate } from './dto.template.js';
import { downTemplate, entityTemplate, upTemplate } from './entity.template.js';
import {
  environmentTemplate,
  eventsTemplate,
  moduleTemplate,
  policyTemplate,
  problemsDocument,
  problemsTemplate,
  readmeTemplate,
  settingsTemplate,
} from './parts.templates.js';
import { specTemplate } from './spec.template.js';

/**
 * Renders the files of an extension, by their paths in its folder.
 *
 * @param time of the migration, in milliseconds
 */
export function extensionFiles(names: ExtensionNames, fields: readonly Field[], time: number): Map<string, string> {
  const { plural, singular } = names;
  const migration = `migrations/${time}-${plural}`;
  return new Map([
    [`${plural}.module.ts`, moduleTemplate(names)],
    [`${singular}.entity.ts`, entityTemplate(names, fields)],
    [`${singular}.policy.ts`, policyTemplate(names)],
    [`${plural}.dto.ts`, dtoTemplate(names, fields)],
    [`${plural}.controller.ts`, controllerTemplate(names, fields)],
    [`${plural}.service.ts`, serviceTemplate(names, fields)],
    [`${plural}.repository.ts`, repositoryTemplate(names, fields)],
    [`${plural}.events.ts`, eventsTemplate(names)],
    [`${plural}.problems.ts`, problemsTemplate(names, fields)],
    [`${plural}.settings.ts`, settingsTemplate(names)],
    [`${plural}.spec.ts`, specTemplate(names, fields)],
    [`${migration}.up.sql`, upTemplate(names, fields)],
    [`${migration}.down.sql`, downTemplate(names)],
    ['.env.example', environmentTemplate(names)],
    ['problems.md', problemsDocument(names, fields)],
    // Written once the extension is built; they are there before, since a new file in the folder would ask for another build.
    ['openapi.json', '{ "tags": [], "paths": {}, "components": {} }\n'],
    ['permissions.md', '# Permissions\n'],
    ['README.md', readmeTemplate(names, fields)],
  ]);
}
