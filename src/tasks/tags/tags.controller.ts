import { Controller, Delete, Get, HttpCode, Patch, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Body, Query } from '../../core/http/input.decorators.js';
import { Can, anyAuthenticatedUser } from '../../core/authorization/can.decorator.js';
import { CurrentUser, type Actor } from '../../core/authorization/actor.js';
import { ApiRoute, ETAG_HEADER } from '../../core/http/api-docs.decorators.js';
import { IfMatchVersions, type VersionCondition, type VersionedJson } from '../../core/http/entity-tags.js';
import { ListResponse } from '../../core/http/list-response.js';
import { PageQuery } from '../../core/http/page.dto.js';
import { IdParam } from '../../core/http/param.decorators.js';
import { CoreProblem } from '../../core/http/problem.js';
import { NewTag, TagView } from './tags.dto.js';
import { TagsQueries, versionedTag } from './tags.queries.js';
import { TagProblem } from './tags.problems.js';
import { managedTags } from './tag.policy.js';
import { TagsService } from './tags.service.js';

const STALE = [CoreProblem.stale_version, CoreProblem.unknown_entity_tag];

@ApiTags('tags')
@Controller('tags')
export class TagsController {
  constructor(
    private readonly tags: TagsService,
    private readonly queries: TagsQueries,
  ) {}

  @Get()
  @Can(anyAuthenticatedUser)
  @ApiRoute({
    summary: 'List tags',
    response: [TagView],
    paged: true,
  })
  list(@CurrentUser() actor: Actor, @Query() query: PageQuery): ListResponse<TagView[]> {
    return new ListResponse(query, this.queries.list(actor, query));
  }

  @Post()
  @Can(managedTags)
  @ApiRoute({
    summary: 'Create a tag',
    status: 201,
    response: TagView,
    headers: ETAG_HEADER,
    errors: [TagProblem.tag_exists],
  })
  async create(@CurrentUser() actor: Actor, @Body() tag: NewTag): Promise<VersionedJson<TagView>> {
    return versionedTag(await this.tags.create(actor, tag));
  }

  @Get(':id')
  @Can(anyAuthenticatedUser)
  @ApiRoute({
    summary: 'Read a tag',
    response: TagView,
    headers: ETAG_HEADER,
    cacheable: true,
    errors: [TagProblem.no_such_tag],
  })
  read(@IdParam() id: number): Promise<VersionedJson<TagView>> {
    return this.queries.tagOrThrow(id);
  }

  @Patch(':id')
  @Can(managedTags)
  @ApiRoute({
    summary: 'Rename a tag',
    response: TagView,
    headers: ETAG_HEADER,
    conditional: true,
    errors: [TagProblem.no_such_tag, TagProblem.tag_exists, ...STALE],
  })
  async rename(
    @CurrentUser() actor: Actor,
    @IdParam() id: number,
    @Body() tag: NewTag,
    @IfMatchVersions() condition: VersionCondition | undefined,
  ): Promise<VersionedJson<TagView>> {
    return versionedTag(await this.tags.rename(actor, id, tag, condition));
  }

  @Delete(':id')
  @HttpCode(204)
  @Can(managedTags)
  @ApiRoute({
    summary: 'Delete a tag that no task has',
    description: 'Deleted tasks lose it as well, with an audit entry each.',
    status: 204,
    conditional: true,
    errors: [TagProblem.no_such_tag, TagProblem.tag_in_use, ...STALE],
  })
  delete(
    @CurrentUser() actor: Actor,
    @IdParam() id: number,
    @IfMatchVersions() condition: VersionCondition | undefined,
  ): Promise<void> {
    return this.tags.delete(actor, id, condition);
  }
}
