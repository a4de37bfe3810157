import { FILES, type BundleHeader } from './bundle.js';

/** Renders README.txt. It promises no more than the verifier checks; the verifier renders it again and compares. */
export function readme({ product, asked, complete, tree, taken_at, bundle }: BundleHeader): string {
  const what = complete ? 'all records' : asked.entity.join(', ');
  return `EVIDENCE FROM THE AUDIT TRAIL OF ${product.name}

Bundle    ${bundle}, taken at ${taken_at}
Records   ${what}
From, to  ${asked.from ?? 'the beginning'}, ${asked.to ?? 'the time of taking'}
Tree      ${tree.size} entries, sealed at ${tree.time}
Root      ${tree.root}
Key       ${tree.key}

HOW TO VERIFY IT

With Node 20.12 or later, and nothing else, offline:

    node verify.mjs                                in the unpacked folder
    node verify.mjs bundle.zip                     or from outside
    node verify.mjs bundle.zip --key FILE          with the key that you were given by another way
    node verify.mjs bundle.zip --earlier OLD       with an earlier bundle (zip or folder), or a file of checkpoints

It says OK, or the first thing that is wrong, and ends with code 0, 1 (wrong), 2 (it could not look) or 3 (nothing is wrong, and
no entry is here, which proves nothing). A dishonest sender
could send a dishonest verifier along: take it from a bundle or a release that you trust. Its SHA-256 is in manifest.json
and the same for every bundle of one version of the product.

WHAT IT PROVES

- Each entry is, field by field, what was sealed under the root above: who did what, when, why, before and after.
- The root was signed by the key above, at the time above as its holder says it.
${
  complete
    ? `- Every entry between the first and the last position is here: none was left out.`
    : `- Nothing about entries that are not here: a selection can be proven right, not whole. Ask without entity= for that.`
}
- The trees of the checkpoints in ${FILES.earlier}, and that of an earlier bundle (--earlier), are the beginning of this
  one: nothing in them was changed, taken out or put in since.
- What shows as redacted was redacted on the word of the two people named, which is an entry of the trail itself.
- ${FILES.report} shows those entries and nothing else; ${FILES.manifest} says truly who asked for this bundle and when.

WHAT IT CANNOT PROVE

- That the recorded values were true, or that the person who signed in was the owner of the account.
- That the key is the sender's, or was in no one else's hands. Compare it with one that you have from another way.
- That there is no second history beside this one. A party that holds both the key and the database can sign another; it cannot
  extend what has left the house before. So keep bundles and checkpoints, and compare with --earlier.
- That the clock was right. Positions show the order of sealing, independent of the clock.
- What a redacted value was.

FILES

${FILES.entries}         one entry a line, in canonical JSON (RFC 8785): its leaf, the values that the leaf commits to, the
                       salt (or, after a redaction, the salts of what is left and the commitments of what is gone)
${FILES.proofs}          the inclusion proof of each (RFC 9162, section 2.1.3), hashes in base64 from the leaf up
checkpoints/           signed tree heads in the format of c2sp.org/tlog-checkpoint
${FILES.consistency}     consistency proofs to the newest checkpoint (RFC 9162, section 2.1.4)
${FILES.keys}              public keys (c2sp.org/signed-note), oldest first, each with the size of the tree from which it signs
${FILES.report}            the same for people, to read and print
${FILES.manifest}          what was asked, by whom and when, counts, SHA-256 of each file

The hash of a leaf is SHA-256 over a zero byte and its canonical JSON. A commitment is SHA-256 over the salt of a value and
its canonical JSON; the salt is the first 16 bytes of HMAC-SHA-256 with the salt of the entry over the path of the value,
such as changes.title.0 (0 before, 1 after).
`;
}
