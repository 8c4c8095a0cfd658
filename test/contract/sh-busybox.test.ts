import { promisesOn } from './other-shell.ts';

promisesOn('busybox');
