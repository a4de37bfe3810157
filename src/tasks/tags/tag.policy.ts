import { ALL, NONE, policy } from '../../core/authorization/policy.js';
import { type Tag } from './tag.entity.js';

export const managedTags = policy<Tag>('manage tags', ({ role }) => (role === 'manager' ? ALL : NONE));
