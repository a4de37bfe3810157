import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { ApiRoute } from '../http/api-docs.decorators.js';
import { anyAuthenticatedUser, Can } from './can.decorator.js';
import { PolicyTableView } from './policy-table.dto.js';
import { PolicyTable, type RouteRule } from './policy-table.service.js';

@ApiTags('policy')
@Controller('policy')
export class PolicyTableController {
  constructor(private readonly table: PolicyTable) {}

  @Get()
  @Can(anyAuthenticatedUser)
  @ApiRoute({
    operationId: 'policy_table',
    summary: 'List the permissions of every operation',
    description:
      'Every operation with its rule, and how many records it opens to each role, within and outside working hours. Made of ' +
      'the rules themselves.',
    response: PolicyTableView,
  })
  list(): { readonly rules: readonly RouteRule[] } {
    return { rules: this.table.routes() };
  }
}
