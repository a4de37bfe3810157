import { Column, Entity, JoinColumn, ManyToOne, PrimaryGeneratedColumn, type Relation, Unique } from 'typeorm';
import { Audited } from '../../../core/persistence/audited.decorator.js';
import { Study } from '../study.entity.js';
import { type StudyFields } from './study-record.js';

/** The latest import of a study in a format. Its source and its sites stand in tables of their own, which can be large. */
@Entity('study_imports')
@Unique('study_imports_format_key', ['studyId', 'format'])
@Audited('study_import', { studyId: 'study_id', format: 'format', digest: 'digest' }, 'format', {
  references: { study_id: 'study' },
})
export class StudyImport {
  @PrimaryGeneratedColumn('identity', {
    generatedIdentity: 'BY DEFAULT',
    primaryKeyConstraintName: 'study_imports_pkey',
  })
  id: number;

  @ManyToOne(() => Study, { nullable: false })
  @JoinColumn({ name: 'study_id', foreignKeyConstraintName: 'study_imports_study_id_fkey' })
  study?: Relation<Study>;

  @Column({ type: 'integer', name: 'study_id' })
  studyId: number;

  @Column({ type: 'character varying', length: 40 })
  format: string;

  /** SHA-256 of the source, in hexadecimal. */
  @Column({ type: 'character varying', length: 64 })
  digest: string;

  /** Values that imports set last, in any format, by field. */
  @Column({ type: 'jsonb', name: 'field_values' })
  fieldValues: Partial<StudyFields>;

  @Column({ type: 'integer', default: 1 })
  version: number;

  @Column({ type: 'timestamptz', name: 'created_at', default: () => 'now()' })
  createdAt: Date;

  @Column({ type: 'timestamptz', name: 'updated_at', default: () => 'now()' })
  updatedAt: Date;
}
