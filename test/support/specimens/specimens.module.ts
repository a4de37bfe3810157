import { Controller, Get, Module, Patch, Post } from '@nestjs/common';
import { InjectRepository, TypeOrmModule } from '@nestjs/typeorm';
import { IsObject } from 'class-validator';
import { Column, Entity, PrimaryGeneratedColumn, type Repository } from 'typeorm';
import { Body } from '../../../src/core/http/input.decorators.js';
import { Can } from '../../../src/core/authorization/can.decorator.js';
import { CurrentUser, type Actor } from '../../../src/core/authorization/actor.js';
import { UnitOfWork } from '../../../src/core/persistence/unit-of-work.js';
import { ApiRoute } from '../../../src/core/http/api-docs.decorators.js';
import { IdParam } from '../../../src/core/http/param.decorators.js';
import { Audited } from '../../../src/core/persistence/audited.decorator.js';
import { ALL, policy } from '../../../src/core/authorization/policy.js';

const STATES = ['drawn', 'frozen', 'on its way'];
export const FIELDS = (
  'day days at_time at_zoned_time local_time instant instants amount amounts big bigs plain binary_json list_json words counts ' +
  'state states bytes listed parsed flag ratio period shouted'
).split(' ');

/** A column of every type that an entity of an extension may have. */
@Entity('specimens')
@Audited('specimen', Object.fromEntries(FIELDS.map((field) => [field, field])))
export class Specimen {
  @PrimaryGeneratedColumn('identity', { generatedIdentity: 'BY DEFAULT' }) id: number;
  @Column({ type: 'date', nullable: true }) day: string | null;
  @Column({ type: 'date', array: true, nullable: true }) days: string[] | null;
  @Column({ type: 'time', nullable: true }) at_time: string | null;
  @Column({ type: 'timetz', nullable: true }) at_zoned_time: string | null;
  @Column({ type: 'timestamp', nullable: true }) local_time: Date | null;
  @Column({ type: 'timestamptz', nullable: true }) instant: Date | null;
  @Column({ type: 'timestamptz', array: true, nullable: true }) instants: Date[] | null;
  @Column({ type: 'numeric', precision: 10, scale: 3, nullable: true }) amount: string | null;
  @Column({ type: 'numeric', array: true, nullable: true }) amounts: number[] | null;
  @Column({ type: 'bigint', nullable: true }) big: string | null;
  @Column({ type: 'bigint', array: true, nullable: true }) bigs: string[] | null;
  @Column({ type: 'json', nullable: true }) plain: unknown;
  @Column({ type: 'jsonb', nullable: true }) binary_json: unknown;
  @Column({ type: 'jsonb', nullable: true }) list_json: unknown;
  @Column({ type: 'text', array: true, nullable: true }) words: string[] | null;
  @Column({ type: 'integer', array: true, nullable: true }) counts: number[] | null;
  @Column({ type: 'enum', enum: STATES, enumName: 'specimen_state', nullable: true }) state: string | null;
  @Column({ type: 'enum', enum: STATES, enumName: 'specimen_state', array: true, nullable: true }) states:
    string[] | null;
  @Column({ type: 'bytea', nullable: true, transformer: { to: fromHex, from: toHex } }) bytes: string | null;
  @Column({ type: 'simple-array', nullable: true }) listed: string[] | null;
  @Column({ type: 'simple-json', nullable: true }) parsed: unknown;
  @Column({ type: 'boolean', nullable: true }) flag: boolean | null;
  @Column({ type: 'double precision', nullable: true }) ratio: number | null;
  @Column({ type: 'interval', nullable: true }) period: unknown;
  @Column({ type: 'text', nullable: true, transformer: { to: shouted, from: whispered } }) shouted: string | null;
}

function fromHex(text: string | null): Buffer | null {
  return text === null ? null : Buffer.from(text, 'hex');
}
function toHex(bytes: Buffer | null): string | null {
  return bytes && bytes.toString('hex');
}
function shouted(text: string | null): string | null {
  return text && text.toUpperCase();
}
function whispered(text: string | null): string | null {
  return text && text.toLowerCase();
}

const everySpecimen = policy<Specimen>('use specimens', () => ALL);

class Given {
  @IsObject()
  values: Partial<Specimen>;
}

@Controller('specimens')
class SpecimensController {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    @InjectRepository(Specimen) private readonly specimens: Repository<Specimen>,
  ) {}

  @Post()
  @Can(everySpecimen)
  @ApiRoute({ summary: 'Create a specimen', status: 201, response: Specimen })
  create(@CurrentUser() actor: Actor, @Body() { values }: Given): Promise<Specimen | undefined> {
    return this.unitOfWork.run(actor, async (tx) => (await tx.insert(Specimen, [values]))[0]);
  }

  @Patch(':id')
  @Can(everySpecimen)
  @ApiRoute({ summary: 'Change a specimen', response: Specimen })
  update(@CurrentUser() actor: Actor, @IdParam() id: number, @Body() { values }: Given): Promise<Specimen | undefined> {
    return this.unitOfWork.run(
      actor,
      async (tx) => (await tx.update(Specimen, await tx.lock(Specimen, [id]), values))[0],
    );
  }

  @Patch(':id/each')
  @Can(everySpecimen)
  @ApiRoute({ summary: 'Change a specimen, by values of its own', response: Specimen })
  updateEach(
    @CurrentUser() actor: Actor,
    @IdParam() id: number,
    @Body() { values }: Given,
  ): Promise<Specimen | undefined> {
    return this.unitOfWork.run(actor, async (tx) => {
      const [row] = (await tx.lock(Specimen, [id])) as [Specimen];
      return (await tx.updateEach(Specimen, [{ row, patch: values }]))[0];
    });
  }

  @Get(':id')
  @Can(everySpecimen)
  @ApiRoute({ summary: 'Read a specimen', response: Specimen })
  read(@IdParam() id: number): Promise<Specimen | null> {
    return this.specimens.findOneBy({ id });
  }
}

@Module({ imports: [TypeOrmModule.forFeature([Specimen])], controllers: [SpecimensController] })
export class SpecimensModule {}
