import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('crates')
export class Crate {
  @PrimaryColumn({ type: 'integer', name: 'task_id', primaryKeyConstraintName: 'crates_pkey' })
  taskId: number;

  @Column({ type: 'numeric', precision: 6, scale: 2, default: () => "'0'" })
  weight: string;
}

@Entity('crate_labels', { comment: 'Texts, on crates.' })
export class CrateLabel {
  @PrimaryColumn({ type: 'integer' })
  id: number;
}
