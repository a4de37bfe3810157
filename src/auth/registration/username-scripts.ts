/** Recommended and limited-use scripts (UAX 31, tables 5 and 7), by their codes in ISO 15924. */
const SCRIPTS =
  'Latn Grek Cyrl Armn Hebr Arab Thaa Deva Beng Guru Gujr Orya Taml Telu Knda Mlym Sinh Thai Laoo Tibt Mymr Geor Ethi Khmr ' +
  'Adlm Bali Bamu Batk Cakm Cans Cham Cher Hmnp Java Kali Lana Lepc Limb Lisu Mand Mong Mtei Newa Nkoo Olck Osge Plrd Rohg ' +
  'Saur Sund Sylo Syrc Tale Talu Tavt Tfng Vaii Wcho Yiii';

/** Combinations of scripts in one name, with Latin where they are written together with it (UTS 39, section 5.2). */
const COMBINATIONS = ['Latn Hani Hira Kana', 'Latn Hani Bopo', 'Latn Hani Hang'];

const PATTERNS = [...SCRIPTS.split(' '), ...COMBINATIONS].map((scripts) => {
  const letters = scripts.split(' ').map((script) => String.raw`\p{scx=${script}}`);
  return new RegExp(String.raw`^[${letters.join('')}\p{scx=Zyyy}\p{scx=Zinh}]*$`, 'u');
});

/** Checks that a name keeps to one writing system ("highly restrictive", UTS 39), so that no letter imitates another. */
export const isOfOneScript = (name: string): boolean => PATTERNS.some((pattern) => pattern.test(name));
