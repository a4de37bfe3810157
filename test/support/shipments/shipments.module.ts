import { Controller, Injectable, Module, Patch, Post } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { IsInt, IsOptional, IsString, Length } from 'class-validator';
import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';
import { Body } from '../../../src/core/http/input.decorators.js';
import { Can } from '../../../src/core/authorization/can.decorator.js';
import { CurrentUser, type Actor } from '../../../src/core/authorization/actor.js';
import { describeActions } from '../../../src/audit/descriptions/action-sentences.js';
import { UnitOfWork } from '../../../src/core/persistence/unit-of-work.js';
import { ApiArea, ApiRoute } from '../../../src/core/http/api-docs.decorators.js';
import { IdParam } from '../../../src/core/http/param.decorators.js';
import { Audited } from '../../../src/core/persistence/audited.decorator.js';
import { ALL, NONE, policy } from '../../../src/core/authorization/policy.js';
import { WorkingCalendar } from '../../../src/core/authorization/working-calendar.js';
import { type DemoData } from '../../../src/extensions/demo-contribution.js';
import { type SampleData } from '../../../src/extensions/sample-contribution.js';
import { ShipmentsSettings } from './shipments.settings.js';

const editableShipments = policy<object>('edit shipments', ({ role }) => (role === 'manager' ? ALL : NONE));

@Entity('shipments')
@Audited('shipment', { name: 'name', courierId: 'courier_id', follows: 'follows' }, 'name', {
  readers: editableShipments,
  references: { courier_id: 'user', follows: 'shipment' },
})
export class Shipment {
  @PrimaryGeneratedColumn('identity', { generatedIdentity: 'BY DEFAULT' })
  id: number;

  @Column({ type: 'text' })
  name: string;

  @Column({ type: 'integer', name: 'courier_id', nullable: true })
  courierId: number | null;

  @Column({ type: 'integer', nullable: true })
  follows: number | null;
}

describeActions({
  'shipment.renamed': ({ actor, record, after }) =>
    `${actor} labels ${record} ${after('name')} for ${after('courier_id')}`,
  'shipment.lost': () => {
    throw new Error('has no words');
  },
});

class ShipmentChange {
  @IsString()
  @Length(1, 100)
  name: string;

  @IsOptional()
  @IsInt()
  courier?: number;

  @IsOptional()
  @IsInt()
  follows?: number;

  @IsOptional()
  @IsString()
  verb?: string;
}

@ApiArea('shipments', 'Kits on their way to sites')
@Controller('shipments')
export class ShipmentsController {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly settings: ShipmentsSettings,
  ) {}

  @Post()
  @Can(editableShipments)
  @ApiRoute({ summary: 'Create a shipment', status: 201, response: Shipment })
  create(@CurrentUser() actor: Actor, @Body() { name, courier, follows }: ShipmentChange): Promise<Shipment[]> {
    const row = { name, courierId: courier ?? null, follows: follows ?? null };
    return this.unitOfWork.run(actor, (tx) =>
      tx.insert(
        Shipment,
        Array.from({ length: this.settings.maxPerName }, () => row),
      ),
    );
  }

  @Patch(':id')
  @Can(editableShipments)
  @ApiRoute({ summary: 'Change a shipment', response: Shipment })
  update(
    @CurrentUser() actor: Actor,
    @IdParam() id: number,
    @Body() { name, courier, verb = 'updated' }: ShipmentChange,
  ): Promise<Shipment[]> {
    return this.unitOfWork.run(actor, async (tx) =>
      tx.update(Shipment, await tx.lock(Shipment, [id]), { name, courierId: courier ?? null }, { verb }),
    );
  }
}

@Module({
  imports: [TypeOrmModule.forFeature([Shipment])],
  controllers: [ShipmentsController],
  providers: [ShipmentsSettings],
})
export class ShipmentsModule {}

@Injectable()
class NeverClosed extends WorkingCalendar {
  override isOpen(): boolean {
    return true;
  }
}

export const overrides = [{ provide: WorkingCalendar, useClass: NeverClosed }];

export const demoData: DemoData = async (app, { manager, users, tasks }) => {
  const [title] = [...tasks.keys()];
  await app
    .get(ShipmentsController)
    .create(manager, { name: `Kit for ${title}`, courier: users.get('developer') ?? 0 });
};

/** A kit from the begin, renamed in between, and one for each task or hierarchy. */
export const sampleData: SampleData = async ({ records, random, users, from, now }) => {
  const by = random.pick(users.filter(({ role }) => role === 'manager'));
  const kit = await records.create(Shipment, { name: 'First kit', courierId: by.id }, { by, at: from });
  const at = new Date((from.getTime() + now.getTime()) / 2);
  records.write(Shipment, [records.update(Shipment, kit, { name: 'First kit, again' }, { by, at, reason: 'Mislaid' })]);
  return {
    async follow([root]) {
      if (!root) return;
      const values = { name: `Kit for ${root.task.title}`, courierId: root.assigneeIds[0] ?? null, follows: kit.id };
      records.write(Shipment, [await records.create(Shipment, values, { by, at: root.task.createdAt })]);
    },
  };
};
