import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryGeneratedColumn, type Relation, Unique } from 'typeorm';
import { Audited } from '../../../core/persistence/audited.decorator.js';
import { Site } from '../sites/site.entity.js';
import { auditedRecords } from '../records/study-access.sql.js';
import { Study } from '../study.entity.js';
import { Task } from '../../../tasks/task.entity.js';

import { type TASK_KINDS } from '../study.facts.js';

export type TaskKind = (typeof TASK_KINDS)[number];

/** The link of a task to the study, and perhaps the site and the record, that it belongs to. */
@Entity('study_task_links')
@Index('study_task_links_study_id_idx', ['studyId', 'taskId'])
@Index('study_task_links_origin_idx', ['origin'])
@Index('study_task_links_site_id_idx', ['siteId'], { where: 'site_id IS NOT NULL' })
@Unique('study_task_links_task_id_key', ['taskId'])
@Audited(
  'study_task_link',
  {
    taskId: 'task_id',
    studyId: 'study_id',
    siteId: 'site_id',
    kind: 'kind',
    origin: 'origin',
  },
  undefined,
  {
    ...auditedRecords('study_task_links', 'r.site_id'),
    references: { study_id: 'study', site_id: 'study_site', task_id: 'task' },
  },
)
export class TaskLink {
  @PrimaryGeneratedColumn('identity', {
    generatedIdentity: 'BY DEFAULT',
    primaryKeyConstraintName: 'study_task_links_pkey',
  })
  id: number;

  @ManyToOne(() => Task, { nullable: false })
  @JoinColumn({ name: 'task_id', foreignKeyConstraintName: 'study_task_links_task_id_fkey' })
  task?: Relation<Task>;

  @Column({ type: 'integer', name: 'task_id' })
  taskId: number;

  @ManyToOne(() => Study, { nullable: false })
  @JoinColumn({ name: 'study_id', foreignKeyConstraintName: 'study_task_links_study_id_fkey' })
  study?: Relation<Study>;

  @Column({ type: 'integer', name: 'study_id' })
  studyId: number;

  @ManyToOne(() => Site, { nullable: true })
  @JoinColumn({ name: 'site_id', foreignKeyConstraintName: 'study_task_links_site_id_fkey' })
  site?: Relation<Site> | null;

  @Column({ type: 'integer', name: 'site_id', nullable: true })
  siteId: number | null;

  @Column({ type: 'character varying', length: 16 })
  kind: TaskKind;

  @Column({ type: 'character varying', length: 64, nullable: true })
  origin: string | null;

  @Column({ type: 'integer', default: 1 })
  version: number;

  @Column({ type: 'timestamptz', name: 'created_at', default: () => 'now()' })
  createdAt: Date;

  @Column({ type: 'timestamptz', name: 'updated_at', default: () => 'now()' })
  updatedAt: Date;
}
