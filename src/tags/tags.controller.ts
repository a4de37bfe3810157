import { Body, Controller, Delete, Get, HttpCode, Patch, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Can, signedIn } from '../core/access.js';
import { Me, type Actor } from '../core/actor.js';
import { Documents } from '../core/docs.js';
import { Id } from '../core/params.js';
import { NewTag, TagView } from './tags.dto.js';
import { managedTags, TagProblem, TagsService } from './tags.service.js';

@ApiTags('tags')
@Controller('tags')
export class TagsController {
  constructor(private readonly tags: TagsService) {}

  @Get()
  @Can(signedIn)
  @Documents({ summary: 'List tags', answer: [TagView] })
  list(): Promise<TagView[]> {
    return this.tags.list();
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
