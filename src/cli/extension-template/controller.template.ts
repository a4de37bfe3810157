import { type Field } from './extension-fields.js';
import { type ExtensionNames } from './extension-names.js';
import { usersOf } from './entity.template.js';

/** Renders `visits.controller.ts`: the words of HTTP. */
export function controllerTemplate(names: ExtensionNames, fields: readonly Field[]): string {
  const { One, Many, plural, singular, one, many, oneWords, manyWords, type, table } = names;
  const user = usersOf(fields).length > 0 ? `, ${One}Problem.${type}_user_not_found` : '';
  const a = /^[aeiou]/.test(oneWords) ? 'an' : 'a';
  return `import { Controller, Delete, Get, HttpCode, Patch, Post } from '@nestjs/common';
import { CurrentUser, type Actor } from '../../core/authorization/actor.js';
import { Can } from '../../core/authorization/can.decorator.js';
import { ApiArea, ApiRoute, ETAG_HEADER } from '../../core/http/api-docs.decorators.js';
import { IfMatchVersions, VersionedJson, type VersionCondition } from '../../core/http/entity-tags.js';
import { Body, Query } from '../../core/http/input.decorators.js';
import { ListResponse } from '../../core/http/list-response.js';
import { IdParam } from '../../core/http/param.decorators.js';
import { CoreProblem } from '../../core/http/problem.js';
import { editable${Many}, visible${Many} } from './${singular}.policy.js';
import { New${One}, ${One}Filter, ${One}Patch, ${One}View } from './${plural}.dto.js';
import { ${One}Problem } from './${plural}.problems.js';
import { ${Many}Repository } from './${plural}.repository.js';
import { ${Many}Service } from './${plural}.service.js';

const MISSING = [${One}Problem.${type}_not_found];
const STALE = [CoreProblem.stale_version, CoreProblem.unknown_entity_tag];

@ApiArea('${plural}', '${manyWords.charAt(0).toUpperCase()}${manyWords.slice(1)}, their filters and changes')
@Controller('${plural}')
export class ${Many}Controller {
  constructor(
    private readonly ${many}: ${Many}Service,
    private readonly repository: ${Many}Repository,
  ) {}

  @Get()
  @Can(visible${Many})
  @ApiRoute({
    summary: 'List ${manyWords}',
    description: 'The whole list that you may see or, with \`limit\`, a page of it. Developers see what they created.',
    response: [${One}View],
    paged: true,
  })
  list(@CurrentUser() actor: Actor, @Query() filter: ${One}Filter): ListResponse<${One}View[]> {
    return new ListResponse(filter, this.repository.list(actor, filter));
  }

  @Post()
  @Can(editable${Many})
  @ApiRoute({
    summary: 'Create ${a} ${oneWords}',
    status: 201,
    response: ${One}View,
    headers: ETAG_HEADER,
    errors: [${One}Problem.too_many_${table}${user}],
  })
  create(@CurrentUser() actor: Actor, @Body() ${one}: New${One}): Promise<VersionedJson<${One}View>> {
    return this.${many}.create(actor, ${one});
  }

  @Get(':id')
  @Can(visible${Many})
  @ApiRoute({ summary: 'Get ${a} ${oneWords}', response: ${One}View, headers: ETAG_HEADER, cacheable: true, errors: MISSING })
  read(@CurrentUser() actor: Actor, @IdParam() id: number): Promise<VersionedJson<${One}View>> {
    return this.repository.findOrThrow(actor, id);
  }

  @Patch(':id')
  @Can(editable${Many})
  @ApiRoute({
    summary: 'Change ${a} ${oneWords}',
    response: ${One}View,
    headers: ETAG_HEADER,
    conditional: true,
    errors: [...MISSING, ...STALE, CoreProblem.not_yours${user}],
  })
  update(
    @CurrentUser() actor: Actor,
    @IdParam() id: number,
    @Body() patch: ${One}Patch,
    @IfMatchVersions() condition?: VersionCondition,
  ): Promise<VersionedJson<${One}View>> {
    return this.${many}.update(actor, id, patch, condition);
  }

  @Delete(':id')
  @HttpCode(204)
  @Can(editable${Many})
  @ApiRoute({
    summary: 'Delete ${a} ${oneWords}',
    description: 'The audit trail keeps its values.',
    status: 204,
    conditional: true,
    errors: [...MISSING, ...STALE, CoreProblem.not_yours],
  })
  delete(
    @CurrentUser() actor: Actor,
    @IdParam() id: number,
    @IfMatchVersions() condition?: VersionCondition,
  ): Promise<void> {
    return this.${many}.delete(actor, id, condition);
  }
}
`;
}
