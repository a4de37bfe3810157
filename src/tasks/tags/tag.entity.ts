import { Check, Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';
import { Audited } from '../../core/persistence/audited.decorator.js';

/** A label that tasks are grouped and filtered by. */
@Entity('tags')
@Index('tags_name_key', { synchronize: false })
@Check('tags_name_check', `btrim(name) <> ''`)
@Audited('tag', { name: 'name' }, 'name')
export class Tag {
  @PrimaryGeneratedColumn('identity', { generatedIdentity: 'BY DEFAULT', primaryKeyConstraintName: 'tags_pkey' })
  id: number;

  @Column({ type: 'character varying', length: 50 })
  name: string;

  @Column({ type: 'integer', default: 1 })
  version: number;
}
