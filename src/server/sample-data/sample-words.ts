/** Given and family names of the trial's people. */
export const GIVEN_NAMES =
  `asha rohan meera arjun kavya vikram anita sanjay priya nikhil ines lukas clara jonas hanna felix greta emil
  olivia james emma noah grace ethan mia lucas sofia mateo camila diego yuki haruto aoi ren mei lin thandi sipho
  amina kofi fatima omar leila yusuf`.split(/\s+/);
export const FAMILY_NAMES =
  `rao sharma patel iyer mehta nair kulkarni desai menon bose weber fischer schmidt wagner becker hoffmann keller
  smith jones taylor brown walker wright evans garcia torres rojas silva costa tanaka sato ito kimura chen wang
  dlamini nkosi mensah okafor haddad rahman karim`.split(/\s+/);

/** Zones of the sites, the product's default first. */
export const ZONES = [
  'Asia/Kolkata',
  'Europe/Berlin',
  'America/New_York',
  'Europe/London',
  'America/Los_Angeles',
  'America/Sao_Paulo',
  'Asia/Tokyo',
  'Africa/Johannesburg',
  'Australia/Sydney',
] as const;

export const TAG_NAMES = [
  'informed-consent',
  'site-visit',
  'data-management',
  'safety',
  'monitoring',
  'pharmacy',
  'laboratory',
  'ethics',
  'regulatory',
  'training',
  'randomisation',
  'source-data',
  'protocol-deviation',
  'imaging',
  'biosamples',
  'archive',
  'budget',
  'recruitment',
  'essential-documents',
  'close-out',
] as const;

/** Titles of single tasks; `{site}`, `{visit}`, `{subject}` and `{batch}` are numbers. */
export const SINGLE_TITLES = [
  'Verify informed consent forms, site {site}, subject {subject}',
  'Answer data queries of visit {visit}, subject {subject}',
  'Reconcile adverse events with the safety database, site {site}',
  'Check the temperature log of the study drug, site {site}',
  'Code medical history terms, batch {batch}',
  'Review laboratory values of visit {visit}, subject {subject}',
  'Report a protocol deviation, site {site}, subject {subject}',
  'Ship biosamples of visit {visit}, site {site}',
  'Count returned study drug of subject {subject}',
  'Enter visit {visit} of subject {subject}',
  'Renew the delegation log, site {site}',
  'Schedule monitoring visit {visit}, site {site}',
  'Send the safety letter {batch} to site {site}',
  'Correct the randomisation record of subject {subject}',
  'Upload images of visit {visit}, subject {subject}',
  'Pay the invoice {batch} of site {site}',
] as const;

/** Titles of tasks with children, each with the titles of these. */
export const PLANS = [
  {
    title: 'Prepare site {site} for initiation',
    children: [
      'Collect curricula vitae of site {site}',
      'Train the staff of site {site} in good clinical practice',
      'Collect the delegation log of site {site}',
      'Ship the first study drug to site {site}',
      'Obtain the approval of the ethics committee, site {site}',
      'Install the data capture of site {site}',
    ],
  },
  {
    title: 'Monitor site {site}, visit {visit}',
    children: [
      'Verify source data of visit {visit}, site {site}',
      'Review essential documents, site {site}',
      'Check study drug accountability, site {site}',
      'Write the monitoring report {visit}, site {site}',
      'Follow up findings of visit {visit}, site {site}',
    ],
  },
  {
    title: 'Lock data of batch {batch}',
    children: [
      'Resolve open queries of batch {batch}',
      'Reconcile external laboratory data, batch {batch}',
      'Sign case report forms of batch {batch}',
      'Review coding of batch {batch}',
    ],
  },
  {
    title: 'Close out site {site}',
    children: [
      'Return the study drug of site {site}',
      'Archive the site file of site {site}',
      'Settle payments of site {site}',
      'Close queries of site {site}',
      'Notify the ethics committee of the end, site {site}',
    ],
  },
] as const;

export const DESCRIPTIONS = [
  '',
  'See the monitoring plan, section 4.',
  'The site coordinator has the paper forms; scan what is missing.',
  'Agreed with the sponsor in the weekly call. Note each discrepancy in the query log.',
  'Two signatures are needed: investigator and study nurse.',
  'Compare with the source documents and the case report form; open a query for each difference.',
] as const;
