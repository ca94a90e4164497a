import { defineProject } from 'vitest/config';
import { unit } from '../../vitest.shared.js';

export default defineProject(unit('metrics'));
