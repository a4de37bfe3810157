import {
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  Patch,
  Post,
  Query,
  Req,
  Res,
  type StreamableFile,
} from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { Can, signedIn } from '../../core/authorization/can.decorator.js';
import { Me, type Actor } from '../../core/authorization/actor.js';
import { type JsonText } from '../../core/http/streamed-response.js';
import { Documents, PAGE_HEADERS } from '../../core/http/api-docs.decorators.js';
import { answerList } from '../../core/http/list-response.js';
import { PageQuery } from '../../core/http/page.dto.js';
import { Id } from '../../core/http/param.decorators.js';
import { CoreProblem } from '../../core/http/problem.js';
import { NewTag, TagView } from './tags.dto.js';
import { TagsQueries } from './tags.queries.js';
import { managedTags, TagProblem, TagsService } from './tags.service.js';

@ApiTags('tags')
@Controller('tags')
export class TagsController {
  constructor(
    private readonly tags: TagsService,
    private readonly queries: TagsQueries,
  ) {}

  @Get()
  @Can(signedIn)
  @Documents({
    summary: 'List tags',
    answer: [TagView],
    headers: PAGE_HEADERS,
    refuses: [CoreProblem.invalid_cursor],
  })
  list(
    @Me() me: Actor,
    @Query() query: PageQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<JsonText<TagView[]> | StreamableFile> {
    return answerList(request, reply, query, {
      count: () => this.queries.count(),
      page: (limit) => this.queries.page(query, limit),
      all: () => this.queries.all(me, query),
    });
  }

  @Post()
  @Can(managedTags)
  @Documents({ summary: 'Create a tag', status: 201, answer: TagView, refuses: [TagProblem.tag_exists] })
  create(@Me() me: Actor, @Body() tag: NewTag): Promise<TagView> {
    return this.tags.create(me, tag);
  }

  @Patch(':id')
  @Can(managedTags)
  @Documents({ summary: 'Rename a tag', answer: TagView, refuses: [TagProblem.no_such_tag, TagProblem.tag_exists] })
  rename(@Me() me: Actor, @Id() id: number, @Body() tag: NewTag): Promise<TagView> {
    return this.tags.rename(me, id, tag);
  }

  @Delete(':id')
  @HttpCode(204)
  @Can(managedTags)
  @Documents({
    summary: 'Delete a tag that no task has',
    description: 'Deleted tasks lose it, which the audit trail tells of each.',
    status: 204,
    refuses: [TagProblem.no_such_tag, TagProblem.tag_in_use],
  })
  delete(@Me() me: Actor, @Id() id: number): Promise<void> {
    return this.tags.delete(me, id);
  }
}
