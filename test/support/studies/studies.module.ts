import { Body, Controller, Injectable, Module, Post } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { IsString, Length } from 'class-validator';
import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';
import { Can } from '../../../src/core/authorization/can.decorator.js';
import { CurrentUser, type Actor } from '../../../src/core/authorization/actor.js';
import { UnitOfWork } from '../../../src/core/persistence/unit-of-work.js';
import { ApiRoute } from '../../../src/core/http/api-docs.decorators.js';
import { Audited } from '../../../src/core/persistence/audited.decorator.js';
import { ALL, NONE, policy } from '../../../src/core/authorization/policy.js';
import { WorkingCalendar } from '../../../src/core/authorization/working-calendar.js';

@Entity('studies')
@Audited('study', { name: 'name' })
export class Study {
  @PrimaryGeneratedColumn('identity', { generatedIdentity: 'BY DEFAULT' })
  id: number;

  @Column({ type: 'text' })
  name: string;
}

const editableStudies = policy<Study>('edit studies', ({ role }) => (role === 'manager' ? ALL : NONE));

class NewStudy {
  @IsString()
  @Length(1, 100)
  name: string;
}

@Controller('studies')
export class StudiesController {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  @Post()
  @Can(editableStudies)
  @ApiRoute({ summary: 'Create a study', status: 201, response: Study })
  create(@CurrentUser() actor: Actor, @Body() { name }: NewStudy): Promise<Study | undefined> {
    return this.unitOfWork.run(actor, async (tx) => (await tx.insert(Study, [{ name }]))[0]);
  }
}

@Module({ imports: [TypeOrmModule.forFeature([Study])], controllers: [StudiesController] })
export class StudiesModule {}

@Injectable()
class NeverClosed extends WorkingCalendar {
  override isOpen(): boolean {
    return true;
  }
}

export const overrides = [{ provide: WorkingCalendar, useClass: NeverClosed }];
