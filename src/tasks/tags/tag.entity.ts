import { Check, Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';
import { Recorded } from '../../core/persistence/audited.decorator.js';

/** A word that tasks are found by. */
@Entity('tags')
@Index('tags_name_key', { synchronize: false })
@Check('tags_name_check', `btrim(name) <> ''`)
@Recorded('tag', { name: 'name' }, 'name')
export class Tag {
  @PrimaryGeneratedColumn('identity', { generatedIdentity: 'BY DEFAULT', primaryKeyConstraintName: 'tags_pkey' })
  id: number;

  @Column({ type: 'character varying', length: 50 })
  name: string;
}
