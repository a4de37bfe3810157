import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, Logger, StreamableFile } from '@nestjs/common';
import { ENTRIES_OF_SHOWN_RECORDS, type AuditEntryAttributes } from '../audit.policy.js';
import { Config } from '../../core/config/config.js';
import { projectRoot } from '../../core/config/project-root.js';
import { type Actor } from '../../core/authorization/actor.js';
import { UnitOfWork } from '../../core/persistence/unit-of-work.js';
import { CoreProblem, problems } from '../../core/http/problem.js';
import { ALL, NONE, policy } from '../../core/authorization/policy.js';
import { spanned } from '../../core/http/span.js';
import { Database } from '../../infrastructure/database/database.js';
import { withReadSnapshot, type ReadSnapshot } from '../../transparency-log/storage/read-snapshot.js';
import { parseCheckpoint } from '../../transparency-log/format/checkpoint.js';
import { keyOf, verifierLine } from '../../transparency-log/format/signed-note.js';
import { LogSequencer } from '../../transparency-log/sequencing/log-sequencer.worker.js';
import { type BundleQuery, type KeyRecord, type BundleHeader } from '../../transparency-log/bundle-verifier/bundle.js';
import { DeniedAccessRecorder } from '../access-log/denied-access.recorder.js';
import { EvidenceBundle } from './evidence-bundle.js';
import { type EvidenceFilter } from './evidence.dto.js';
import { provableEntryAt, isRedactedSince, keyRows, findSealedExport, type SealedExport } from './evidence.queries.js';

const VERIFIER = 'dist/transparency-log/bundle-verifier/verify.mjs';
/** Another replica may be integrating entries, which takes a second or two. */
const ATTEMPTS = 40;
const PAUSE_MS = 250;

export const EvidenceProblem = problems({
  not_sealed_yet: [503, 'The audit trail is not sealed up to now yet; try again shortly'],
});

const notSealedYet = () => EvidenceProblem.not_sealed_yet(undefined, { headers: { 'Retry-After': '5' } });

/** Limited to auditors: evidence covers the whole trail. */
export const provableEntries = policy<AuditEntryAttributes>(
  'take evidence of the audit trail',
  ({ role }) => (role === 'auditor' ? ALL : NONE),
  ENTRIES_OF_SHOWN_RECORDS,
);

/** Exports evidence that can be verified without trust in the product: entries, with proofs of each. */
@Injectable()
export class EvidenceService {
  private readonly logger = new Logger('Evidence');

  constructor(
    private readonly config: Config,
    private readonly database: Database,
    private readonly unitOfWork: UnitOfWork,
    private readonly sequencer: LogSequencer,
    private readonly deniedAccess: DeniedAccessRecorder,
  ) {}

  /**
   * Audits the export, has it sealed, and streams the bundle of the tree that contains it.
   *
   * @throws Problem 403 for evidence of everything, where an extension keeps records from the actor; 422 for a span without any instant; 503 `not_sealed_yet`, or `busy` where others read at length
   */
  async export(actor: Actor, filter: EvidenceFilter): Promise<StreamableFile> {
    const { from, to, entity = [], extends: extended = [] } = spanned(actor, filter, 'from', 'to');
    const asked = { from: from?.toISOString() ?? null, to: to?.toISOString() ?? null, entity };
    if (entity.length === 0) assertNothingHidden(actor);
    const bundle = randomUUID();
    const verifier = await readFile(join(projectRoot(), VERIFIER), 'utf8');
    // Earlier denials have to be in the bundle.
    await this.deniedAccess.flush();
    await this.auditExport(actor, bundle, asked);
    const sealed = await this.awaitCheckpoint(bundle);
    return new Promise((resolve, reject) => {
      const write = async (snapshot: ReadSnapshot) => {
        if (await isRedactedSince(snapshot.query, sealed.size)) throw notSealedYet();
        const header = await this.buildHeader(snapshot, bundle, asked, sealed);
        const keys = await keysOf(snapshot);
        const parts = { header, sealed, keys, extended, scope: provableEntries(actor), verifier };
        const evidence = new EvidenceBundle(snapshot, parts);
        resolve(fileOf(evidence, sealed));
        await evidence.write();
      };
      const written = this.database.runLongRead(actor.id, () => withReadSnapshot(this.database.pool, write));
      written.catch((error: unknown) => {
        // The client learns of it by the truncated stream or, before there is one, by the response.
        this.logger.warn({ msg: 'A bundle of evidence was not sent whole', bundle, reason: String(error) });
        reject(error as Error);
      });
    });
  }

  private async auditExport(actor: Actor, bundle: string, { from, to, entity }: BundleQuery): Promise<void> {
    const query = { ...(from && { from }), ...(to && { to }), ...(entity.length > 0 && { entity }) };
    const changes = {
      operation: [null, 'GET /api/audit/evidence'],
      query: [null, query],
      bundle: [null, bundle],
    } as const;
    const note = { action: 'audit.exported', entityType: 'audit', entityId: null, entityVersion: null, changes };
    await this.unitOfWork.run(actor, async (tx) => tx.audit(note));
  }

  /** Waits until this or another replica has sealed the export. @throws Problem 503 `not_sealed_yet` after 10 s */
  private async awaitCheckpoint(bundle: string): Promise<SealedExport> {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      await this.sequencer.integrate().catch((error: unknown) => this.logger.warn({ msg: 'Not sealed', err: error }));
      const sealed = await findSealedExport((statement) => this.database.rows(statement), bundle);
      if (sealed) return sealed;
      await sleep(PAUSE_MS);
    }
    throw notSealedYet();
  }

  private async buildHeader(
    snapshot: ReadSnapshot,
    bundle: string,
    asked: BundleQuery,
    sealed: SealedExport,
  ): Promise<BundleHeader> {
    const { actor_id, actor_name, actor_role, occurred_at } = await provableEntryAt(snapshot.query, sealed.position);
    const { checkpoint, note } = parseCheckpoint(sealed.note);
    const { origin, size, root, time } = checkpoint;
    const key = (await keysOf(snapshot)).find(({ id }) => id === note.signatures[0]?.keyId)?.key ?? '';
    return {
      bundle,
      product: { name: this.config.appName, version: this.config.appVersion },
      taken_by: { id: actor_id, name: actor_name, role: actor_role },
      taken_at: occurred_at,
      asked,
      complete: asked.entity.length === 0,
      tree: { origin, size, root: root.toString('base64'), time, key },
    };
  }
}

/** A bundle of everything shows that nothing is missing, so it cannot leave out what is hidden from its reader. */
function assertNothingHidden({ narrowings = [] }: Actor): void {
  const names = narrowings.filter((narrowing) => narrowing.hidden().length > 0).map(({ name }) => `"${name}"`);
  if (names.length === 0) return;
  throw CoreProblem.role_not_allowed(
    `Evidence of everything has no gaps, but ${names.join(' and ')} keeps records from you: name the records that you need`,
  );
}

async function keysOf({ query }: ReadSnapshot): Promise<KeyRecord[]> {
  return (await keyRows(query)).map(({ key_id, origin, public_key, first_size, introduced_at }) => ({
    id: key_id,
    key: verifierLine(keyOf(origin, Buffer.from(public_key, 'base64'))),
    first_size: Number(first_size),
    introduced_at,
  }));
}

function fileOf({ zip }: EvidenceBundle, { size }: SealedExport): StreamableFile {
  const disposition = `attachment; filename="evidence-${size}.zip"`;
  return new StreamableFile(zip.stream, { type: 'application/zip', disposition });
}
