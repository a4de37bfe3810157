/** Parts of the titles of studies. */
export const COMPOUNDS = [
  'tavolixin',
  'merudanib',
  'oselparin',
  'calvetomab',
  'rindoprazole',
  'fenolustat',
  'vadipressin',
  'lurocaftor',
  'nemigliptin',
  'soracaine',
] as const;

export const CONDITIONS = [
  'stable angina',
  'type 2 diabetes',
  'severe asthma',
  'rheumatoid arthritis',
  'migraine with aura',
  'chronic kidney disease',
  'ulcerative colitis',
  'plaque psoriasis',
  'heart failure',
  'postoperative pain',
] as const;

export const SPONSORS = [
  'Northwind Therapeutics',
  'Alder and Finch Pharma',
  'Meridian Biologics',
  'Lakeside Institute',
] as const;

export const ACRONYMS = [
  'ASTER',
  'BOREAS',
  'CEDAR',
  'DELTA',
  'EMBER',
  'FJORD',
  'GARNET',
  'HALO',
  'IRIS',
  'JUNO',
] as const;

/** Places of sites. */
export const PLACES = [
  { city: 'Pune', country: 'India', timeZone: 'Asia/Kolkata' },
  { city: 'Cologne', country: 'Germany', timeZone: 'Europe/Berlin' },
  { city: 'Leeds', country: 'United Kingdom', timeZone: 'Europe/London' },
  { city: 'Baltimore', country: 'United States', timeZone: 'America/New_York' },
  { city: 'San Diego', country: 'United States', timeZone: 'America/Los_Angeles' },
  { city: 'Campinas', country: 'Brazil', timeZone: 'America/Sao_Paulo' },
  { city: 'Osaka', country: 'Japan', timeZone: 'Asia/Tokyo' },
  { city: 'Durban', country: 'South Africa', timeZone: 'Africa/Johannesburg' },
  { city: 'Newcastle', country: 'Australia', timeZone: 'Australia/Sydney' },
] as const;

export const FACILITIES = ['City Hospital', 'University Clinic', 'Riverside Clinic', 'St. Elisabeth Hospital'] as const;

export const INVESTIGATORS = [
  'Ines Falk',
  'Amara Cole',
  'Rohan Desai',
  'Yuki Sato',
  'Camila Rojas',
  'Thandi Nkosi',
] as const;

/** Deviations as SDTM DV has them. */
export const DEVIATIONS = [
  {
    term: 'A visit took place outside of its window',
    codedTerm: 'VISIT OUT OF WINDOW',
    category: 'STUDY PROCEDURE',
    important: false,
  },
  {
    term: 'A blood sample was not drawn',
    codedTerm: 'PROCEDURE NOT DONE',
    category: 'STUDY PROCEDURE',
    important: false,
  },
  {
    term: 'The participant signed an outdated consent form',
    codedTerm: 'WRONG VERSION OF CONSENT FORM',
    category: 'INFORMED CONSENT',
    important: true,
  },
  {
    term: 'The participant took a medication that the protocol prohibits',
    codedTerm: 'PROHIBITED CONCOMITANT MEDICATION',
    category: 'CONCOMITANT MEDICATION',
    important: true,
  },
  {
    term: 'Study drug was stored above its temperature range',
    codedTerm: 'STUDY DRUG STORAGE',
    category: 'STUDY DRUG',
    important: false,
  },
] as const;

export const EPOCHS = ['SCREENING', 'TREATMENT', 'FOLLOW-UP'] as const;
