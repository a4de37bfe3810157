export const nothing = 'here';
