import { Body, Controller, Delete, Get, HttpCode, Patch, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Can, anyAuthenticatedUser } from '../../core/authorization/can.decorator.js';
import { CurrentUser, type Actor } from '../../core/authorization/actor.js';
import { ApiRoute } from '../../core/http/api-docs.decorators.js';
import { ListResponse } from '../../core/http/list-response.js';
import { PageQuery } from '../../core/http/page.dto.js';
import { IdParam } from '../../core/http/param.decorators.js';
import { NewTag, TagView } from './tags.dto.js';
import { TagsQueries } from './tags.queries.js';
import { TagProblem } from './tags.problems.js';
import { managedTags } from './tag.policy.js';
import { TagsService } from './tags.service.js';

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
  @ApiRoute({ summary: 'Create a tag', status: 201, response: TagView, errors: [TagProblem.tag_exists] })
  create(@CurrentUser() actor: Actor, @Body() tag: NewTag): Promise<TagView> {
    return this.tags.create(actor, tag);
  }

  @Patch(':id')
  @Can(managedTags)
  @ApiRoute({ summary: 'Rename a tag', response: TagView, errors: [TagProblem.no_such_tag, TagProblem.tag_exists] })
  rename(@CurrentUser() actor: Actor, @IdParam() id: number, @Body() tag: NewTag): Promise<TagView> {
    return this.tags.rename(actor, id, tag);
  }

  @Delete(':id')
  @HttpCode(204)
  @Can(managedTags)
  @ApiRoute({
    summary: 'Delete a tag that no task has',
    description: 'Deleted tasks lose it as well, with an audit entry each.',
    status: 204,
    errors: [TagProblem.no_such_tag, TagProblem.tag_in_use],
  })
  delete(@CurrentUser() actor: Actor, @IdParam() id: number): Promise<void> {
    return this.tags.delete(actor, id);
  }
}
